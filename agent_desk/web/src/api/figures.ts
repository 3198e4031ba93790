/** Shapes and requests of the analyst's pages. Percentages are 0..100; a figure's name opens what is behind it. */
import { request } from './client'
import type { Instant, Origin } from './types'

export interface Figure {
  name: string
  label: string
  /** 件, 个, % or 秒 */
  unit: string
  /** What is counted, one Chinese sentence. */
  rule: string
  value: number | null
  query: string
}

/** One bar. Labels of hours and days are local starts: seconds since 1970 plus the zone's offset. */
export interface Bar {
  label: string
  n: number
}

export interface Overview {
  origin: Origin
  figures: Figure[]
  volumes: Record<string, Bar[]>
  connected_total: Figure
  position: number
  as_of: Instant
}

export interface BehindFigure {
  contact: string
  at: Instant
  order_no: string | null
  title: string
  district: string
  utterance_ms: number | null
}

export interface FigureView {
  figure: Figure
  contacts: BehindFigure[]
  total: number
}

export interface Topic {
  topic: string
  label: string
  terms: string[]
  contacts: number
  orders: number
  callers: number
  /** Count against what was usual: 1 = as ever. */
  growth: number
  surprise: number
  level: string
  places: string[]
  first_at: Instant
  last_at: Instant
  sample: { contact: string; order_no: string; title: string; source_ms: number | null }[]
}

export interface Briefing {
  briefing: string
  title: string
  origin: Origin
  period_from: Instant
  period_to: Instant
  issued_at: Instant
}

const id = encodeURIComponent

export const figures = {
  overview: (origin: Origin, days: number) => request<Overview>(`/api/analytics/overview?origin=${origin}&days=${days}`),
  topics: (origin: Origin, days: number) => request<Topic[]>(`/api/analytics/topics?origin=${origin}&days=${days}`),
  behind: (name: string, origin: Origin, days: number) =>
    request<FigureView>(`/api/analytics/figures/${id(name)}?origin=${origin}&days=${days}`),
}

export const briefings = {
  list: () => request<Briefing[]>('/api/analytics/briefings'),
  make: (origin: Origin, days: number) =>
    request<{ briefing: string }>('/api/analytics/briefings', { method: 'POST', body: { origin, days }, deadlineMs: 60_000 }),
  address: (briefing: string) => `/api/analytics/briefings/${id(briefing)}`,
}
