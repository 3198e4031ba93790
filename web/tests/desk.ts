/** A desk for tests: answers fetch by method and path, remembers what was asked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'
import type { SnapshotData } from '@/api/live_types'
import type {
  CallPhase, CallSnapshot, ContactView, OrderBrief, Principal, Role, SavedDraft, SeatSnapshot, SeatState, SignedIn, Stage, Utterance,
} from '@/api/types'

const DOCUMENT = JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { 'x-roles'?: Role[] }>>
}

/** What the desk lets a role ask, from the interface document, as the session tells it. */
export const mayOf = (role: Role): string[] => Object.entries(DOCUMENT.paths).flatMap(([path, methods]) => Object.entries(methods)
  .filter(([, one]) => one['x-roles']?.includes(role) ?? true).map(([method]) => `${method.toUpperCase()} ${path}`))

export const person = (role: Role, more: Partial<Principal> = {}): SignedIn => ({
  principal: { account: 'a1', login: role, name: '李晓', role, seat: role === 'agent' ? '007' : null, unit: null, skills: [], ...more }, may: mayOf(role),
})

export interface Asked {
  method: string
  path: string
  body: unknown
}
type Answer = (asked: Asked) => unknown

export class Refusal {
  constructor(readonly status: number, readonly body: object) {}
}

export class FakeDesk {
  readonly asked: Asked[] = []
  private readonly answers = new Map<string, Answer>()

  on(route: string, answer: Answer): this {
    this.answers.set(route, answer)
    return this
  }

  bodies(route: string): unknown[] {
    return this.asked.filter((one) => `${one.method} ${one.path}` === route).map((one) => one.body)
  }

  private answer(path: string, init: RequestInit): Response {
    const asked = { method: init.method ?? 'GET', path: path.split('?')[0] ?? '', body: init.body ? JSON.parse(String(init.body)) : null }
    this.asked.push(asked)
    const run = this.answers.get(`${asked.method} ${asked.path}`)
    if (run === undefined) return new Response(JSON.stringify({ detail: '没有这个地址', reason: 'not-found' }), { status: 404 })
    const value = run(asked)
    if (value instanceof Refusal) return new Response(JSON.stringify(value.body), { status: value.status })
    return value === undefined ? new Response(null, { status: 204 }) : new Response(JSON.stringify(value), { status: 200 })
  }

  /** Stand in for the network of this page. */
  open(): this {
    setActivePinia(createPinia())
    sessionStorage.clear()
    localStorage.clear()
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => this.answer(path, init))
    return this
  }
}

/** A draft as the desk says it. */
export const saved = (revision: number, more: Partial<SavedDraft> = {}): SavedDraft =>
  ({ revision, values: {}, confidential: false, reply: '', way: '', ...more })

export const view = (contact: string, more: Partial<ContactView> = {}): ContactView => ({
  contact, call: null, caller_masked: '199****01', dialled: '12345', line_name: '热线', phase: 'talking', utterances: [],
  suggestions: { items: [], reason: '', revision: 0, took_ms: 0 }, proposed: [], matters: [{ matter: contact, draft: saved(0), order: null }],
  open_orders: [], history: [], recording: null, confidential: false, partly: false, ...more,
})

export const said = (contact: string, start_ms: number, text: string, leg = 'l1'): Utterance => ({
  contact, call: 'c', leg, party: 'CALLER', start_ms, end_ms: start_ms + 1000, text, engine: 'e', words: [], confidence: null,
})

export const seatAt = (revision: number, state: SeatState, more: Partial<SeatSnapshot> = {}): SeatSnapshot => ({
  seat: '007', agent: 'a', agent_name: '李晓', state, reason: '', since: '2026-01-01T00:00:00Z', revision, call: null, offer: null, line_connected: true, ...more,
})

export const callAt = (revision: number, phase: CallPhase): CallSnapshot => ({
  call: 'c', contact: 'k', phase, caller: '199****01', dialled: '12345', line_name: '热线', queue: 'general', accepted_at: '2026-01-01T00:00:00Z',
  invite_at: '2026-01-01T00:00:00Z', revision, connected_at: null, seat: '007', offer: null, caller_leg: null, agent_leg: null,
})

export const orderAt = (stage: Stage, more: Partial<OrderBrief> = {}): OrderBrief => ({
  order_no: '20261123000001', contact: 'k', matter: 'k', kind: 'complaint', category: '0201', category_name: '停水', title: '长青路停水', district: '云山区', stage,
  unit: 'water', unit_name: '水务集团', created_at: '2026-11-23T02:00:00Z', due_at: null, closed_at: null, ...more,
})

/** What a page is sent when it opens; nothing is going on. */
export const snapshot = (more: Partial<SnapshotData> = {}): SnapshotData =>
  ({ seat: null, call: null, contact_view: null, seats: [], queue_waiting: 0, recogniser: null, ...more })
