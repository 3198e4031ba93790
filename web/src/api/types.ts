/**
 * Shapes of the desk API: names for what `npm run schema` generates from the routes.
 * Instants are RFC 3339 UTC strings; `*_ms` of speech is call time (milliseconds since CallAccepted).
 */
import type { components } from './schema'

export type Schemas = components['schemas']
export type Instant = string

export type Role = Schemas['Role']
export type Party = Schemas['Party']
export type SeatState = Schemas['SeatState']
export type CallPhase = Schemas['CallPhase']
export type Stage = Schemas['Stage']
export type RequestKind = Schemas['RequestKind']
export type SuggestionUse = Schemas['SuggestionUse']
export type Origin = Schemas['Origin']
export type DraftableName = Schemas['Draftable']

export type Principal = Schemas['Principal']
export type SignedIn = Schemas['SignedIn']
/** Until when the session lasts, and after how long without a key or click the page locks itself. */
export type SessionState = Schemas['SessionView']
export type Setup = Schemas['DeskSetup']
export type CategoryRow = Schemas['CategoryChoice']
export type RecogniserStatus = Schemas['RecogniserStatus']
export type Health = Schemas['Health']

/** The seat after a verb, and the call it is in. */
export type SeatDone = Schemas['SeatDone']
export type SeatSnapshot = Schemas['SeatSnapshot']
export type CallSnapshot = Schemas['CallSnapshot']
export type Utterance = Schemas['Utterance']
export type Suggestion = Schemas['Suggestion']
export type Suggestions = Schemas['Suggestions']
export type DraftField = Schemas['DraftField']
export type SavedValue = Schemas['DraftValue']
/** 直办, 转办, or '' while not chosen. */
export type Way = Schemas['Way']
/** What this page changed since `revision`; null and a missing value mean "as it was". */
export type DraftPatch = Required<Schemas['DraftPatch']>
/** The whole form as last saved. */
export type SavedDraft = Schemas['SavedDraft']
export type OrderForm = Schemas['OrderForm']

export type ContactView = Schemas['ContactView']
export type Matter = ContactView['matters'][number]
export type ContactRow = Schemas['ContactRow']
export type CallbackRow = Schemas['Callback']

export type OrderBrief = Schemas['OrderBrief']
export type OrderView = Schemas['OrderView']
export type StageEntry = Schemas['StageView']
