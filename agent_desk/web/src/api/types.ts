/**
 * Shapes of the desk API, written by hand from the contract.
 * `npm run schema` generates ./schema.d.ts from ../openapi.json; these names then become aliases of its components.
 * Instants are RFC 3339 UTC strings; `*_ms` of speech is call time (milliseconds since CallAccepted).
 */
export type Instant = string
export type Role = 'agent' | 'analyst' | 'admin' | 'unit'
export type Party = 'CALLER' | 'AGENT' | 'EXPERT' | 'SUPERVISOR'
export type SeatState = 'offline' | 'ready' | 'not-ready' | 'reserved' | 'ringing' | 'talking' | 'hold' | 'wrap'
export type CallPhase = 'greeting' | 'question' | 'queued' | 'ringing' | 'announcing' | 'talking' | 'ended'
export type OfferOutcome = 'answered' | 'declined' | 'no-answer' | 'withdrawn'
export type Stage = 'accept' | 'dispatch' | 'assign' | 'handle' | 'supervise' | 'follow-up' | 'archive'
export type RequestKind = 'consult' | 'help' | 'complaint' | 'report' | 'suggestion'
export type Band = 'strong' | 'fair' | 'weak'
export type SuggestionUse = 'opened' | 'inserted' | 'useful' | 'not-useful'
export type Origin = 'live' | 'demo'

export interface Principal {
  account: string
  login: string
  name: string
  role: Role
  seat: string | null
  skills: string[]
}

export interface SeatSnapshot {
  seat: string
  agent: string
  agent_name: string
  state: SeatState
  reason: string
  since: Instant
  revision: number
  call: string | null
  offer: string | null
  line_connected: boolean
}

export interface CallSnapshot {
  call: string
  contact: string
  phase: CallPhase
  dialled: string
  line_name: string
  queue: string
  accepted_at: Instant
  revision: number
  invite_at: Instant
  connected_at: Instant | null
  seat: string | null
  offer: string | null
}

export interface Word {
  text: string
  start_ms: number
  end_ms: number
  confidence: number | null
}

export interface Utterance {
  contact: string
  call: string
  leg: string
  party: Party
  start_ms: number
  end_ms: number
  text: string
  engine: string
  words: Word[]
  confidence: number | null
}

export interface Suggestion {
  entry: string
  version: number
  title: string
  answer: string
  category: string
  band: Band
  score: number
  matched: string[]
  why: string
  key_points: string[]
  materials: string[]
  effective_to: string | null
}

export interface Suggestions {
  items: Suggestion[]
  reason: string
  revision: number
  took_ms: number
}

export type DraftableName =
  | 'title' | 'kind' | 'category' | 'district' | 'place'
  | 'occurred' | 'content' | 'wish' | 'caller_name' | 'callback_phone'

export interface DraftField {
  name: DraftableName
  value: string
  source: string
  source_ms: number
  confidence: number
}

export interface SavedValue {
  value: string
  typed: boolean
}

export interface SavedDraft {
  revision: number
  values: Record<string, SavedValue>
}

export interface OrderForm {
  kind: RequestKind
  category: string
  title: string
  content: string
  district: string
  place: string
  occurred: string
  wish: string
  caller_name: string
  callback_phone: string
  direct: boolean
  confidential: boolean
}

export interface OrderBrief {
  order_no: string
  contact: string
  kind: RequestKind
  category: string
  category_name: string
  title: string
  district: string
  stage: Stage
  unit: string | null
  unit_name: string
  created_at: Instant
  due_at: Instant | null
  closed_at: Instant | null
}

export interface StageEntry {
  stage: Stage
  stage_zh: string
  at: Instant
  actor: string
  actor_name: string
  text: string
}

export interface OrderView {
  brief: OrderBrief
  kind_zh: string
  content: string
  place: string
  occurred?: string
  wish: string
  reply: string | null
  stages: StageEntry[]
  deadline: { due_at: Instant | null; limit_text: string; overdue: boolean } | null
  contact: string
  source?: { field: string; source_ms: number }[]
}

export interface ContactView {
  contact: string
  call: CallSnapshot | null
  caller_masked: string
  dialled: string
  line_name: string
  phase: CallPhase
  utterances: Utterance[]
  suggestions: Suggestions | null
  proposed: DraftField[]
  draft: SavedDraft | null
  /** True while the database is away: what it holds is missing here. */
  partly?: boolean
  open_orders: OrderBrief[]
  history: OrderBrief[]
  order: OrderBrief | null
  recording: { seconds: number } | null
}

export interface ContactRow {
  contact: string
  at: Instant
  caller_masked: string
  line_name: string
  seat: string | null
  connected: boolean
  seconds: number
  order_no: string | null
  reason: string
}

export interface CallbackRow {
  contact: string
  caller_masked: string
  abandoned_at: Instant
  line_name: string
  waited_seconds: number
  done: boolean
}

export interface RecogniserStatus {
  engine: string
  host: string
  legs: number
  lag_ms: number
  partials: boolean
}

export interface CategoryRow {
  code: string
  path: string[]
  kinds: string[]
  unit: string
  unit_name: string
  limit_text: string
}

export interface District {
  name: string
  streets: string[]
}

export interface Setup {
  principal: Principal
  city: { name: string; short_name: string; zone: string }
  categories: CategoryRow[]
  districts: District[]
  not_ready_reasons: { code: string; label: string }[]
  dialogues: { id: string; title: string; kind: string }[]
  recogniser: RecogniserStatus | null
  /** Seconds of after-call work; absent: the page counts up instead of down. */
  wrap_up_seconds?: number
}

export interface Health {
  status: string
  parts: { name: string; ok: boolean; detail: string }[]
}
