/** The rules of the order form, pure: what a proposal may do to a field. Typed text is never overwritten. */
import type { DraftableName, DraftField, SavedValue } from '@/api/types'

export const FIELD_NAMES: readonly DraftableName[] = [
  'kind', 'category', 'title', 'content', 'district', 'place', 'occurred', 'wish', 'caller_name', 'callback_phone',
]

/** From this confidence on an untouched field is filled in; below, only a chip is shown. */
export const FILL_FROM = 0.6

/** Whose value stands in the field: nobody's, ours filled in, a chip the agent took, or the agent's own words. */
export type Hand = 'none' | 'auto' | 'accepted' | 'typed'

export interface Field {
  value: string
  hand: Hand
  /** Newest proposal, shown as chip while it differs from the value and was not dismissed. */
  proposal: DraftField | null
  /** Proposed values the agent turned down. */
  dismissed: string[]
  /** After an undo nothing is filled in any more; chips still are shown. */
  chipsOnly: boolean
  /** Value before the last accepted chip, for undo. */
  before: { value: string; hand: Hand } | null
}

export const emptyField = (): Field => ({
  value: '', hand: 'none', proposal: null, dismissed: [], chipsOnly: false, before: null,
})

/** The chip to show, or null. */
export function chipOf(field: Field): DraftField | null {
  const proposal = field.proposal
  if (proposal === null || proposal.value === '' || proposal.value === field.value) return null
  return field.dismissed.includes(proposal.value) ? null : proposal
}

/** Lay a proposal before the field. `focused`: the agent stands in it, so nothing moves under the cursor. */
export function propose(field: Field, proposal: DraftField, focused: boolean): Field {
  const next = { ...field, proposal }
  if (field.dismissed.includes(proposal.value)) return next
  const untouched = field.hand === 'none' || field.hand === 'auto'
  if (!untouched || field.chipsOnly || focused || proposal.confidence < FILL_FROM || proposal.value === '') return next
  return { ...next, value: proposal.value, hand: 'auto' }
}

/** The agent wrote; also an emptied field is the agent's. */
export const type = (field: Field, value: string): Field => ({ ...field, value, hand: 'typed', before: null })

export function accept(field: Field): Field {
  const chip = chipOf(field)
  if (chip === null) return field
  return { ...field, value: chip.value, hand: 'accepted', before: { value: field.value, hand: field.hand } }
}

export function dismiss(field: Field): Field {
  const chip = chipOf(field)
  return chip === null ? field : { ...field, dismissed: [...field.dismissed, chip.value] }
}

/** Take back what was filled in or accepted; the same value is not filled in again. */
export function undo(field: Field): Field {
  if (field.hand !== 'auto' && field.hand !== 'accepted') return field
  const before = field.hand === 'accepted' && field.before !== null ? field.before : { value: '', hand: 'none' as Hand }
  return {
    ...field, ...before, before: null, chipsOnly: true, dismissed: [...field.dismissed, field.value],
  }
}

export const savedOf = (field: Field): SavedValue => ({
  value: field.value, typed: field.hand === 'typed' || field.hand === 'accepted',
})

/** What the desk had saved comes back, unless the agent wrote something newer here. */
export function restore(field: Field, saved: SavedValue): Field {
  if (field.hand === 'typed' || field.hand === 'accepted') return field
  if (saved.value === '' && !saved.typed) return field
  return { ...field, value: saved.value, hand: saved.typed ? 'typed' : 'auto' }
}

/** A number whose middle is hidden, as the desk shows it: 138****5678. Sent back untouched, the desk knows which it is. */
export const isMasked = (value: string): boolean => /^[+\d-]*\*{2,}[\d-]*$/.test(value)
