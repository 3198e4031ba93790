import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { RENEW_EVERY_MS, useIdle } from '@/rooms/session/idle'
import LockScreen from '@/rooms/session/LockScreen.vue'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useNotices } from '@/shell/stores/notices'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'
import { FakeDesk, person, Refusal, seatAt, sessionState } from './desk'


describe('a page that nobody uses', () => {
  let desk: FakeDesk
  let expires_at: string
  let page: ReturnType<typeof mount>
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  const press = () => dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }))

  beforeEach(async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') })
    expires_at = '2026-01-01T12:00:00Z'
    const state = () => sessionState({ expires_at })
    desk = new FakeDesk().open().on('GET /api/session/state', state).on('POST /api/session/renew', state)
    useSession().know(person('agent'))
    page = mount(defineComponent({ setup: () => useIdle(() => useSeat().talking), template: '<i />' }))
    await (page.vm as unknown as { start: () => Promise<void> }).start()
  })
  afterEach(() => {
    page.unmount()
    vi.useRealTimers()
  })

  it('locks itself after the time that the desk says, and keeps what was typed', async () => {
    useForm().open('k')
    useForm().typed('title', '停水')
    await pass(590_000)
    expect(useSession().lock).toBe('')
    await pass(20_000)
    expect([useSession().lock, useForm().fields.title.value]).toEqual(['idle', '停水'])
  })
  it('stays open while a key is pressed now and then, and renews the session at most once a minute', async () => {
    for (let at = 0; at < 120; at++) {
      press()
      await pass(10_000)
    }
    expect(useSession().lock).toBe('')
    const renewals = desk.bodies('POST /api/session/renew').length
    expect([renewals > 10, renewals <= 1_200_000 / RENEW_EVERY_MS]).toEqual([true, true])
  })
  it('does not lock during a talk, and counts from its end', async () => {
    useSeat().own = seatAt(1, 'talking')
    await pass(3_600_000)
    expect(useSession().lock).toBe('')
    useSeat().own = seatAt(1, 'wrap')
    await pass(590_000)
    expect(useSession().lock).toBe('')
    await pass(20_000)
    expect(useSession().lock).toBe('idle')
  })
  it('does not renew a session that nobody uses', async () => {
    await pass(590_000)
    expect(desk.bodies('POST /api/session/renew')).toEqual([])
  })
  it('is opened by the password alone; a wrong one is said and opens nothing', async () => {
    desk.on('POST /api/session/unlock', ({ body }) => (body.password === 'right' ? sessionState() : new Refusal(401, { detail: '密码不正确' })))
    useSession().lockIdle()
    const lock = mount(LockScreen, { global: { plugins: [createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: LockScreen }] })] } })
    expect([lock.find('#lock-login').attributes('readonly') !== undefined, lock.text()]).toEqual([true, expect.stringContaining('工作台已锁定')])
    for (const [password, left] of [['wrong', 'idle'], ['right', '']] as const) {
      await lock.find('#lock-password').setValue(password)
      await lock.find('form').trigger('submit')
      await pass(10)
      expect(useSession().lock).toBe(left)
    }
  })
  it('is told five minutes before the session is over for good, once', async () => {
    expires_at = '2026-01-01T00:08:00Z'
    await (page.vm as unknown as { start: () => Promise<void> }).start()
    press()
    await pass(185_000)
    expect(useNotices().list.map((notice) => notice.text)).toEqual(['登录将在约 5 分钟后到期，届时需重新登录；已填内容不会丢失。'])
  })
})
