import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { useNotices } from '@/shell/stores/notices'
import { arrived, offerOf as offerIn } from '@/rooms/telephony/stores/offer'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'
import { callAt, FakeDesk, offerOf, orderAt, person, Refusal, said, saved, seatAt, snapshot, view } from './desk'

const sits = (account: string) => person('agent', { account })
const offer = offerOf('k')

describe('the seat', () => {
  beforeEach(() => { new FakeDesk().open() })

  it('drops a stale revision of seat and call', () => {
    const seat = useSeat()
    seat.applySeat(seatAt(5, 'talking'))
    seat.applySeat(seatAt(4, 'ready'))
    seat.applyCall(callAt(7, 'talking'))
    seat.applyCall(callAt(6, 'queued'))
    expect([seat.state, seat.call?.phase]).toEqual(['talking', 'talking'])
  })
  it('stops ringing when the seat is free again or the offer ended', () => {
    const seat = useSeat()
    seat.applyOffer(offer)
    seat.endOffer('another')
    expect(seat.offer?.offer).toBe('o')
    seat.endOffer('o')
    expect(seat.offer).toBeNull()
    seat.applyOffer(offer)
    seat.applySeat(seatAt(9, 'not-ready'))
    expect(seat.offer).toBeNull()
  })
  it('turns a refusal into a sentence and stays usable', async () => {
    new FakeDesk().open().on('POST /api/seat/ready', () => new Refusal(409, { detail: '座席已被占用', reason: 'seat-taken' }))
    const seat = useSeat()
    expect(await seat.ready()).toBe(false)
    expect(seat.busy).toBe('')
  })
})

describe('an offer', () => {
  it('counts waits from when it arrived', () => {
    expect(arrived(offer, [], 12)).toMatchObject({ waited_ms: 700, expires_in_ms: 5900, open_orders: [], arrivedAt: 12 })
  })
  it('is found again in the snapshot of a page opened while it rings', () => {
    const met = snapshot({ seat: seatAt(1, 'ringing', { offer: 'o' }), call: callAt(1, 'ringing'), contact_view: view('k') })
    expect(offerIn(met)).toMatchObject({ offer: 'o', caller_masked: '199****01' })
    expect(offerIn({ ...met, seat: seatAt(1, 'ready') })).toBeNull()
  })
})

describe('the contact on the workspace', () => {
  let desk: FakeDesk
  beforeEach(() => { desk = new FakeDesk().open().on('GET /api/contacts/{contact}', () => view('k', { utterances: [said('k', 1000, '一')] })) })

  it('keeps finals that arrive while it is loading, in order of call time and once', async () => {
    const contact = useContact()
    const opening = contact.open('k')
    contact.final(said('k', 3000, '三'))
    contact.final(said('k', 2000, '二'))
    await opening
    contact.final(said('k', 1000, '一'))
    expect(contact.utterances.map((one) => one.text)).toEqual(['一', '二', '三'])
  })
  it('drops words of another contact', async () => {
    const contact = useContact()
    await contact.open('k')
    contact.final(said('other', 5000, '别人'))
    expect(contact.utterances).toHaveLength(1)
  })
  it('shows listening, then words so far, then the final in their place', async () => {
    const contact = useContact()
    await contact.open('k')
    const about = { contact: 'k', call: 'c', leg: 'l1', party: 'CALLER' as const }
    contact.speechStarted({ ...about, at_ms: 5000 })
    expect(contact.hearing[0]?.text).toBe('')
    contact.partial({ ...about, start_ms: 5000, revision: 2, text: '停水两' })
    contact.partial({ ...about, start_ms: 5000, revision: 1, text: '停' })
    expect(contact.hearing[0]?.text).toBe('停水两')
    contact.final(said('k', 5000, '停水两天了'))
    expect(contact.hearing).toEqual([])
  })
  it('drops older suggestions', async () => {
    const contact = useContact()
    await contact.open('k')
    contact.suggest({ items: [], reason: '新', revision: 4, took_ms: 0 })
    contact.suggest({ items: [], reason: '旧', revision: 3, took_ms: 0 })
    expect(contact.suggestions?.reason).toBe('新')
  })
  it('saves the form before another contact takes its place', async () => {
    desk.on('GET /api/contacts/{contact}', ({ path }) => view(path.contact)).on('PATCH /api/contacts/{contact}/matters/{matter}/draft', () => saved(1))
    const contact = useContact()
    await contact.open('k')
    useForm().typed('title', '还没交')
    await contact.open('m')
    expect(desk.bodies('PATCH /api/contacts/{contact}/matters/{matter}/draft')).toHaveLength(1)
    expect([contact.current, useForm().fields.title.value]).toEqual(['m', ''])
  })
  it('comes back after the page was loaded anew', async () => {
    useSession().know(sits('a1'))
    await useContact().open('k')
    setActivePinia(createPinia()) // The page loaded anew: nothing but sessionStorage is left.
    useSession().know(sits('a1'))
    await useContact().resume()
    expect(useContact().current).toBe('k')
  })
  it('does not come back for another person at the same computer', async () => {
    useSession().know(sits('a1'))
    await useContact().open('k')
    setActivePinia(createPinia())
    useSession().know(sits('a2'))
    await useContact().resume()
    expect(useContact().current).toBe('')
  })
})

describe('live messages', () => {
  beforeEach(() => { new FakeDesk().open().on('GET /api/contacts/{contact}', () => view('k')) })

  it('go to the contact that their envelope names', async () => {
    const live = useLive()
    await useContact().open('k')
    live.dispatch('suggestions', { items: [], reason: '别人的', revision: 9, took_ms: 0 }, 'other')
    live.dispatch('suggestions', { items: [], reason: '我的', revision: 1, took_ms: 0 }, 'k')
    const event = { event_id: 'e', occurred_at: '2026-01-01T00:00:00Z', contact: 'k' }
    live.dispatch('draft', { ...event, revision: 1, fields: [{ name: 'place', value: '北门', source: '', source_ms: 0, confidence: 0.9 }] }, 'k')
    expect([useContact().suggestions?.reason, useForm().fields.place.value]).toEqual(['我的', '北门'])
  })
  it('of an order say where it stands now', async () => {
    await useContact().open('k')
    const moved = orderAt('handle')
    useLive().dispatch('order', moved, 'k')
    expect([useForm().order, useContact().view?.matters[0]?.order]).toEqual([moved, moved])
    expect(useNotices().list.map((notice) => notice.text)).toEqual(['工单 20261123000001 已由水务集团答复。'])
  })
  it('of an order that the agent just sent, or closed in the call, are no news', async () => {
    await useContact().open('k')
    for (const own of [orderAt('accept'), orderAt('dispatch'), orderAt('archive', { unit: null, unit_name: '' })]) {
      useLive().dispatch('order', own, 'k')
      expect([useContact().view?.matters[0]?.order, useNotices().list]).toEqual([own, []])
    }
  })
  it('of an earlier order of the caller reach the rows of the workspace', async () => {
    const earlier = { order_no: '20261101000009', contact: 'before', matter: 'before' }
    const open = orderAt('handle', earlier)
    new FakeDesk().open().on('GET /api/contacts/{contact}', () => view('k', { open_orders: [open, orderAt('dispatch')], history: [open] }))
    await useContact().open('k')
    const closed = orderAt('archive', { ...earlier, closed_at: '2026-11-24T02:00:00Z' })
    useLive().dispatch('order', closed, 'before')
    const seen = useContact().view
    expect([seen?.matters[0]?.order, seen?.open_orders, seen?.history]).toEqual([null, [orderAt('dispatch')], [closed]])
  })
  it('of an unknown kind are passed over', () => {
    expect(() => useLive().dispatch('from-the-future' as 'order', orderAt('handle'))).not.toThrow()
  })
})
