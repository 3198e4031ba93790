/** Shapes and requests of the analyst's pages. Shares are 0..1; `figure` is the name under which a number can be drilled into. */
import { request } from './client'
import type { Instant, Origin } from './types'

export interface Share {
  value: number | null
  numerator: number
  denominator: number
  figure: string
}

export interface Bucket {
  label: string
  value: number
}

export interface Overview {
  sl15: Share
  /** The same share counted from our 200 OK instead of from the INVITE. */
  accept15?: Share
  volumes: { by_hour: Bucket[]; by_day: Bucket[]; by_kind: Bucket[]; by_line: Bucket[] }
  connected_total: number
  abandoned: number
  aht_seconds: number | null
  queue_waiting?: number
  position: number
  as_of: Instant
}

export interface Figure {
  name: string
  label: string
  value: number | null
  unit: string
  query: string
  contacts: string[]
  total: number
}

export interface FigureContact {
  contact: string
  at: Instant
  order_no: string | null
  title: string
  district: string
  utterance_ms: number | null
}

export interface Topic {
  topic: string
  label: string
  terms: string[]
  contacts: number
  orders: number
  growth: number | null
  surprise: number | null
  level: string
  places: string[]
  first_at: Instant
  last_at: Instant
  sample: { contact: string; order_no: string | null; title: string; source_ms: number | null }[]
}

export interface Briefing {
  briefing: string
  title: string
  from?: Instant
  to?: Instant
  period_from?: Instant
  period_to?: Instant
  created_at?: Instant
  issued_at?: Instant
  origin?: Origin
}

const id = encodeURIComponent

export const figures = {
  overview: (origin: Origin, days: number) =>
    request<Overview>(`/api/analytics/overview?origin=${origin}&days=${days}`),
  topics: (origin: Origin, days: number) => request<Topic[]>(`/api/analytics/topics?origin=${origin}&days=${days}`),
  figure: (name: string, origin: Origin, from: string, to: string) =>
    request<Figure>(`/api/analytics/figures/${id(name)}?origin=${origin}&from=${id(from)}&to=${id(to)}`),
  contacts: (name: string, origin: Origin, from: string, to: string) =>
    request<FigureContact[]>(`/api/analytics/figures/${id(name)}/contacts?origin=${origin}&from=${id(from)}&to=${id(to)}`),
}

export const briefings = {
  list: () => request<Briefing[]>('/api/analytics/briefings'),
  make: (from: string, to: string, origin: Origin) =>
    request<Briefing>('/api/analytics/briefings', { method: 'POST', body: { from, to, origin }, deadlineMs: 60_000 }),
  address: (briefing: string) => `/api/analytics/briefings/${id(briefing)}`,
}
