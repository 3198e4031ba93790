import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { useSitting } from '@/rooms/agent_desk/seat/sitting'
import { useDrafts } from '@/rooms/agent_desk/stores/drafts'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLine } from '@/rooms/telephony/stores/line'
import { usePresence } from '@/rooms/agent_desk/stores/presence'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'
import { FakeDesk, person, saved, seatAt } from './desk'

/** Whether this page wants a line; in a test it never gets one. */
const wantsLine = (): boolean => useLine().state !== 'closed'

describe('one active page a seat', () => {
  let desk: FakeDesk
  let scope: EffectScope
  beforeEach(() => {
    desk = new FakeDesk().open().on('POST /api/seat/sign-in', () => ({ seat: seatAt(1, 'not-ready'), call: null })).on('PATCH /api/contacts/{contact}/matters/{matter}/draft', () => saved(1))
    vi.stubGlobal('RTCPeerConnection', class { close(): void { /* nothing to close */ } })
    vi.stubGlobal('WebSocket', class { close(): void { /* nobody there */ } })
    useSession().know(person('agent'))
    scope = effectScope()
    scope.run(() => useSitting().open())
  })
  afterEach(() => {
    useLine().close()
    scope.stop()
  })

  it('holds no line and takes no seat before the desk has said that it is the active one', async () => {
    await flushPromises()
    expect([desk.bodies('POST /api/seat/sign-in').length, wantsLine()]).toEqual([0, false])
    usePresence().stand(true)
    await flushPromises()
    expect([desk.bodies('POST /api/seat/sign-in').length, wantsLine(), useSeat().state]).toEqual([1, true, 'not-ready'])
  })
  it('drops line and pen at once when another page takes over, and saves what it kept when it takes over again', async () => {
    usePresence().stand(true)
    await flushPromises()
    usePresence().stand(false)
    await flushPromises()
    useForm().open('k')
    useForm().typed('title', '停水')
    expect(await useDrafts().saveAll()).toBe(false)
    expect([wantsLine(), desk.bodies('PATCH /api/contacts/{contact}/matters/{matter}/draft').length]).toEqual([false, 0])
    usePresence().stand(true)
    await flushPromises()
    expect([wantsLine(), desk.bodies('PATCH /api/contacts/{contact}/matters/{matter}/draft').length]).toEqual([true, 1])
  })
  it('keeps its name over a reload; a page that waits has a name of its own from then on', () => {
    const before = usePresence().introduce()
    setActivePinia(createPinia())
    expect(usePresence().introduce()).toEqual(before)
    usePresence().stand(false)
    const waiting = usePresence().introduce()
    expect([waiting.waits, waiting.name === before.name]).toEqual([true, false])
  })
  it('keeps line and text while the session is over, and writes nothing', async () => {
    usePresence().stand(true)
    await flushPromises()
    useForm().open('k')
    useForm().typed('title', '停水')
    useSession().end()
    await flushPromises()
    expect([wantsLine(), useDrafts().writing, useForm().fields.title.value]).toEqual([true, false, '停水'])
  })
})
