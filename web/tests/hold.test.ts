import { mount } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import HoldReminder from '@/rooms/telephony/HoldReminder.vue'
import SeatStatePill from '@/rooms/telephony/SeatStatePill.vue'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useClock } from '@/shell/stores/clock'
import { useSession } from '@/shell/stores/session'
import { ScriptedDesk } from '../fake/scripted'
import { callAt, FakeDesk, person, Refusal, seatAt } from './desk'

describe('a caller on hold', () => {
  let desk: FakeDesk
  let tones = 0
  beforeEach(() => {
    tones = 0
    const param = { setValueAtTime: () => param, linearRampToValueAtTime: () => param }
    class Node {
      gain = param
      connect = (next: unknown) => next
      start = () => { tones += 1 }
      stop = () => undefined
    }
    vi.stubGlobal('AudioContext', class { state = 'running'; currentTime = 0; destination = new Node() })
    vi.stubGlobal('GainNode', Node)
    vi.stubGlobal('OscillatorNode', Node)
    vi.useFakeTimers({ now: new Date('2026-11-28T08:00:00Z') })
    desk = new FakeDesk().open()
      .on('POST /api/seat/hold', () => ({ seat: seatAt(3, 'hold', { since: new Date().toISOString() }), call: callAt(3, 'talking') }))
      .on('POST /api/seat/resume', () => ({ seat: seatAt(4, 'talking'), call: callAt(4, 'talking') }))
    const seat = useSeat()
    seat.applySeat(seatAt(2, 'talking'))
    seat.applyCall(callAt(2, 'talking'))
    useSession().setup = new ScriptedDesk(() => undefined, 1).setup(person('agent').principal)
  })
  afterEach(() => vi.useRealTimers())

  async function pass(seconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(seconds * 1000)
    useClock().reset()
    await nextTick()
  }

  it('is put there and taken back by the same key', async () => {
    const seat = useSeat()
    await seat.toggleHold()
    expect([seat.held, seat.talking, seat.canHangUp]).toEqual([true, true, true])
    await seat.toggleHold()
    expect(seat.held).toBe(false)
    expect(desk.questions('POST /api/seat/hold')).toHaveLength(1)
    expect(desk.questions('POST /api/seat/resume')).toHaveLength(1)
  })
  it('stays where it is when the desk refuses, and the agent is told', async () => {
    desk.on('POST /api/seat/hold', () => new Refusal(409, { detail: '通话没有接通，现在不能保持。', reason: 'not-talking' }))
    const seat = useSeat()
    expect(await seat.toggleHold()).toBe(false)
    expect(seat.held).toBe(false)
  })
  it('is called to mind after the time that the city says, and again after the same time', async () => {
    await useSeat().toggleHold()
    const shown = mount(HoldReminder, { global: { plugins: [getActivePinia()!] } })
    await pass(44)
    expect(shown.text()).toBe('')
    await pass(2)
    expect(shown.get('[role=alert]').text()).toContain('还在保持中')
    expect(shown.text()).toContain('已保持 00:46')
    expect(tones).toBe(2)
    await pass(43)
    expect(tones).toBe(2)
    await pass(2)
    expect(tones).toBe(4)
    await useSeat().toggleHold()
    await nextTick()
    expect(shown.text()).toBe('')
  })
  it('asks for nothing when there is no call', async () => {
    const seat = useSeat()
    seat.callEnded('c', 'caller-hung-up')
    await seat.toggleHold()
    expect(desk.questions('POST /api/seat/hold')).toEqual([])
  })
  it('is followed by after-call work of which the time that is left is shown', async () => {
    useSeat().applySeat(seatAt(9, 'wrap', { since: new Date().toISOString() }))
    const pill = mount(SeatStatePill, { global: { plugins: [getActivePinia()!] } })
    await pass(10)
    expect(pill.text()).toContain('剩 00:20')
  })
})
