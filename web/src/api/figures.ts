/** Shapes and requests of the analyst's pages. Percentages are 0..100; a figure's name opens what is behind it. */
import { request, requestText } from './client'
import type { Origin, Schemas } from './types'

/** `value` null means that there is nothing to count; `rule` says in Chinese what is counted. */
export type Figure = Schemas['Figure']
/** One bar. Labels of hours and days are local starts: seconds since 1970 plus the zone's offset. */
export type Bar = Schemas['Bar']
export type Overview = Schemas['Overview']
export type BehindFigure = Schemas['BehindFigure']
export type FigureView = Schemas['FigureView']
/** `growth` is the count against what was usual: 1 = as ever. */
export type Topic = Schemas['Topic']
export type Briefing = Schemas['BriefingRow']

const id = encodeURIComponent
/** Figures are counted from the facts each time. */
const patient = { deadlineMs: 45_000 }

export const figures = {
  overview: (origin: Origin, days: number) => request<Overview>(`/api/analytics/overview?origin=${origin}&days=${days}`, patient),
  topics: (origin: Origin, days: number) => request<Topic[]>(`/api/analytics/topics?origin=${origin}&days=${days}`, patient),
  behind: (name: string, origin: Origin, days: number) =>
    request<FigureView>(`/api/analytics/figures/${id(name)}?origin=${origin}&days=${days}`, patient),
}

export const briefings = {
  list: () => request<Briefing[]>('/api/analytics/briefings'),
  make: (origin: Origin, days: number) =>
    request<Schemas['Issued']>('/api/analytics/briefings', { method: 'POST', body: { origin, days }, deadlineMs: 60_000 }),
  page: (briefing: string) => requestText(`/api/analytics/briefings/${id(briefing)}`),
  figure: (briefing: string, name: string) =>
    request<Schemas['FrozenView']>(`/api/analytics/briefings/${id(briefing)}/figures/${id(name)}`),
  address: (briefing: string) => `/api/analytics/briefings/${id(briefing)}`,
}
