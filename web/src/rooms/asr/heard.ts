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
  const calls = [...new Set([...merged.values()].map((utterance) => utterance.call))] // in the order in which they came
  return [...merged.values()].sort((a, b) =>
    calls.indexOf(a.call) - calls.indexOf(b.call) || a.start_ms - b.start_ms || a.party.localeCompare(b.party))
}
