/** The order form of one contact: fields, proposals, what is kept as a draft, sending. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref, shallowRef } from 'vue'
import { contacts as api } from '@/rooms/agent_desk/requests'
import { Problem, sentenceOf } from '@/api/client'
import type { DraftableName, DraftField, OrderBrief, OrderForm, RequestKind, SavedDraft, Way } from '@/api/types'
import { confidentialPiece, piecesOf, textPiece, wayOf, type DraftName, type Pieces } from '@/rooms/agent_desk/order_form/draft'
import * as rules from '@/rooms/agent_desk/order_form/fields'
import type { Field } from '@/rooms/agent_desk/order_form/fields'
import { useDrafts } from './drafts'

type Fields = Record<DraftableName, Field>

const freshFields = (): Fields =>
  Object.fromEntries(rules.FIELD_NAMES.map((name) => [name, rules.emptyField()])) as Fields

export const useForm = defineRoomStore('form', () => {
  const drafts = useDrafts()
  const contact = ref('')
  const fields = ref<Fields>(freshFields())
  const reply = ref('')
  const confidential = ref(false)
  const way = ref<Way>('')
  const focused = ref<DraftableName | null>(null)
  const proposalRevision = ref(-1)
  const errors = ref<Record<string, string>>({})
  const problem = ref('')
  const sending = ref(false)
  const order = shallowRef<OrderBrief | null>(null)

  const kind = computed(() => fields.value.kind.value as RequestKind | '')
  const mayBeDirect = computed(() => kind.value === 'consult')
  /** A consultation is answered at once unless the agent decides otherwise; everything else is dispatched. */
  const direct = computed(() => mayBeDirect.value && way.value !== 'dispatch')
  const sent = computed(() => order.value !== null)
  const chips = computed(() => rules.FIELD_NAMES.filter((name) => rules.chipOf(fields.value[name]) !== null))
  const empty = computed(() => reply.value === '' && rules.FIELD_NAMES.every((name) => fields.value[name].value === ''))
  const draft = computed(() => drafts.of(contact.value))
  const saveState = computed(() => draft.value?.state ?? 'clean')
  const conflicts = computed(() => draft.value?.conflicts ?? {})

  function clear(): void {
    contact.value = ''
    fields.value = freshFields()
    reply.value = ''
    confidential.value = false
    way.value = ''
    focused.value = null
    proposalRevision.value = -1
    errors.value = {}
    problem.value = ''
    sending.value = false
    order.value = null
  }

  /** Take another contact's form; what is unsaved of the one before stays in the drafts and is tried on. */
  function open(next: string, caller = ''): void {
    clear()
    contact.value = next
    drafts.begin(next, caller)
    lay(drafts.mine(next))
  }

  function change(name: DraftableName, next: Field): void {
    const before = fields.value[name]
    fields.value = { ...fields.value, [name]: next }
    if (before.value !== next.value || before.hand !== next.hand) keep(name, next)
    if (before.value !== next.value && errors.value[name] !== undefined) {
      const { [name]: _gone, ...rest } = errors.value
      errors.value = rest
    }
  }

  function keep(name: DraftableName, field: Field): void {
    if (!sent.value) drafts.put(contact.value, name, rules.savedOf(field))
  }

  const typed = (name: DraftableName, value: string) => change(name, rules.type(fields.value[name], value))
  const accept = (name: DraftableName) => change(name, rules.accept(fields.value[name]))
  const dismiss = (name: DraftableName) => change(name, rules.dismiss(fields.value[name]))
  const undo = (name: DraftableName) => change(name, rules.undo(fields.value[name]))

  function setReply(text: string): void {
    reply.value = text
    if (!sent.value) drafts.put(contact.value, 'reply', textPiece(text))
  }
  function setConfidential(on: boolean): void {
    confidential.value = on
    if (!sent.value) drafts.put(contact.value, 'confidential', confidentialPiece(on))
  }
  function chooseWay(next: Way): void {
    way.value = next
    if (!sent.value) drafts.put(contact.value, 'way', textPiece(next))
  }

  /** All fields now proposed for a contact; an older revision than the last one is dropped. */
  function propose(about: string, revision: number, proposals: readonly DraftField[]): void {
    if (about !== contact.value || sent.value || revision <= proposalRevision.value) return
    proposalRevision.value = revision
    layBefore(proposals)
  }

  /** Text under the cursor does not move; a choice that nobody made yet may. */
  const underCursor = (name: DraftableName): boolean => focused.value === name && name !== 'kind' && name !== 'district'

  function layBefore(proposals: readonly DraftField[]): void {
    for (const proposal of proposals) {
      const field = fields.value[proposal.name]
      if (field !== undefined) change(proposal.name, rules.propose(field, proposal, underCursor(proposal.name)))
    }
  }

  /** Lay kept pieces into the form as they are; nothing of it counts as a change. */
  function lay(pieces: Pieces): void {
    for (const name of rules.FIELD_NAMES) {
      const piece = pieces[name]
      if (piece !== undefined) fields.value[name] = rules.restore(fields.value[name], piece)
    }
    if (pieces.reply !== undefined) reply.value = pieces.reply.value
    if (pieces.confidential !== undefined) confidential.value = pieces.confidential.value === 'yes'
    if (pieces.way !== undefined) way.value = wayOf(pieces.way)
  }

  /** What the desk had: the saved draft first, under what is unsaved here, then the proposals as they were. */
  function restore(saved: SavedDraft | null, proposals: readonly DraftField[], known: OrderBrief | null): void {
    const held = drafts.begin(contact.value)
    if (saved !== null && saved.revision > held.revision) {
      const first = held.revision === 0
      held.revision = saved.revision
      if (first) lay({ ...piecesOf(saved), ...drafts.mine(contact.value) })
      else merge(contact.value, saved)
    }
    if (proposalRevision.value < 0 && known === null) layBefore(proposals)
    if (known !== null) orderIs(known)
  }

  /** Lay what another page saved beside ours: untouched fields take it, for the agent's own words the agent is asked. */
  function merge(about: string, saved: SavedDraft, sent: readonly DraftName[] = []): void {
    if (about !== contact.value) return
    const theirs = Object.entries(piecesOf(saved)) as [DraftName, NonNullable<Pieces[DraftName]>][]
    const [mine, shown] = [drafts.mine(about), pieces()]
    for (const [name, piece] of theirs) {
      const ours = shown[name]
      if (sent.includes(name) || mine[name] !== undefined || ours === undefined || ours.value.trim() === piece.value.trim()) continue
      if (ours.typed) drafts.differ(about, name, { mine: ours, theirs: piece })
      else lay({ [name]: piece })
    }
  }
  drafts.whenSaved(merge)

  const pieces = (): Pieces => ({
    ...Object.fromEntries(rules.FIELD_NAMES.map((name) => [name, rules.savedOf(fields.value[name])])),
    reply: textPiece(reply.value), confidential: confidentialPiece(confidential.value), way: textPiece(way.value),
  })

  /** The agent chose between two texts of a field. */
  function choose(name: DraftName, which: 'mine' | 'theirs'): void {
    const piece = drafts.choose(contact.value, name, which)
    if (piece === null || which === 'mine') return
    if (name in fields.value) fields.value[name as DraftableName] = { ...rules.emptyField(), value: piece.value, hand: 'typed' }
    else lay({ [name]: piece })
  }

  const saveNow = (): Promise<boolean> => drafts.save(contact.value)

  const filled = (): OrderForm => {
    const text = (name: DraftableName): string => fields.value[name].value.trim()
    return {
      kind: (text('kind') || 'help') as RequestKind,
      category: text('category'), title: text('title'), content: text('content'), district: text('district'),
      place: text('place'), occurred: text('occurred'), wish: text('wish'), caller_name: text('caller_name'),
      callback_phone: text('callback_phone'), direct: direct.value, confidential: confidential.value,
    }
  }

  /** Send the form as it stands. Returns the order, or null when something must be corrected. */
  async function send(required: string): Promise<OrderBrief | null> {
    const about = contact.value
    if (about === '' || sending.value || sent.value) return null
    if (kind.value === '') {
      errors.value = { ...errors.value, kind: required }
      return null
    }
    sending.value = true
    problem.value = ''
    try {
      const made = await api.sendOrder(about, filled())
      if (about === contact.value) orderIs(made)
      else drafts.drop(about)
      return made
    } catch (error) {
      if (about !== contact.value) return null
      errors.value = error instanceof Problem ? { ...error.fields } : {}
      problem.value = sentenceOf(error)
      return null
    } finally {
      if (about === contact.value) sending.value = false
    }
  }

  /** The contact has its order: nothing of the form is unsaved any more. */
  function orderIs(made: OrderBrief): void {
    order.value = made
    errors.value = {}
    drafts.drop(contact.value)
  }

  function insertReply(text: string): void {
    if (!reply.value.includes(text)) setReply(reply.value === '' ? text : `${reply.value}\n${text}`)
  }

  /** Put the reply points under the content, as the agent's own words. */
  function appendReply(label: string): void {
    const text = reply.value.trim()
    if (text === '') return
    const content = fields.value.content.value.trimEnd()
    typed('content', content === '' ? `${label}${text}` : `${content}\n${label}${text}`)
    setReply('')
  }

  return {
    contact, fields, reply, confidential, way, focused, errors, problem, sending, order, draft, saveState, conflicts,
    kind, mayBeDirect, direct, sent, chips, empty, proposalRevision,
    open, typed, accept, dismiss, undo, setReply, setConfidential, chooseWay, propose, restore, choose, saveNow, send, orderIs,
    insertReply, appendReply, filled, reset: clear,
  }
})
