/** Drafts by matter: what is unsaved is kept, tried again with growing pauses, and said; never called saved before it is. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref } from 'vue'
import { Problem, sentenceOf } from '@/api/client'
import { contacts as api } from '@/rooms/agent_desk/requests'
import type { SavedDraft, SavedValue } from '@/api/types'
import { t } from '@/i18n'
import { draftNames, isEmpty, namesOf, patchOf, piecesOf, without, type DraftName, type Pieces } from '@/rooms/agent_desk/order_form/draft'
import { useNotices } from '@/shell/stores/notices'

/** `refused`: trying the same again cannot help; `conflict`: the agent has to choose. */
export type SaveState = 'clean' | 'waiting' | 'saving' | 'saved' | 'failed' | 'refused' | 'conflict'
export interface Conflict { mine: SavedValue; theirs: SavedValue }
export interface Draft {
  matter: string
  /** Whose matter it is. The first matter of a contact has the contact's own id. */
  contact: string
  /** The masked number, to name the contact by. */
  caller: string
  revision: number
  /** Changed here and not saved yet. */
  unsaved: Pieces
  /** On its way. */
  sending: Pieces
  /** Fields that another page changed meanwhile. */
  conflicts: Partial<Record<DraftName, Conflict>>
  state: SaveState
  problem: string
  savedAt: number
  failures: number
}

const NOTHING_SAVED: SavedDraft = { revision: 0, values: {}, confidential: false, reply: '', way: '' }
export const SAVE_EVERY_MS = 2000
const LONGEST_PAUSE_MS = 30_000
/** Forms whose unsaved text is kept at once. */
export const MOST_DRAFTS = 20

/** Told of each save: what the desk now has, and which fields of it are those that this page just sent. */
type Told = (matter: string, saved: SavedDraft, sent: readonly DraftName[]) => void

export const isUnsaved = (draft: Draft): boolean =>
  !isEmpty(draft.unsaved) || !isEmpty(draft.sending) || Object.keys(draft.conflicts).length > 0

export const useDrafts = defineRoomStore('drafts', () => {
  const notices = useNotices()
  const drafts = ref<Record<string, Draft>>({})
  /** False while this page may not write: another page has the seat, or the session is over. */
  const writing = ref(true)
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  /** Saves that are on their way, by matter. */
  const flights = new Map<string, Promise<void>>()
  let told: Told | null = null

  const unsaved = computed(() => Object.values(drafts.value).filter(isUnsaved))
  const of = (matter: string): Draft | undefined => drafts.value[matter]
  const ofContact = (contact: string): Draft[] => Object.values(drafts.value).filter((draft) => draft.contact === contact)

  function begin(matter: string, contact = matter, caller = ''): Draft {
    const known = drafts.value[matter]
    if (known !== undefined) return known
    drafts.value[matter] = {
      matter, contact, caller: caller || (drafts.value[contact]?.caller ?? ''), revision: 0, unsaved: {}, sending: {}, conflicts: {}, state: 'clean', problem: '', savedAt: 0, failures: 0,
    }
    forgetOldest(contact)
    return drafts.value[matter] as Draft
  }

  function forgetOldest(but: string): void {
    const others = Object.values(drafts.value).filter((draft) => draft.contact !== but)
    for (const draft of others) if (!isUnsaved(draft)) drop(draft.matter)
    const oldest = others.find(isUnsaved)
    if (Object.keys(drafts.value).length <= MOST_DRAFTS || oldest === undefined) return
    notices.bad(t('draft.tooMany', { caller: oldest.caller }))
    drop(oldest.matter)
  }

  /** Forget a matter's unsaved text: it was sent as an order, or the agent gave it up. */
  function drop(matter: string): void {
    stop(matter)
    delete drafts.value[matter]
  }

  function put(matter: string, name: DraftName, value: SavedValue): void {
    const draft = drafts.value[matter]
    if (draft === undefined) return
    const conflict = draft.conflicts[name]
    if (conflict !== undefined) {
      conflict.mine = value // Nothing goes on top of the other page's text before the agent has chosen.
      return
    }
    draft.unsaved[name] = value
    if (draft.state !== 'saving' && draft.state !== 'failed') draft.state = 'waiting'
    schedule(draft, SAVE_EVERY_MS)
  }

  function schedule(draft: Draft, ms: number): void {
    if (!timers.has(draft.matter)) timers.set(draft.matter, setTimeout(() => void save(draft.matter), ms))
  }

  function stop(matter: string): void {
    clearTimeout(timers.get(matter))
    timers.delete(matter)
  }

  /** Save what is unsaved of a matter. Returns whether nothing of it is unsaved any more. */
  async function save(matter: string): Promise<boolean> {
    stop(matter)
    const draft = drafts.value[matter]
    if (draft === undefined) return true
    if (isEmpty(draft.unsaved) || !isEmpty(draft.sending) || !writing.value) return !isUnsaved(draft)
    draft.sending = draft.unsaved
    draft.unsaved = {}
    draft.state = 'saving'
    const flight = carry(draft)
    flights.set(matter, flight)
    await flight
    if (flights.get(matter) === flight) flights.delete(matter)
    return !isUnsaved(draft)
  }

  async function carry(draft: Draft): Promise<void> {
    try {
      taken(draft, await api.saveDraft(draft.contact, patchOf(draft.revision, draft.sending), draft.matter))
    } catch (error) {
      draft.unsaved = { ...draft.sending, ...draft.unsaved }
      draft.sending = {}
      await failed(draft, error)
    }
  }

  function taken(draft: Draft, saved: SavedDraft): void {
    const sent = namesOf(draft.sending)
    draft.sending = {}
    draft.revision = saved.revision
    draft.savedAt = Date.now()
    draft.failures = 0
    settle(draft)
    if (drafts.value[draft.matter] === draft) told?.(draft.matter, saved, sent)
  }

  function settle(draft: Draft): void {
    draft.problem = ''
    draft.state = Object.keys(draft.conflicts).length > 0 ? 'conflict' : isEmpty(draft.unsaved) ? 'saved' : 'waiting'
    if (!isEmpty(draft.unsaved)) schedule(draft, SAVE_EVERY_MS)
  }

  async function failed(draft: Draft, error: unknown): Promise<void> {
    const names = error instanceof Problem && error.reason === 'draft-changed' ? draftNames(error.fields) : []
    if (names.length > 0) return meet(draft, names)
    draft.problem = sentenceOf(error)
    draft.failures += 1
    const status = error instanceof Problem ? error.status : 0
    const later = status === 401 || !(error instanceof Problem) || error.transient
    draft.state = later ? 'failed' : 'refused'
    if (later && status !== 401) schedule(draft, Math.min(SAVE_EVERY_MS * 2 ** (draft.failures - 1), LONGEST_PAUSE_MS))
  }

  /** Another page changed the same fields: keep both texts until the agent chooses; the other fields go on. */
  async function meet(draft: Draft, names: readonly DraftName[]): Promise<void> {
    try {
      const stored = (await api.view(draft.contact)).matters.find((one) => one.matter === draft.matter)?.draft ?? NOTHING_SAVED
      const theirs = piecesOf(stored)
      for (const name of names) {
        const mine = draft.unsaved[name]
        const other = theirs[name]
        if (mine !== undefined && other !== undefined && mine.value !== other.value) draft.conflicts[name] = { mine, theirs: other }
      }
      draft.unsaved = without(draft.unsaved, names)
      draft.revision = stored.revision
      settle(draft)
    } catch (error) {
      draft.problem = sentenceOf(error)
      draft.state = 'failed'
      draft.failures += 1
      schedule(draft, Math.min(SAVE_EVERY_MS * 2 ** (draft.failures - 1), LONGEST_PAUSE_MS))
    }
  }

  /** The other page's text differs from what the agent wrote and saved here: the agent chooses. */
  function differ(matter: string, name: DraftName, conflict: Conflict): void {
    const draft = drafts.value[matter]
    if (draft === undefined) return
    draft.conflicts[name] = conflict
    draft.state = 'conflict'
  }

  /** End a conflict. Returns the text that counts from now on. */
  function choose(matter: string, name: DraftName, which: 'mine' | 'theirs'): SavedValue | null {
    const draft = drafts.value[matter]
    const conflict = draft?.conflicts[name]
    if (draft === undefined || conflict === undefined) return null
    delete draft.conflicts[name]
    if (which === 'mine') draft.unsaved[name] = conflict.mine
    settle(draft)
    return conflict[which]
  }

  /** Try everything again at once, e.g. after a new log-in. Returns whether all of it is saved. */
  async function saveAll(): Promise<boolean> {
    return (await Promise.all(Object.keys(drafts.value).map(save))).every(Boolean)
  }

  /** Save all that is unsaved of a contact. Takes its values at once; returns whether all of it is saved. */
  async function saveContact(contact: string): Promise<boolean> {
    return (await Promise.all(ofContact(contact).map((draft) => save(draft.matter)))).every(Boolean)
  }

  /** The same when what is on its way has arrived. */
  async function settled(contact: string): Promise<boolean> {
    await Promise.all(ofContact(contact).flatMap((draft) => flights.get(draft.matter) ?? []))
    return saveContact(contact)
  }

  /** All that is not saved of a matter, also what is on its way or disputed. */
  function mine(matter: string): Pieces {
    const draft = drafts.value[matter]
    if (draft === undefined) return {}
    const disputed = Object.fromEntries(Object.entries(draft.conflicts).map(([name, conflict]) => [name, conflict.mine]))
    return { ...draft.sending, ...draft.unsaved, ...disputed }
  }

  function whenSaved(tell: Told): void {
    told = tell
  }

  function reset(): void {
    for (const matter of Object.keys(drafts.value)) drop(matter)
    flights.clear()
    writing.value = true
  }

  return { drafts, writing, unsaved, of, ofContact, begin, drop, put, save, saveAll, saveContact, settled, mine, differ, choose, whenSaved, reset }
})
