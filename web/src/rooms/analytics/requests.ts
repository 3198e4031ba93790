/** Requests of the analyst's pages. Percentages are 0..100; a figure's name opens what is behind it. */
import { addressOf, ask, askText } from '@/api/client'
import type { Origin, Schemas } from '@/api/types'

/** `value` null means that there is nothing to count; `rule` says in Chinese what is counted. */
export type Figure = Schemas['Figure']
export type FigureName = Figure['name']
/** One bar. Labels of hours and days are local starts: seconds since 1970 plus the zone's offset. */
export type Bar = Schemas['Bar']
export type Overview = Schemas['Overview']
export type BehindFigure = Schemas['BehindFigure']
export type FigureView = Schemas['FigureView']
/** `growth` is the count against what was usual: 1 = as ever. */
export type Topic = Schemas['Topic']
export type Briefing = Schemas['BriefingRow']

export const ORIGINS = ['live', 'demo'] as const satisfies readonly Origin[]
/** Days that a page may count over. */
export const SPANS = ['1', '7', '30'] as const

/** Figures are counted from the facts each time. */
const patient = { deadlineMs: 45_000 }

export const figures = {
  overview: (origin: Origin, days: number) => ask('GET', '/api/analytics/overview', { query: { origin, days }, ...patient }),
  topics: (origin: Origin, days: number) => ask('GET', '/api/analytics/topics', { query: { origin, days }, ...patient }),
  behind: (name: FigureName, origin: Origin, days: number) =>
    ask('GET', '/api/analytics/figures/{name}', { path: { name }, query: { origin, days }, ...patient }),
}

export const briefings = {
  list: () => ask('GET', '/api/analytics/briefings'),
  make: (origin: Origin, days: number) => ask('POST', '/api/analytics/briefings', { body: { origin, days }, deadlineMs: 60_000 }),
  page: (briefing: string) => askText('/api/analytics/briefings/{briefing}', { path: { briefing } }),
  figure: (briefing: string, name: string) => ask('GET', '/api/analytics/briefings/{briefing}/figures/{name}', { path: { briefing, name } }),
  address: (briefing: string) => addressOf('/api/analytics/briefings/{briefing}', { path: { briefing } }),
}
