/** Words as they come: what is being heard now, and final utterances in the order of call time, each once. */
import type { Party, Utterance } from '@/api/types'

export interface HeardNow {
  leg: string
  party: Party
  start_ms: number
  /** Words so far; empty while only speech is known (正在听…). */
  text: string
  revision: number
}

const keyOf = (utterance: Utterance): string => `${utterance.leg}:${utterance.start_ms}`

export function mergeUtterances(known: readonly Utterance[], more: readonly Utterance[]): Utterance[] {
  const merged = new Map(known.map((utterance) => [keyOf(utterance), utterance]))
  for (const utterance of more) merged.set(keyOf(utterance), utterance)
  return [...merged.values()].sort((a, b) => a.start_ms - b.start_ms || a.party.localeCompare(b.party))
}
