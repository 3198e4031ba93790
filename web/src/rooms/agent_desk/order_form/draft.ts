/** What of the form is kept as a draft, pure: ten fields, 保密, 答复要点, 办理方式; and how it goes over the wire. */
import type { DraftableName, DraftPatch, SavedDraft, SavedValue, Way } from '@/api/types'
import { FIELD_NAMES } from './fields'

export type DraftName = DraftableName | 'confidential' | 'reply' | 'way'
/** Some of the form. 保密 is 'yes' or ''. */
export type Pieces = Partial<Record<DraftName, SavedValue>>

export const DRAFT_NAMES: readonly DraftName[] = [...FIELD_NAMES, 'confidential', 'reply', 'way']

const own = (value: string): SavedValue => ({ value, typed: value !== '' })
const isField = (name: DraftName): name is DraftableName => (FIELD_NAMES as readonly DraftName[]).includes(name)

export const confidentialPiece = (on: boolean): SavedValue => own(on ? 'yes' : '')
export const textPiece = own
export const wayOf = (piece: SavedValue | undefined): Way =>
  piece?.value === 'direct' || piece?.value === 'dispatch' ? piece.value : ''

export const namesOf = (pieces: Pieces): DraftName[] => DRAFT_NAMES.filter((name) => pieces[name] !== undefined)
export const isEmpty = (pieces: Pieces): boolean => namesOf(pieces).length === 0

export function without(pieces: Pieces, names: readonly DraftName[]): Pieces {
  return Object.fromEntries(Object.entries(pieces).filter(([name]) => !names.includes(name as DraftName)))
}

/** Only what changed is sent; what is null was not changed on this page. */
export function patchOf(revision: number, pieces: Pieces): DraftPatch {
  const values: Record<string, SavedValue> = {}
  for (const name of FIELD_NAMES) {
    const piece = pieces[name]
    if (piece !== undefined) values[name] = piece
  }
  return {
    revision, values,
    confidential: pieces.confidential === undefined ? null : pieces.confidential.value === 'yes',
    reply: pieces.reply?.value ?? null,
    way: pieces.way === undefined ? null : wayOf(pieces.way),
  }
}

/** Everything the desk keeps, in the same shape; a field it never had is left out. */
export function piecesOf(saved: SavedDraft): Pieces {
  const pieces: Pieces = {
    confidential: confidentialPiece(saved.confidential), reply: own(saved.reply), way: own(saved.way),
  }
  for (const name of FIELD_NAMES) {
    const value = saved.values[name]
    if (value !== undefined) pieces[name] = value
  }
  return pieces
}

/** Which of the names that a refusal gives are parts of the form. */
export const draftNames = (fields: Readonly<Record<string, string>>): DraftName[] =>
  DRAFT_NAMES.filter((name) => name in fields || (isField(name) && `values.${name}` in fields))
