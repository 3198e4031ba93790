/** Data of a page that is fetched: value, loading, error sentence; a late answer of an older question is dropped. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { sentenceOf } from '@/api/client'

export interface Loading<T> {
  value: ShallowRef<T>
  loading: Ref<boolean>
  error: Ref<string>
  load: () => Promise<void>
}

export function useLoading<T>(initial: T, fetchIt: () => Promise<T>): Loading<T> {
  const value = shallowRef(initial) as ShallowRef<T>
  const loading = ref(false)
  const error = ref('')
  let asked = 0

  async function load(): Promise<void> {
    const turn = ++asked
    loading.value = true
    error.value = ''
    try {
      const answer = await fetchIt()
      if (turn === asked) value.value = answer
    } catch (caught) {
      if (turn === asked) error.value = sentenceOf(caught)
    } finally {
      if (turn === asked) loading.value = false
    }
  }

  return { value, loading, error, load }
}
