/** The order form of one contact: fields, proposals, saving every 2 s, sending. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { contacts as api } from '@/api/desk'
import { Problem, sentenceOf } from '@/api/client'
import type { DraftableName, DraftField, OrderBrief, OrderForm, RequestKind, SavedDraft, SavedValue } from '@/api/types'
import * as rules from '@/order_form/fields'
import type { Field } from '@/order_form/fields'

export type SaveState = 'clean' | 'waiting' | 'saving' | 'saved' | 'failed'
type Fields = Record<DraftableName, Field>

export const SAVE_EVERY_MS = 2000

const freshFields = (): Fields =>
  Object.fromEntries(rules.FIELD_NAMES.map((name) => [name, rules.emptyField()])) as Fields

export const useForm = defineStore('form', () => {
  const contact = ref('')
  const fields = ref<Fields>(freshFields())
  const reply = ref('')
  const confidential = ref(false)
  const chosenDirect = ref<boolean | null>(null)
  const focused = ref<DraftableName | null>(null)
  const proposalRevision = ref(-1)
  const draftRevision = ref(0)
  const saveState = ref<SaveState>('clean')
  const savedAt = ref(0)
  const errors = ref<Record<string, string>>({})
  const problem = ref('')
  const sending = ref(false)
  const order = shallowRef<OrderBrief | null>(null)
  let timer: ReturnType<typeof setTimeout> | null = null
  let changes = 0

  const kind = computed(() => fields.value.kind.value as RequestKind | '')
  const mayBeDirect = computed(() => kind.value === 'consult')
  /** A consultation is answered at once unless the agent decides otherwise; everything else is dispatched. */
  const direct = computed(() => mayBeDirect.value && (chosenDirect.value ?? true))
  const sent = computed(() => order.value !== null)
  const chips = computed(() => rules.FIELD_NAMES.filter((name) => rules.chipOf(fields.value[name]) !== null))
  const empty = computed(() => rules.FIELD_NAMES.every((name) => fields.value[name].value === ''))

  function open(next: string): void {
    stopTimer()
    contact.value = next
    fields.value = freshFields()
    reply.value = ''
    confidential.value = false
    chosenDirect.value = null
    proposalRevision.value = -1
    draftRevision.value = 0
    saveState.value = 'clean'
    errors.value = {}
    problem.value = ''
    order.value = null
  }

  function change(name: DraftableName, next: Field): void {
    const before = fields.value[name]
    fields.value = { ...fields.value, [name]: next }
    if (before.value !== next.value || before.hand !== next.hand) changed()
    if (before.value !== next.value && errors.value[name] !== undefined) {
      const { [name]: _gone, ...rest } = errors.value
      errors.value = rest
    }
  }

  const typed = (name: DraftableName, value: string) => change(name, rules.type(fields.value[name], value))
  const accept = (name: DraftableName) => change(name, rules.accept(fields.value[name]))
  const dismiss = (name: DraftableName) => change(name, rules.dismiss(fields.value[name]))
  const undo = (name: DraftableName) => change(name, rules.undo(fields.value[name]))

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

  /** What the desk had: the saved draft first, then the proposals as they were. */
  function restore(saved: SavedDraft | null, proposals: readonly DraftField[], known: OrderBrief | null): void {
    if (saved !== null && saved.revision > draftRevision.value) {
      draftRevision.value = saved.revision
      for (const name of rules.FIELD_NAMES) {
        const value = saved.values[name]
        if (value !== undefined) fields.value[name] = rules.restore(fields.value[name], value)
      }
    }
    if (proposalRevision.value < 0 && known === null) layBefore(proposals)
    if (known !== null) order.value = known
  }

  function changed(): void {
    changes += 1
    if (contact.value === '' || sent.value) return
    saveState.value = 'waiting'
    timer ??= setTimeout(() => void saveNow(), SAVE_EVERY_MS)
  }

  function stopTimer(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  const values = (): Record<string, SavedValue> =>
    Object.fromEntries(rules.FIELD_NAMES.map((name) => [name, rules.savedOf(fields.value[name])]))

  /** Save at once when something is unsaved; a failure keeps the text and tries again in 2 s. */
  async function saveNow(): Promise<void> {
    stopTimer()
    if (!['waiting', 'failed'].includes(saveState.value) || sent.value) return
    const about = contact.value
    const seen = changes
    saveState.value = 'saving'
    try {
      const saved = await put(about, draftRevision.value, values())
      if (about !== contact.value) return
      draftRevision.value = saved.revision
      savedAt.value = Date.now()
      saveState.value = 'saved'
      if (changes !== seen) changed()
    } catch {
      if (about !== contact.value) return
      saveState.value = 'failed'
      timer ??= setTimeout(() => void saveNow(), SAVE_EVERY_MS)
    }
  }

  /** Save on top of the revision we know; when another page saved a newer revision, what stands here is the agent's last word and goes on top. */
  async function put(about: string, revision: number, mine: Record<string, SavedValue>): Promise<SavedDraft> {
    try {
      return await api.saveDraft(about, revision, mine)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error
      const stored = (await api.view(about)).draft
      return api.saveDraft(about, stored?.revision ?? revision, mine)
    }
  }

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
    if (contact.value === '' || sending.value || sent.value) return null
    if (kind.value === '') {
      errors.value = { ...errors.value, kind: required }
      return null
    }
    sending.value = true
    problem.value = ''
    try {
      order.value = await api.sendOrder(contact.value, filled())
      errors.value = {}
      stopTimer()
      return order.value
    } catch (error) {
      errors.value = error instanceof Problem ? { ...error.fields } : {}
      problem.value = sentenceOf(error)
      return null
    } finally {
      sending.value = false
    }
  }

  function insertReply(text: string): void {
    if (reply.value.includes(text)) return
    reply.value = reply.value === '' ? text : `${reply.value}\n${text}`
  }

  /** Put the reply points under the content, as the agent's own words. */
  function appendReply(label: string): void {
    const text = reply.value.trim()
    if (text === '') return
    const content = fields.value.content.value.trimEnd()
    typed('content', content === '' ? `${label}${text}` : `${content}\n${label}${text}`)
    reply.value = ''
  }

  return {
    contact, fields, reply, confidential, chosenDirect, focused, saveState, savedAt, errors, problem, sending, order,
    kind, mayBeDirect, direct, sent, chips, empty, proposalRevision, draftRevision,
    open, typed, accept, dismiss, undo, propose, restore, saveNow, send, insertReply, appendReply, filled,
  }
})
