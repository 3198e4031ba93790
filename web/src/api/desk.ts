/** Requests of the desk, one function a route. */
import { request, requestBlob } from './client'
import type {
  CallbackRow, ContactRow, ContactView, DraftPatch, Health, OrderBrief, OrderForm, OrderView,
  Principal, SavedDraft, Schemas, SessionState, Setup, SignedIn, Suggestions, SuggestionUse,
} from './types'

const post = <T>(path: string, body: unknown = {}): Promise<T> => request<T>(path, { method: 'POST', body })
const id = encodeURIComponent

export const session = {
  open: (login: string, password: string) =>
    request<Principal>('/api/session', { method: 'POST', body: { login, password }, quiet401: true }),
  current: () => request<SignedIn>('/api/session', { quiet401: true }),
  close: () => request<void>('/api/session', { method: 'DELETE' }),
  state: () => request<SessionState>('/api/session/state'),
  renew: () => post<SessionState>('/api/session/renew'),
  unlock: (password: string) =>
    request<void>('/api/session/unlock', { method: 'POST', body: { password }, quiet401: true }),
}

export const setup = () => request<Setup>('/api/desk/setup')
export const health = () => request<Health>('/api/health')
export const renderedVoice = () => requestBlob('/api/desk/mic')

let page = ''

/** Name this page: the desk refuses the keys of a seat to a page that is not the active one. */
export function pageIs(name: string): void {
  page = name
}
const key = <T>(name: string, body: unknown = {}, deadlineMs = 10_000): Promise<T> =>
  request<T>(`/api/seat/${name}?page=${id(page)}`, { method: 'POST', body, deadlineMs })
type SeatDone = Schemas['SeatDone']

/** Each verb answers with the seat after it, and the call it is in. */
export const seat = {
  signIn: () => key<SeatDone>('sign-in'),
  signOut: () => key<SeatDone>('sign-out'),
  ready: (ready: boolean, reason: string) => key<SeatDone>('ready', { ready, reason }),
  answer: (offer: string) => key<SeatDone>('answer', { offer }),
  decline: (offer: string) => key<SeatDone>('decline', { offer }),
  hangUp: (call: string) => key<SeatDone>('hang-up', { call }),
  wrapUpDone: () => key<SeatDone>('wrap-up-done'),
  line: (offer_sdp: string) =>
    key<Schemas['LineReply']>('line', { offer_sdp }, 12_000),
}

export const contacts = {
  list: (limit = 100) => request<ContactRow[]>(`/api/contacts?limit=${limit}`),
  view: (contact: string) => request<ContactView>(`/api/contacts/${id(contact)}`),
  /** The first matter of a contact has the contact's own id. */
  saveDraft: (contact: string, patch: DraftPatch, matter = contact) =>
    request<SavedDraft>(`/api/contacts/${id(contact)}/matters/${id(matter)}/draft`, { method: 'PATCH', body: patch }),
  sendOrder: (contact: string, form: OrderForm, matter = contact) =>
    post<OrderBrief>(`/api/contacts/${id(contact)}/matters/${id(matter)}/order`, form),
  use: (contact: string, entry: string, use: SuggestionUse, version: number) =>
    post<void>(`/api/contacts/${id(contact)}/suggestions/${id(entry)}`, { use, version }),
  reveal: (contact: string, why: string) =>
    post<Schemas['Revealed']>(`/api/contacts/${id(contact)}/reveal`, { why }),
  audio: (contact: string, fromMs: number, toMs: number, why: string) =>
    requestBlob(`/api/contacts/${id(contact)}/audio?from_ms=${fromMs}&to_ms=${toMs}&why=${id(why)}`),
}

export const callbacks = {
  list: () => request<CallbackRow[]>('/api/callbacks'),
  claim: (contact: string) => post<void>(`/api/callbacks/${id(contact)}/claim`),
  done: (contact: string) => post<void>(`/api/callbacks/${id(contact)}/done`),
}

export const orders = {
  list: (filter: { stage?: string; unit?: string; limit?: number } = {}) => {
    const query = new URLSearchParams({ limit: String(filter.limit ?? 200) })
    if (filter.stage) query.set('stage', filter.stage)
    if (filter.unit) query.set('unit', filter.unit)
    return request<OrderBrief[]>(`/api/orders?${query.toString()}`)
  },
  view: (orderNo: string) => request<OrderView>(`/api/orders/${id(orderNo)}`),
  followUp: (orderNo: string, satisfied: boolean | null, excused: boolean, reason: string) =>
    post<OrderBrief>(`/api/orders/${id(orderNo)}/follow-up`, { satisfied, excused, reason }),
}

export const testCall = (dialogue: string) => post<void>('/api/test-calls', { dialogue })
export const searchKnowledge = (q: string) => request<Suggestions>(`/api/knowledge/search?q=${id(q)}`)
