/** What was typed into a form and not sent yet: it outlives the page, by kind and id, until it is sent or the person leaves. */
import { reactive, ref } from 'vue'
import { defineRoomStore } from './room_store'

/** Forms whose text is kept at once; the oldest is given up first. */
const MOST = 50

export const useUnsent = defineRoomStore('unsent', () => {
  const kept = ref(new Map<string, object>())

  /** The values of a form, as they were left; to be bound to its fields. */
  function open<T extends object>(kind: string, id: string, initial: T): T {
    const key = `${kind} ${id}`
    const known = kept.value.get(key)
    if (known !== undefined) return known as T
    const oldest = kept.value.keys().next()
    if (kept.value.size >= MOST && oldest.done !== true) kept.value.delete(oldest.value)
    const fresh = reactive({ ...initial }) as T
    kept.value.set(key, fresh)
    return fresh
  }

  /** It was sent, or given up. */
  function drop(kind: string, id: string): void {
    kept.value.delete(`${kind} ${id}`)
  }

  function reset(): void {
    kept.value.clear()
  }

  return { kept, open, drop, reset }
})
