/** Made-up values as the desk says them; what a test or the talk does not name is plain and empty. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OfferData, SnapshotData } from '../src/api/live_types'
import type {
  CallbackRow, CallPhase, CallSnapshot, ContactView, Matter, OrderBrief, Principal, Role, SavedDraft, SeatSnapshot, SeatState, SessionState, SignedIn, Stage, Utterance,
} from '../src/api/types'

const DOCUMENT = JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { 'x-roles'?: Role[] }>>
}

/** What the desk lets a role ask, from the interface document, as the session tells it. */
export const mayOf = (role: Role): string[] => Object.entries(DOCUMENT.paths).flatMap(([path, methods]) => Object.entries(methods)
  .filter(([, one]) => one['x-roles']?.includes(role) ?? true).map(([method]) => `${method.toUpperCase()} ${path}`))

export const person = (role: Role, more: Partial<Principal> = {}): SignedIn => ({
  principal: { account: 'a1', login: role, name: '李晓', role, seat: role === 'agent' ? '007' : null, unit: null, skills: [], ...more }, may: mayOf(role),
})

export const sessionState = (more: Partial<SessionState> = {}): SessionState =>
  ({ principal: person('agent').principal, expires_at: '2026-01-01T12:00:00Z', idle_s: null, idle_lock_s: 600, ...more })

/** A draft as the desk says it. */
export const saved = (revision: number, more: Partial<SavedDraft> = {}): SavedDraft =>
  ({ revision, values: {}, confidential: false, reply: '', way: '', ...more })

/** A matter of a contact; the first one has the contact's own id. */
export const matterOf = (matter: string, more: Partial<Matter> = {}): Matter => ({ matter, draft: saved(0), order: null, ...more })

/** A call of a contact that is over and recorded. */
export const callOf = (call: string): ContactView['calls'][number] => ({
  call, dialled: '12345', line_name: '热线', seat: '007', accepted_at: '2026-01-01T00:00:00Z', connected_at: '2026-01-01T00:00:09Z',
  ended_at: '2026-01-01T00:00:51Z', reason: 'caller-hung-up', recording: { seconds: 42 },
})

export const view = (contact: string, more: Partial<ContactView> = {}): ContactView => ({
  contact, call: null, caller_masked: '199****01', dialled: '12345', line_name: '热线', phase: 'talking', utterances: [],
  suggestions: { items: [], reason: '', revision: 0, took_ms: 0 }, proposed: [], matters: [matterOf(contact)],
  open_orders: [], history: [], calls: [], confidential: false, partly: false, ...more,
})

export const said = (contact: string, start_ms: number, text: string, leg = 'l1'): Utterance => ({
  contact, call: 'c', leg, party: 'CALLER', start_ms, end_ms: start_ms + 1000, text, engine: 'e', words: [], confidence: null,
})

export const seatAt = (revision: number, state: SeatState, more: Partial<SeatSnapshot> = {}): SeatSnapshot => ({
  seat: '007', agent: 'a', agent_name: '李晓', state, reason: '', since: '2026-01-01T00:00:00Z', revision, call: null, offer: null, line_connected: true, ...more,
})

export const callAt = (revision: number, phase: CallPhase, more: Partial<CallSnapshot> = {}): CallSnapshot => ({
  call: 'c', contact: 'k', phase, caller: '199****01', dialled: '12345', line_name: '热线', queue: 'general', accepted_at: '2026-01-01T00:00:00Z',
  invite_at: '2026-01-01T00:00:00Z', revision, connected_at: null, seat: '007', offer: null, caller_leg: null, agent_leg: null, ...more,
})

export const offerOf = (contact: string, more: Partial<OfferData> = {}): OfferData => ({
  contact, call: 'c', offer: 'o', seat: '007', line_name: '热线', dialled: '12345', queued_at: '', invite_at: '2026-01-01T00:00:00Z',
  expires_at: '2026-01-01T00:00:09Z', caller_masked: '199****01', waited_ms: 700, expires_in_ms: 5900, ...more,
})

export const orderAt = (stage: Stage, more: Partial<OrderBrief> = {}): OrderBrief => ({
  order_no: '20261123000001', contact: 'k', matter: 'k', kind: 'complaint', category: '0201', category_name: '停水', title: '长青路停水', district: '云山区', stage,
  unit: 'water', unit_name: '水务集团', created_at: '2026-11-23T02:00:00Z', due_at: null, closed_at: null, ...more,
})

export const callbackOf = (contact: string, more: Partial<CallbackRow> = {}): CallbackRow => ({
  contact, caller_masked: '139****11', abandoned_at: '2026-01-01T00:00:00Z', line_name: '热线', waited_seconds: 12, done: false, done_by: '', claimed_by: '', ...more,
})

/** What a page is sent when it opens; nothing is going on. */
export const snapshot = (more: Partial<SnapshotData> = {}): SnapshotData =>
  ({ seat: null, call: null, contact_view: null, seats: [], queue_waiting: 0, recogniser: null, ...more })
