/** Which line of a transcript a screen points at: "this field comes from those words". */
import { shallowRef } from 'vue'
import { defineRoomStore } from '@/shell/stores/room_store'

export const useJump = defineRoomStore('jump', () => {
  const target = shallowRef<{ contact: string; ms: number } | null>(null)

  function to(contact: string, ms: number): void {
    target.value = { contact, ms }
  }

  function reset(): void {
    target.value = null
  }

  return { target, to, reset }
})

export const holds = (from: number, to: number, ms: number): boolean => from <= ms && ms <= Math.max(to, from + 1)
