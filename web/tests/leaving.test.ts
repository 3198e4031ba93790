import { flushPromises } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { whenUnauthenticated } from '@/api/client'
import type { SeatState } from '@/api/types'
import { contacts } from '@/rooms/agent_desk/requests'
import { useLeaving } from '@/rooms/agent_desk/seat/leaving'
import { emptyStores } from '@/shell/stores/room_store'
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { useReveal } from '@/rooms/agent_desk/stores/reveal'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'
import { useJump } from '@/rooms/asr/jump'
import { callAt, FakeDesk, orderAt, person, Refusal, said, saved, seatAt, view } from './desk'

const PERSONAL = ['李晓', '周明', '13812345678', '停水两天', '199****01', '0199aaaa-contact', '答复口径', '20261123000001', 'agent-login']
const CONTACT = '0199aaaa-contact'
const agent = person('agent', { login: 'agent-login' })
const seatIs = (state: SeatState) => seatAt(1, state, { agent: 'a1' })
const done = (state: SeatState) => ({ seat: seatIs(state), call: null })

let desk: FakeDesk

/** A call that left something in every store. */
async function filled(state: SeatState): Promise<void> {
  desk = new FakeDesk().open()
    .on('GET /api/contacts/{contact}', () => view(CONTACT, { utterances: [said(CONTACT, 1000, '我叫周明，停水两天')] }))
    .on('PATCH /api/contacts/{contact}/matters/{matter}/draft', () => saved(1))
    .on('POST /api/contacts/{contact}/reveal', () => ({ value: '13812345678' }))
    .on('POST /api/seat/sign-out', () => done('offline')).on('DELETE /api/session', () => undefined)
    .on('POST /api/seat/ready', () => done('talking')).on('POST /api/seat/hang-up', () => done('talking'))
  useSession().know(agent)
  useSeat().applySeat(seatIs(state))
  useSeat().call = callAt(1, 'talking', { contact: CONTACT })
  await useContact().open(CONTACT)
  const form = useForm()
  form.typed('caller_name', '周明')
  form.setReply('答复口径')
  form.propose(CONTACT, 1, [{ name: 'callback_phone', value: '13812345678', source: '就打这个', source_ms: 1, confidence: 0.9 }])
  useContact().suggest({ items: [{ answer: '答复口径' } as never], reason: '停水两天', revision: 1, took_ms: 1 })
  useContact().hearing = [{ leg: 'l', party: 'CALLER', start_ms: 1, text: '停水两天', revision: 1 }]
  useReveal().ask(CONTACT, '199****01')
  await useReveal().confirm('核对回访电话')
  useJump().to(CONTACT, 1000)
  useLive().dispatch('order', orderAt('handle'), 'another contact')
}

const everything = (): string => JSON.stringify([getActivePinia()?.state.value, { ...sessionStorage }, { ...localStorage }])
const left = (): string[] => PERSONAL.filter((text) => everything().includes(text))

describe('leaving', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('knows every store, because there is one way to make one, which asks for a reset', () => {
    const texts = Object.entries(import.meta.glob<string>('../src/**/*.{ts,vue}', { eager: true, query: '?raw', import: 'default' }))
    expect(texts.filter(([, text]) => text.includes('defineRoomStore(')).length).toBeGreaterThan(10)
    expect(texts.filter(([, text]) => /\bdefineStore\b/.test(text)).map(([path]) => path)).toEqual(['../src/shell/stores/room_store.ts'])
  })
  it('empties memory and storage of everything the call left', async () => {
    await filled('not-ready')
    expect(left().length).toBeGreaterThan(6)
    await useLeaving().leave()
    expect(left()).toEqual([])
    expect(desk.asked.map((one) => one.operation).slice(-2)).toEqual(['POST /api/seat/sign-out', 'DELETE /api/session'])
  })
  it('saves what is unsaved first', async () => {
    await filled('not-ready')
    await useLeaving().leave()
    expect(desk.bodies('PATCH /api/contacts/{contact}/matters/{matter}/draft')).toMatchObject([{ values: { caller_name: { value: '周明' } } }])
  })
  it('asks while a citizen is on the line, and nothing ends before the agent has chosen', async () => {
    await filled('talking')
    const leaving = useLeaving()
    await leaving.leave()
    expect(leaving.asking.value).toBe('call')
    expect(desk.bodies('DELETE /api/session')).toHaveLength(0)
    leaving.stay()
    expect([leaving.asking.value, useSession().principal?.login]).toEqual(['', 'agent-login'])
  })
  it('after the call: no further one is taken, the after-call work is left alone, then the seat is signed off', async () => {
    await filled('talking')
    const leaving = useLeaving()
    await leaving.leave()
    await leaving.leaveAfterCall()
    expect(desk.bodies('POST /api/seat/ready')).toEqual([{ ready: false, reason: 'break' }])
    useSeat().own = seatIs('wrap')
    await flushPromises()
    expect(useSession().principal).not.toBeNull()
    useSeat().own = seatIs('not-ready')
    await flushPromises()
    expect([useSession().principal, left()]).toEqual([null, []])
  })
  it('says that text would be lost when it cannot be saved', async () => {
    await filled('not-ready')
    desk.on('PATCH /api/contacts/{contact}/matters/{matter}/draft', () => new Refusal(503, { detail: '数据库暂不可用' }))
    const leaving = useLeaving()
    await leaving.leave()
    expect([leaving.asking.value, useForm().fields.caller_name.value]).toEqual(['drafts', '周明'])
    await leaving.leave(true)
    expect(left()).toEqual([])
  })
  it('keeps the session when the desk cannot be told, instead of pretending', async () => {
    await filled('not-ready')
    desk.on('DELETE /api/session', () => new Refusal(503, { detail: '服务暂不可用' }))
    await useLeaving().leave()
    expect(useSession().principal?.login).toBe('agent-login')
  })
  it('drops an answer that comes after the seat was left', async () => {
    await filled('not-ready')
    desk.on('POST /api/seat/sign-in', () => done('ready'))
    const late = useSeat().signIn()
    emptyStores()
    await late
    expect(useSeat().own).toBeNull()
  })
})

describe('a session that ended', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('locks the page once, whatever number of requests is turned away, and everything typed stays', async () => {
    await filled('talking')
    whenUnauthenticated(() => useSession().end())
    desk.on('GET /api/contacts', () => new Refusal(401, { detail: '请先登录' }))
    await Promise.allSettled([contacts.list(100), contacts.list(100)])
    expect([useSession().lock, useSession().principal?.login, useForm().fields.caller_name.value]).toEqual(['ended', 'agent-login', '周明'])
  })
  it('opens again for the same person, and tells when it is another', async () => {
    await filled('talking')
    const session = useSession()
    session.end()
    let who = agent
    desk.on('POST /api/session', () => who.principal).on('GET /api/session', () => who)
    expect([await session.open('agent-login', 'x'), session.lock]).toEqual([false, ''])
    session.end()
    who = person('agent', { account: 'a2' })
    expect(await session.open('other', 'x')).toBe(true)
  })
})
