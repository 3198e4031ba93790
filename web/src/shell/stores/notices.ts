/** Sentences for the agent: shown as toasts and spoken by a live region. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { ref } from 'vue'

export type Tone = 'good' | 'bad' | 'plain'
export interface Notice {
  id: number
  tone: Tone
  text: string
}

const SHOWN_MS: Record<Tone, number> = { good: 5000, plain: 6000, bad: 12_000 }
const MOST = 4

export const useNotices = defineRoomStore('notices', () => {
  const list = ref<Notice[]>([])
  /** Last sentence for screen readers that need no toast, e.g. a final utterance. */
  const spoken = ref('')
  let next = 1

  function show(tone: Tone, text: string): void {
    if (list.value.some((notice) => notice.text === text)) return
    const notice = { id: next++, tone, text }
    list.value = [...list.value.slice(1 - MOST), notice]
    setTimeout(() => dismiss(notice.id), SHOWN_MS[tone])
  }

  function dismiss(id: number): void {
    list.value = list.value.filter((notice) => notice.id !== id)
  }

  function reset(): void {
    list.value = []
    spoken.value = ''
  }

  return {
    list, spoken, dismiss, reset,
    good: (text: string) => show('good', text),
    bad: (text: string) => show('bad', text),
    plain: (text: string) => show('plain', text),
    speak: (text: string) => { spoken.value = text },
  }
})
