/** What the live socket says and hears: names for what `npm run schema` generates (agent_desk/live/messages.py). */
import type { Schemas } from './types'

/** One message of a kind with its data; what it is about stands beside it. */
export type LiveMessage = Schemas['LiveMessage']
export type LiveKind = LiveMessage['kind']
/** Data by kind. */
export type LiveData = { [Said in LiveMessage as Said['kind']]: Said['data'] }
/** What takes in each kind; a kind without a handler does not compile. */
export type LiveHandlers = { [K in LiveKind]: (data: LiveData[K], about: string) => void }

/** A message as it comes over the socket, with its place in the feed. */
export type Numbered = Schemas['LiveNumber'] & LiveMessage
/** What comes over the socket; `page` and `ping` are about the connection and have no place. */
export type Envelope = Numbered | Schemas['LiveControl']
export type PageSays = Schemas['PageSays']

/** The instant and the id of an event are not the page's concern. */
type Told<Name extends keyof Schemas> = Omit<Schemas[Name], 'event_id' | 'occurred_at'>
export type OfferData = Omit<Schemas['OfferShown'], 'agent' | 'occurred_at'>
export type SnapshotData = Schemas['DeskSnapshot']
export type SpeechData = Told<'SpeechStarted'>
export type SpeechEndData = Told<'SpeechEnded'>
export type PartialData = Told<'PartialHeard'>
