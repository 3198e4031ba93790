/** Which line of a transcript a screen points at: "this field comes from those words". */
import { shallowRef } from 'vue'

export const jump = shallowRef<{ contact: string; ms: number } | null>(null)

export function jumpTo(contact: string, ms: number): void {
  jump.value = { contact, ms }
}

export const holds = (from: number, to: number, ms: number): boolean => from <= ms && ms <= Math.max(to, from + 1)
