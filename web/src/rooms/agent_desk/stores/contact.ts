/** The contact on the workspace: transcript, suggestions, history. Messages about other contacts are dropped. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref, shallowRef } from 'vue'
import { contacts as api } from '@/rooms/agent_desk/requests'
import { sentenceOf } from '@/api/client'
import type { PartialData, SpeechData, SpeechEndData } from '@/api/live_types'
import type { ContactView, OrderBrief, Suggestions, SuggestionUse, Utterance } from '@/api/types'
import { t } from '@/i18n'
import { mergeUtterances, type HeardNow } from '@/rooms/asr/heard'
import { withMoved } from '@/rooms/work_orders/news'
import { useDrafts } from './drafts'
import { useForm } from './form'
import { useNotices } from '@/shell/stores/notices'
import { useSession } from '@/shell/stores/session'

const KEPT_KEY = 'hotline.contact'
/** The recording is closed a little after the call; the view is asked again at these times. */
const RECORDING_AFTER_MS = [1500, 5000, 15_000] as const

export const useContact = defineRoomStore('contact', () => {
  const notices = useNotices()
  const form = useForm()
  const drafts = useDrafts()
  const session = useSession()
  const current = ref('')
  const view = shallowRef<ContactView | null>(null)
  const utterances = shallowRef<Utterance[]>([])
  const hearing = shallowRef<HeardNow[]>([])
  const suggestions = shallowRef<Suggestions | null>(null)
  const incomplete = ref(false)
  const ended = ref(false)
  const loading = ref(false)
  const error = ref('')
  /** A matter of the contact is written down and has no order yet. */
  const unsent = computed(() => current.value !== '' && view.value !== null && form.unsent)
  /** Another matter is being opened. */
  const opening = ref(false)

  function clear(): void {
    view.value = null
    utterances.value = []
    hearing.value = []
    suggestions.value = null
    incomplete.value = ended.value = false
    error.value = ''
  }

  /** Put a contact on the workspace; the form of the one before is saved first, or kept until it can be. */
  async function open(contact: string): Promise<void> {
    if (contact === current.value && view.value !== null) return
    if (contact !== current.value) take(contact)
    await reload()
  }

  function take(contact: string, caller = ''): void {
    leave()
    clear()
    remember(contact)
    form.open(contact, caller)
  }

  /** Save what is left of the contact before; what is said of it is what came of the save. */
  function leave(): void {
    const before = current.value
    if (before === '') return
    const left = unsent.value
    const caller = view.value?.caller_masked ?? ''
    void drafts.saveContact(before).then((saved) => { // Takes its values now; waiting here would lose words of the new contact.
      if (!saved) notices.bad(t('draft.unsavedBefore', { caller }))
      else if (left) notices.plain(t('desk.unsent', { caller }))
    })
  }

  function remember(contact: string): void {
    current.value = contact
    sessionStorage.setItem(KEPT_KEY, `${mark()}${contact}`)
  }

  /** Whose contact it is: the next person at this computer does not come back to it. */
  const mark = (): string => `${session.principal?.account ?? ''} `

  /** After a reload of the page: the contact it had, which may still want its order. */
  async function resume(): Promise<void> {
    const stored = sessionStorage.getItem(KEPT_KEY) ?? ''
    const kept = current.value || (stored.startsWith(mark()) ? stored.slice(mark().length) : '')
    if (kept === '') return
    if (kept === current.value) await reload()
    else await open(kept)
  }

  async function reload(): Promise<void> {
    const contact = current.value
    if (contact === '') return
    loading.value = true
    try {
      const next = await api.view(contact)
      if (contact === current.value) show(next)
    } catch (caught) {
      if (contact === current.value) error.value = sentenceOf(caught)
    } finally {
      if (contact === current.value) loading.value = false
    }
  }

  /** Lay a whole view over what is known; utterances only grow, newer suggestions stay. */
  function show(next: ContactView): void {
    if (next.contact !== current.value) take(next.contact, next.caller_masked)
    for (const draft of drafts.ofContact(next.contact)) draft.caller = next.caller_masked
    view.value = next
    error.value = ''
    utterances.value = mergeUtterances(utterances.value, next.utterances)
    if (next.suggestions) suggest(next.suggestions)
    if (next.phase === 'ended') ended.value = true
    form.restore(next.matters, next.proposed)
  }

  /**
   * Open another matter of the contact and show its empty form. The desk gives an untouched form again before it opens one more,
   * and knows only what was saved: so what is typed is saved first. Returns whether an empty form is shown.
   */
  async function another(): Promise<boolean> {
    const about = current.value
    if (about === '' || opening.value || !drafts.writing) return false
    opening.value = true
    try {
      await drafts.settled(about)
      const opened = await api.openMatter(about)
      if (about !== current.value) return false
      if (view.value !== null) view.value = { ...view.value, matters: [...view.value.matters.filter((one) => one.matter !== opened.matter), opened] }
      form.restore([opened], [])
      form.show(opened.matter)
      if (form.blank && !form.sent) return true
      notices.bad(t('matter.unsavedFirst'))
      return false
    } catch (caught) {
      notices.bad(sentenceOf(caught))
      return false
    } finally {
      opening.value = false
    }
  }

  function speechStarted(data: SpeechData): void {
    if (data.contact !== current.value) return
    const others = hearing.value.filter((now) => now.leg !== data.leg)
    hearing.value = [...others, { leg: data.leg, party: data.party, start_ms: data.at_ms, text: '', revision: -1 }]
  }

  function speechEnded(data: SpeechEndData): void {
    if (data.contact !== current.value) return
    // Words already shown stay until their final replaces them; an empty 正在听… goes with the recogniser's silence.
    setTimeout(() => { hearing.value = hearing.value.filter((now) => now.leg !== data.leg || now.start_ms > data.at_ms) }, 8000)
  }

  function partial(data: PartialData): void {
    if (data.contact !== current.value) return
    const known = hearing.value.find((now) => now.leg === data.leg)
    if (known !== undefined && known.start_ms === data.start_ms && known.revision >= data.revision) return
    hearing.value = [...hearing.value.filter((now) => now.leg !== data.leg), {
      leg: data.leg, party: data.party, start_ms: data.start_ms, text: data.text, revision: data.revision,
    }]
  }

  function final(utterance: Utterance): void {
    if (utterance.contact !== current.value) return
    utterances.value = mergeUtterances(utterances.value, [utterance])
    hearing.value = hearing.value.filter((now) => now.leg !== utterance.leg || now.start_ms >= utterance.end_ms)
  }

  function suggest(next: Suggestions): void {
    if (suggestions.value !== null && next.revision < suggestions.value.revision) return
    suggestions.value = next
  }

  function transcriptClosed(complete: boolean): void {
    hearing.value = []
    if (!complete) incomplete.value = true
  }

  /** An order moved on: it may be that of the contact, or one that its caller had before. */
  function orderMoved(about: string, order: OrderBrief): void {
    if (about === current.value && !form.orderIs(order)) void reload() // Of a matter that another page opened.
    const seen = view.value
    if (seen === null) return
    const open_orders = withMoved(seen.open_orders, order).filter((row) => row.closed_at === null)
    view.value = { ...seen, open_orders, history: withMoved(seen.history, order),
      matters: seen.matters.map((one) => (one.matter === order.matter ? { ...one, order } : one)) }
  }

  async function use(entry: string, version: number, how: SuggestionUse): Promise<void> {
    try {
      await api.use(current.value, entry, how, version)
    } catch (caught) {
      notices.bad(sentenceOf(caught))
    }
  }

  function callEnded(contact: string): void {
    if (contact !== current.value) return
    ended.value = true
    for (const wait of RECORDING_AFTER_MS) {
      setTimeout(() => { if (contact === current.value && view.value?.calls.at(-1)?.recording == null) void reload() }, wait)
    }
  }

  function reset(): void {
    clear()
    current.value = ''
    loading.value = opening.value = false
    sessionStorage.removeItem(KEPT_KEY)
  }

  return {
    current, view, utterances, hearing, suggestions, incomplete, ended, loading, error, unsent, opening,
    another, open, resume, reload, show, clear, speechStarted, speechEnded, partial, final, suggest, transcriptClosed, use, callEnded, orderMoved, reset,
  }
})
