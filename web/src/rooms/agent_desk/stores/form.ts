/** The order forms of one contact, one a matter: fields, proposals, what is kept as drafts, sending. One of them is shown. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref } from 'vue'
import { contacts as api } from '@/rooms/agent_desk/requests'
import { Problem, sentenceOf } from '@/api/client'
import type { DraftableName, DraftField, Matter, OrderBrief, SavedDraft, Way } from '@/api/types'
import { confidentialPiece, piecesOf, textPiece, type DraftName, type Pieces } from '@/rooms/agent_desk/order_form/draft'
import * as rules from '@/rooms/agent_desk/order_form/fields'
import type { Field } from '@/rooms/agent_desk/order_form/fields'
import { filledIn, freshForm, isBlank, isDirect, kindOf, lay, piecesIn, type MatterForm } from '@/rooms/agent_desk/order_form/matter_form'
import { useDrafts } from './drafts'

const NO_FORM: MatterForm = freshForm('')

export const useForm = defineRoomStore('form', () => {
  const drafts = useDrafts()
  const contact = ref('')
  /** Whose form is shown, F9 sends. */
  const matter = ref('')
  /** By matter, in the order in which they were opened; the first matter has the contact's own id. */
  const forms = ref<Record<string, MatterForm>>({})
  const focused = ref<DraftableName | null>(null)
  const proposalRevision = ref(-1)
  const proposed = ref<Partial<Record<DraftableName, DraftField>>>({})

  const shown = computed(() => forms.value[matter.value] ?? NO_FORM)
  const matters = computed(() => Object.values(forms.value))
  const fields = computed(() => shown.value.fields)
  const reply = computed(() => shown.value.reply)
  const confidential = computed(() => shown.value.confidential)
  const way = computed(() => shown.value.way)
  const errors = computed(() => shown.value.errors)
  const problem = computed(() => shown.value.problem)
  const sending = computed(() => shown.value.sending)
  const order = computed(() => shown.value.order)
  const kind = computed(() => kindOf(shown.value))
  const mayBeDirect = computed(() => kind.value === 'consult')
  const direct = computed(() => isDirect(shown.value))
  const sent = computed(() => order.value !== null)
  const chips = computed(() => rules.FIELD_NAMES.filter((name) => rules.chipOf(fields.value[name]) !== null))
  const blank = computed(() => isBlank(shown.value))
  /** Something is written for a matter that has no order yet. */
  const unsent = computed(() => matters.value.some((one) => one.order === null && !isBlank(one)))
  const draft = computed(() => drafts.of(matter.value))
  const saveState = computed(() => draft.value?.state ?? 'clean')
  const conflicts = computed(() => draft.value?.conflicts ?? {})
  /** The talk is about the first matter as far as the desk can tell: in another one no key takes a proposal by the way. */
  const first = computed(() => matter.value === contact.value)

  function clear(): void {
    contact.value = matter.value = ''
    forms.value = {}
    focused.value = null
    proposalRevision.value = -1
    proposed.value = {}
  }

  /** Take another contact's forms; what is unsaved of the one before stays in the drafts and is tried on. */
  function open(next: string, caller = ''): void {
    clear()
    contact.value = matter.value = next
    begin(next, caller)
  }

  /**
   * The form of a matter of the contact. Proposals are made of the whole talk and do not say which matter they are of.
   * The first matter is filled by them; in a further one they would put one matter's words into another's order, so there
   * they are chips that the agent takes one by one.
   */
  function begin(id: string, caller = ''): MatterForm {
    const known = forms.value[id]
    if (known !== undefined) return known
    drafts.begin(id, contact.value, caller)
    forms.value[id] = freshForm(id, id !== contact.value)
    const made = forms.value[id] as MatterForm
    lay(made, drafts.mine(id))
    layBefore(made, Object.values(proposed.value))
    return made
  }

  /** Show the form of another matter; what stands in the one before stays there. */
  function show(id: string): void {
    if (forms.value[id] === undefined || id === matter.value) return
    focused.value = null
    matter.value = id
  }

  function change(at: MatterForm, name: DraftableName, next: Field): void {
    if (at.matter === '') return
    const before = at.fields[name]
    at.fields = { ...at.fields, [name]: next }
    if (at.order === null && (before.value !== next.value || before.hand !== next.hand)) drafts.put(at.matter, name, rules.savedOf(next))
    if (before.value !== next.value && at.errors[name] !== undefined) {
      const { [name]: _gone, ...rest } = at.errors
      at.errors = rest
    }
  }

  const typed = (name: DraftableName, value: string) => change(shown.value, name, rules.type(fields.value[name], value))
  const accept = (name: DraftableName) => change(shown.value, name, rules.accept(fields.value[name]))
  const dismiss = (name: DraftableName) => change(shown.value, name, rules.dismiss(fields.value[name]))
  const undo = (name: DraftableName) => change(shown.value, name, rules.undo(fields.value[name]))

  function put(pieces: Pick<Pieces, 'reply' | 'confidential' | 'way'>): void {
    if (matter.value === '') return
    lay(shown.value, pieces)
    if (sent.value) return
    for (const [name, piece] of Object.entries(pieces)) drafts.put(matter.value, name as DraftName, piece)
  }
  const setReply = (text: string) => put({ reply: textPiece(text) })
  const setConfidential = (on: boolean) => put({ confidential: confidentialPiece(on) })
  const chooseWay = (next: Way) => put({ way: textPiece(next) })

  /** All fields now proposed for a contact; an older revision than the last one is dropped. */
  function propose(about: string, revision: number, proposals: readonly DraftField[]): void {
    if (about !== contact.value || revision <= proposalRevision.value) return
    proposalRevision.value = revision
    know(proposals)
  }

  function know(proposals: readonly DraftField[]): void {
    proposed.value = { ...proposed.value, ...Object.fromEntries(proposals.map((one) => [one.name, one])) }
    for (const one of matters.value) layBefore(one, proposals)
  }

  /** Text under the cursor does not move; a choice that nobody made yet may. */
  const underCursor = (at: MatterForm, name: DraftableName): boolean =>
    at.matter === matter.value && focused.value === name && name !== 'kind' && name !== 'district'

  function layBefore(at: MatterForm, proposals: readonly DraftField[]): void {
    if (at.order !== null) return
    for (const proposal of proposals) {
      const field = at.fields[proposal.name]
      if (field !== undefined) change(at, proposal.name, rules.propose(field, proposal, underCursor(at, proposal.name)))
    }
  }

  /** What the desk had of each matter: the saved draft, under what is unsaved here, then the proposals as they were. */
  function restore(known: readonly Matter[], proposals: readonly DraftField[]): void {
    for (const one of known) restoreOne(one)
    if (proposalRevision.value < 0) know(proposals)
  }

  function restoreOne({ matter: id, draft: saved, order: made }: Matter): void {
    const at = begin(id)
    const held = drafts.begin(id, contact.value)
    if (at.laid && saved.revision > held.revision) merge(id, saved)
    else if (!at.laid && saved.revision >= held.revision && saved.revision > 0) {
      lay(at, { ...piecesOf(saved), ...drafts.mine(id) })
      at.laid = true
    }
    held.revision = Math.max(held.revision, saved.revision)
    if (made !== null) orderIs(made)
  }

  /** Lay what another page saved beside ours: untouched fields take it, for the agent's own words the agent is asked. */
  function merge(id: string, saved: SavedDraft, own: readonly DraftName[] = []): void {
    const at = forms.value[id]
    if (at === undefined) return
    at.laid = true
    const theirs = Object.entries(piecesOf(saved)) as [DraftName, NonNullable<Pieces[DraftName]>][]
    const [mine, here] = [drafts.mine(id), piecesIn(at)]
    for (const [name, piece] of theirs) {
      const ours = here[name]
      if (own.includes(name) || mine[name] !== undefined || ours === undefined || ours.value.trim() === piece.value.trim()) continue
      if (ours.typed) drafts.differ(id, name, { mine: ours, theirs: piece })
      else lay(at, { [name]: piece })
    }
  }
  drafts.whenSaved(merge)

  /** The agent chose between two texts of a field. */
  function choose(name: DraftName, which: 'mine' | 'theirs'): void {
    const piece = drafts.choose(matter.value, name, which)
    if (piece === null || which === 'mine') return
    const at = shown.value
    if (name in at.fields) at.fields[name as DraftableName] = { ...rules.emptyField(), value: piece.value, hand: 'typed' }
    else lay(at, { [name]: piece })
  }

  const filled = () => filledIn(shown.value)

  /** Send the form that is shown, as it stands. Returns the order, or null when something must be corrected. */
  async function send(required: string): Promise<OrderBrief | null> {
    const [about, at] = [contact.value, shown.value]
    if (at.matter === '' || at.sending || at.order !== null) return null
    if (kindOf(at) === '') {
      at.errors = { ...at.errors, kind: required }
      return null
    }
    at.sending = true
    at.problem = ''
    try {
      const made = await api.sendOrder(about, filledIn(at), at.matter)
      if (about === contact.value) orderIs(made)
      else drafts.drop(at.matter)
      return made
    } catch (error) {
      if (about !== contact.value) return null
      at.errors = error instanceof Problem ? { ...error.fields } : {}
      at.problem = sentenceOf(error)
      return null
    } finally {
      at.sending = false
    }
  }

  /** A matter has its order: nothing of its form is unsaved any more. Says whether it is one that stands here. */
  function orderIs(made: OrderBrief): boolean {
    const at = forms.value[made.matter]
    if (at === undefined) return false
    at.order = made
    at.errors = {}
    drafts.drop(made.matter)
    return true
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
    contact, matter, forms, matters, first, fields, reply, confidential, way, focused, errors, problem, sending, order, draft, saveState, conflicts,
    kind, mayBeDirect, direct, sent, blank, unsent, chips, proposalRevision, proposed,
    open, show, typed, accept, dismiss, undo, setReply, setConfidential, chooseWay, propose, restore, choose, send, orderIs,
    insertReply, appendReply, filled, reset: clear,
  }
})
