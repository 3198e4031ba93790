/** The form of one matter, pure: what stands in it, what of it is kept, what of it is sent. */
import type { DraftableName, OrderBrief, OrderForm, RequestKind, Way } from '@/api/types'
import { confidentialPiece, textPiece, wayOf, type Pieces } from './draft'
import * as rules from './fields'

export interface MatterForm {
  matter: string
  fields: Record<DraftableName, rules.Field>
  reply: string
  confidential: boolean
  way: Way
  errors: Record<string, string>
  problem: string
  sending: boolean
  order: OrderBrief | null
  /** What the desk had kept of it stands in it. */
  laid: boolean
}

/** An empty form; with `chipsOnly` nothing is ever filled into it, proposals are only shown. */
export function freshForm(matter: string, chipsOnly = false): MatterForm {
  const fields = Object.fromEntries(rules.FIELD_NAMES.map((name) => [name, { ...rules.emptyField(), chipsOnly }]))
  return {
    matter, fields: fields as MatterForm['fields'], reply: '', confidential: false, way: '', errors: {}, problem: '', sending: false, order: null, laid: false,
  }
}

export const isBlank = (form: MatterForm): boolean => form.reply === '' && rules.FIELD_NAMES.every((name) => form.fields[name].value === '')

export const kindOf = (form: MatterForm): RequestKind | '' => form.fields.kind.value as RequestKind | ''
/** A consultation is answered at once unless the agent decides otherwise; everything else is dispatched. */
export const isDirect = (form: MatterForm): boolean => kindOf(form) === 'consult' && form.way !== 'dispatch'

/** Lay kept pieces into the form as they are; nothing of it counts as a change. */
export function lay(form: MatterForm, pieces: Pieces): void {
  for (const name of rules.FIELD_NAMES) {
    const piece = pieces[name]
    if (piece !== undefined) form.fields[name] = rules.restore(form.fields[name], piece)
  }
  if (pieces.reply !== undefined) form.reply = pieces.reply.value
  if (pieces.confidential !== undefined) form.confidential = pieces.confidential.value === 'yes'
  if (pieces.way !== undefined) form.way = wayOf(pieces.way)
}

export const piecesIn = (form: MatterForm): Pieces => ({
  ...Object.fromEntries(rules.FIELD_NAMES.map((name) => [name, rules.savedOf(form.fields[name])])),
  reply: textPiece(form.reply), confidential: confidentialPiece(form.confidential), way: textPiece(form.way),
})

/** What is sent of it. */
export function filledIn(form: MatterForm): OrderForm {
  const text = (name: DraftableName): string => form.fields[name].value.trim()
  return {
    kind: kindOf(form) || 'help',
    category: text('category'), title: text('title'), content: text('content'), district: text('district'),
    place: text('place'), occurred: text('occurred'), wish: text('wish'), caller_name: text('caller_name'),
    callback_phone: text('callback_phone'), direct: isDirect(form), confidential: form.confidential,
  }
}
