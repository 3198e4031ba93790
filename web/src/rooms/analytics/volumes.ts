/** Bars as the desk counts them → rows of charts: whole hours of a day, days without holes, words for codes. */
import type { Bar } from './requests'

export interface Row {
  label: string
  value: number
}

const HOUR_S = 3600
const DAY_S = 86_400

/** Calls by hour of the day, summed over all days of the span. */
export function byHour(bars: readonly Bar[]): Row[] {
  const hours = Array.from({ length: 24 }, (_, hour) => ({ label: String(hour).padStart(2, '0'), value: 0 }))
  for (const bar of bars) {
    const row = hours[Math.floor(Number(bar.label) / HOUR_S) % 24]
    if (row !== undefined) row.value += bar.n
  }
  return hours
}

/** Calls by day, a day without calls counting zero. */
export function byDay(bars: readonly Bar[]): Row[] {
  const known = new Map(bars.map((bar) => [Number(bar.label), bar.n]))
  const days = [...known.keys()].sort((a, b) => a - b)
  const first = days[0]
  const last = days.at(-1)
  if (first === undefined || last === undefined) return []
  const rows: Row[] = []
  for (let day = first; day <= last; day += DAY_S) {
    rows.push({ label: new Date(day * 1000).toISOString().slice(5, 10), value: known.get(day) ?? 0 })
  }
  return rows
}

export const byWord = (bars: readonly Bar[], word: (code: string) => string): Row[] =>
  bars.map((bar) => ({ label: word(bar.label), value: bar.n }))
