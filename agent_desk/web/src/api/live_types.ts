/** What the live socket says: numbered envelopes of one epoch, and their data by kind. */
import type {
  CallSnapshot, ContactView, DraftField, Instant, OfferOutcome, OrderBrief, Party,
  RecogniserStatus, SeatSnapshot, Suggestions, Utterance,
} from './types'

export interface Envelope {
  epoch: string
  n: number
  kind: string
  contact?: string | null
  data: unknown
}

export interface OfferData {
  contact: string
  call: string
  offer: string
  seat: string
  line_name: string
  dialled: string
  queued_at: Instant
  invite_at: Instant
  expires_at: Instant
  /** These four are the desk's additions; a page that lacks them works them out (see stores/offer.ts). */
  caller_masked?: string
  open_orders?: OrderBrief[]
  expires_in_ms?: number
  waited_ms?: number
}

export interface SnapshotData {
  seat: SeatSnapshot | null
  call: CallSnapshot | null
  contact_view: ContactView | null
  seats: SeatSnapshot[]
  queue_waiting: number
  recogniser?: RecogniserStatus | null
}

export interface SpeechData {
  contact: string
  call: string
  leg: string
  party: Party
  at_ms: number
}

export interface PartialData {
  contact: string
  leg: string
  party: Party
  start_ms: number
  revision: number
  text: string
}

export interface EndedData {
  contact: string
  call: string
  reason: string
  q850: number
}

export interface ConnectedData {
  contact: string
  call: string
  offer: string
  at_ms: number
  invite_at: Instant
  accepted_at: Instant
}

/** Data by message kind. `ping` is answered by the socket itself. */
export interface LiveMessages {
  snapshot: SnapshotData
  seat: SeatSnapshot
  call: CallSnapshot
  offer: OfferData
  'offer-ended': { contact: string; call: string; offer: string; outcome: OfferOutcome }
  connected: ConnectedData
  ended: EndedData
  'speech-started': SpeechData
  'speech-ended': SpeechData & { start_ms: number }
  partial: PartialData
  final: Utterance
  'transcript-closed': { contact: string; leg: string; party: Party; complete: boolean }
  suggestions: Suggestions
  draft: { contact: string; revision: number; fields: DraftField[] }
  recogniser: RecogniserStatus
  order: OrderBrief
  notice: { text: string }
}

export type LiveKind = keyof LiveMessages
