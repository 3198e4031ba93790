/** State of our seat, the ringing offer and the call in hand. The switch is its only writer: revisions decide. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref, shallowRef } from 'vue'
import { seat as api } from '@/rooms/telephony/requests'
import { sentenceOf } from '@/api/client'
import type { CallSnapshot, OrderBrief, RecogniserStatus, Schemas, SeatSnapshot } from '@/api/types'
import type { OfferData, SnapshotData } from '@/api/live_types'
import { arrived, offerOf, type RingingOffer } from './offer'
import { useNotices } from '@/shell/stores/notices'

export const useSeat = defineRoomStore('seat', () => {
  const notices = useNotices()
  const own = shallowRef<SeatSnapshot | null>(null)
  const call = shallowRef<CallSnapshot | null>(null)
  const offer = shallowRef<RingingOffer | null>(null)
  const seats = shallowRef<SeatSnapshot[]>([])
  const recogniser = shallowRef<RecogniserStatus | null>(null)
  const recogniserAt = ref(0)
  const busy = ref('')
  const lastEnd = ref('')
  let turn = 0

  const state = computed(() => own.value?.state ?? 'offline')
  const talking = computed(() => state.value === 'talking' || state.value === 'hold')
  const held = computed(() => state.value === 'hold')
  const canAnswer = computed(() => offer.value !== null && busy.value !== 'answer')
  const canHangUp = computed(() => call.value !== null && talking.value)

  function applySeat(next: SeatSnapshot): void {
    if (own.value !== null && next.seat !== own.value.seat) return
    // A switch that began anew counts revisions from one, at a later time.
    if (own.value !== null && next.revision < own.value.revision && Date.parse(next.since) <= Date.parse(own.value.since)) return
    own.value = next
    if (next.state !== 'ringing' && next.state !== 'reserved') offer.value = null
    if (!['talking', 'hold', 'ringing', 'reserved'].includes(next.state)) call.value = null
  }

  function applyCall(next: CallSnapshot): void {
    const known = call.value
    if (known !== null && known.call === next.call && next.revision < known.revision) return
    call.value = next.phase === 'ended' ? null : next
  }

  function applyOffer(next: OfferData): void {
    offer.value = arrived(next)
    lastEnd.value = ''
  }

  /** What the caller of an offer still has open. */
  function openOrders(ringing: string, orders: OrderBrief[]): void {
    if (offer.value?.offer === ringing) offer.value = { ...offer.value, open_orders: orders }
  }

  function endOffer(ended: string): void {
    if (offer.value?.offer === ended) offer.value = null
  }

  function callEnded(ended: string, reason: string): void {
    if (call.value?.call === ended) call.value = null
    lastEnd.value = reason
  }

  function applyRecogniser(next: RecogniserStatus): void {
    recogniser.value = next
    recogniserAt.value = performance.now()
  }

  /** A snapshot replaces everything: what it does not mention is over. */
  function replace(next: SnapshotData): void {
    own.value = next.seat
    call.value = next.call
    seats.value = next.seats
    if (next.recogniser) applyRecogniser(next.recogniser)
    const ringing = offerOf(next)
    if (ringing === null || ringing.offer !== offer.value?.offer) offer.value = ringing
  }

  /** Run one wish at a time; a refusal becomes a notice. Returns whether it was carried out. */
  async function wish(name: string, run: () => Promise<void>): Promise<boolean> {
    if (busy.value !== '') return false
    busy.value = name
    const mine = turn
    try {
      await run()
      return mine === turn
    } catch (error) {
      if (mine === turn) notices.bad(sentenceOf(error))
      return false
    } finally {
      if (mine === turn) busy.value = ''
    }
  }

  /** An answer that comes after the seat was left is nobody's. */
  async function answered<T>(asked: Promise<T>, apply: (answer: T) => void): Promise<void> {
    const mine = turn
    const answer = await asked
    if (mine === turn) apply(answer)
  }

  function applyDone(done: Schemas['SeatDone']): void {
    applySeat(done.seat)
    if (done.call) applyCall(done.call)
  }

  function reset(): void {
    turn += 1
    own.value = call.value = offer.value = recogniser.value = null
    seats.value = []
    recogniserAt.value = 0
    busy.value = lastEnd.value = ''
  }

  /** The answer counts whatever its revision: a switch that began anew counts from one. */
  const signIn = () => wish('sign-in', () => answered(api.signIn(), (done) => { own.value = done.seat }))
  const signOut = () => wish('sign-out', async () => { await api.signOut() })
  const ready = () => wish('ready', () => answered(api.ready(true, ''), applyDone))
  const notReady = (reason: string) => wish('ready', () => answered(api.ready(false, reason), applyDone))
  const wrapUpDone = () => wish('wrap', () => answered(api.wrapUpDone(), applyDone))

  const answer = () => wish('answer', async () => {
    const ringing = offer.value
    if (ringing !== null) await answered(api.answer(ringing.offer), applyDone)
  })
  const decline = () => wish('decline', async () => {
    const ringing = offer.value
    if (ringing === null) return
    await api.decline(ringing.offer)
    endOffer(ringing.offer)
  })
  const hangUp = () => wish('hang-up', async () => {
    if (call.value !== null) await api.hangUp(call.value.call)
  })

  /** Put the caller on hold, or take the call back; the answer tells the seat's state. */
  const toggleHold = () => wish('hold', async () => {
    const now = call.value
    if (now !== null && talking.value) await answered(held.value ? api.resume(now.call) : api.hold(now.call), applyDone)
  })

  return {
    own, call, offer, seats, recogniser, recogniserAt, busy, lastEnd, state, talking, canAnswer, canHangUp, held,
    applySeat, applyCall, applyOffer, openOrders, endOffer, callEnded, applyRecogniser, replace,
    signIn, signOut, ready, notReady, wrapUpDone, answer, decline, hangUp, toggleHold, reset,
  }
})
