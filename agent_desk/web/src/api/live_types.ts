/** What the live socket says: numbered envelopes of one epoch, and their data by kind. */
import type {
  CallSnapshot, ContactView, OrderBrief, RecogniserStatus, Schemas, SeatSnapshot, Suggestions, Utterance,
} from './types'

export interface Envelope {
  epoch: string
  n: number
  kind: string
  contact?: string | null
  data: unknown
}

/** An event about a contact; the desk passes no other on. Its id and instant are not the page's concern. */
type About<Name extends keyof Schemas> = Omit<Schemas[Name], 'event_id' | 'occurred_at' | 'contact'> & { contact: string }

/** A ringing call: CallOffered with the caller masked and the waits counted (agent_desk/live/shown.py). */
export type OfferData = Omit<About<'CallOffered'>, 'caller' | 'agent'> & {
  caller_masked: string
  expires_in_ms: number
  waited_ms: number
}

/** Everything a page shows, at message number `n` of its feed (agent_desk/live/snapshot.py). */
export interface SnapshotData {
  seat: SeatSnapshot | null
  call: CallSnapshot | null
  contact_view: ContactView | null
  seats: SeatSnapshot[]
  queue_waiting: number
  recogniser: RecogniserStatus | null
}

export type SpeechData = About<'SpeechStarted'>
export type PartialData = About<'PartialHeard'>

/** Data by message kind; what a message is about stands in its envelope. `ping` is answered by the socket itself. */
export interface LiveMessages {
  snapshot: SnapshotData
  seat: SeatSnapshot
  call: CallSnapshot
  offer: OfferData
  'offer-ended': About<'OfferEnded'>
  connected: About<'CallConnected'>
  ended: About<'CallEnded'>
  'speech-started': SpeechData
  'speech-ended': About<'SpeechEnded'>
  partial: PartialData
  final: Utterance
  'transcript-closed': About<'TranscriptClosed'>
  suggestions: Suggestions
  draft: About<'DraftProposed'>
  recogniser: RecogniserStatus
  /** The order of a contact of this seat moved on. */
  order: OrderBrief | null
}

export type LiveKind = keyof LiveMessages
