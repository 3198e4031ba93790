import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import DueText from '@/rooms/work_orders/DueText.vue'
import OrderPage from '@/rooms/work_orders/OrderPage.vue'
import OrdersPage from '@/rooms/work_orders/OrdersPage.vue'
import StageTag from '@/rooms/work_orders/StageTag.vue'
import CallbacksPage from '@/rooms/agent_desk/callbacks/CallbacksPage.vue'
import { isMasked } from '@/rooms/agent_desk/order_form/fields'
import PhoneInput from '@/rooms/agent_desk/order_form/PhoneInput.vue'
import FieldRow from '@/rooms/agent_desk/order_form/FieldRow.vue'
import { figureText } from '@/rooms/analytics/figure_text'
import { byDay, byHour } from '@/rooms/analytics/volumes'
import { clockOf, instantText, timeLeft } from '@/ui/durations'
import { levelOf } from '@/rooms/telephony/level'
import { preferred } from '@/rooms/telephony/line'
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { useSession } from '@/shell/stores/session'
import { useReveal } from '@/rooms/agent_desk/stores/reveal'
import { pieces } from '@/rooms/knowledge/highlight'
import { callbackOf, FakeDesk, orderAt, person, Refusal } from './desk'
import { opened } from './page'

describe('a field row by keyboard', () => {
  beforeEach(() => { new FakeDesk().open() })

  function row(confidence: number) {
    const form = useForm()
    form.open('k')
    form.propose('k', 1, [{ name: 'place', value: '北门小区', source: '原话', source_ms: 13_100, confidence }])
    const wrapper = mount(FieldRow, { props: { name: 'place' }, slots: { default: '<input />' }, global: { stubs: { RouterLink: true } } })
    return { form, input: wrapper.find('input'), wrapper }
  }

  it('takes the chip by Tab or Enter when the field is empty', async () => {
    for (const key of ['Tab', 'Enter']) {
      const { form, input } = row(0.4)
      await input.trigger('keydown', { key })
      expect(form.fields.place.value).toBe('北门小区')
    }
  })
  it('leaves typed text alone on Tab and Enter, and takes the chip by Alt+Enter', async () => {
    const { form, input } = row(0.4)
    form.typed('place', '我写的')
    await input.trigger('keydown', { key: 'Tab' })
    await input.trigger('keydown', { key: 'Enter' })
    expect(form.fields.place.value).toBe('我写的')
    await input.trigger('keydown', { key: 'Enter', altKey: true })
    expect(form.fields.place.value).toBe('北门小区')
  })
  it('dismisses the chip by Escape and does not take it while an input method composes', async () => {
    const { form, input } = row(0.4)
    await input.trigger('keydown', { key: 'Enter', isComposing: true })
    expect(form.fields.place.value).toBe('')
    await input.trigger('keydown', { key: 'Escape' })
    expect(form.chips).toEqual([])
  })
  it('marks what was filled in, with words and not by colour alone, and undoes it by Escape', async () => {
    const { form, input, wrapper } = row(0.9)
    expect(wrapper.text()).toContain('自动填写')
    await input.trigger('keydown', { key: 'Escape' })
    expect(form.fields.place.value).toBe('')
  })
  it('says where a chip comes from', () => {
    expect(row(0.4).wrapper.text()).toMatch(/00:13.*依据“原话”.*可信度 40%/s)
  })
})

describe('the number to call back', () => {
  function phone(caller: string) {
    new FakeDesk().open().on('POST /api/contacts/{contact}/reveal', () => ({ value: '19900000101' }))
    useContact().current = 'k'
    useContact().view = { caller_masked: caller } as never
    const form = useForm()
    form.open('k')
    form.propose('k', 1, [{ name: 'callback_phone', value: '199****0101', source: '就打这个', source_ms: 1, confidence: 0.9 }])
    const input = mount(PhoneInput, { props: { id: 'p', value: form.fields.callback_phone.value, invalid: false, describedBy: undefined, disabled: false, onSet: (value: string) => form.typed('callback_phone', value) } })
    return { form, input }
  }

  it('stays masked, untouched and as it came, until the agent asks for it with a reason', async () => {
    const { form, input } = phone('199****0101')
    expect([form.filled().callback_phone, form.fields.callback_phone.hand]).toEqual(['199****0101', 'auto'])
    await input.find('input').trigger('keydown', { key: 'F4' })
    expect([useReveal().asking, form.fields.callback_phone.value]).toEqual(['k', '199****0101'])
    await useReveal().confirm('核对回访电话')
    await flushPromises()
    expect(form.fields.callback_phone.value).toBe('19900000101')
  })
  it('is not overwritten by the caller’s number when another number was said in the talk', async () => {
    const { form } = phone('138****5678')
    useReveal().ask('k', '138****5678')
    await useReveal().confirm('核对回访电话')
    await flushPromises()
    expect(form.fields.callback_phone.value).toBe('199****0101')
  })
  it('offers nothing to show when it is not masked', async () => {
    const { input } = phone('199****0101')
    await input.setProps({ value: '13812345678' })
    expect([input.find('button').exists(), isMasked('138****5678'), isMasked('0371-****5678'), isMasked('13812345678'), isMasked('')]).toEqual([false, true, true, false, false])
  })
})

describe('an order on the screen', () => {
  it('is asked for again when it moved on, and no other is', async () => {
    const moved = orderAt('handle')
    const desk = new FakeDesk().open().on('GET /api/orders/{order_no}', () => new Refusal(404, { detail: '没有工单', reason: 'not-found' }))
    await opened(OrderPage, { props: { orderNo: moved.order_no } })
    useLive().dispatch('order', orderAt('handle', { order_no: 'another' }), 'm')
    await flushPromises()
    expect(desk.asked).toHaveLength(1)
    useLive().dispatch('order', moved, 'k')
    await flushPromises()
    expect(desk.asked).toHaveLength(2)
  })
  it('has its new stage in the list at once', async () => {
    new FakeDesk().open().on('GET /api/orders', () => [orderAt('dispatch'), orderAt('dispatch', { order_no: 'another' })])
    const { page: list } = await opened(OrdersPage)
    const stages = (): string[] => list.findAllComponents(StageTag).map((tag) => tag.props('order').stage)
    expect(stages()).toEqual(['dispatch', 'dispatch'])
    useLive().dispatch('order', orderAt('handle'), 'k')
    await flushPromises()
    expect(stages()).toEqual(['handle', 'dispatch'])
  })
})

describe('people to call back', () => {
  it('are taken in hand before their number can be asked for', async () => {
    let claimed_by = ''
    new FakeDesk().open()
      .on('GET /api/callbacks', () => [callbackOf('k', { claimed_by })])
      .on('POST /api/callbacks/{contact}/claim', () => { claimed_by = '李晓' })
    useSession().know(person('agent'))
    const { page } = await opened(CallbacksPage)
    const words = (): string[] => page.findAll('tbody button').map((button) => button.text())
    expect(words()).toEqual(['由我回拨'])
    await page.find('tbody button').trigger('click')
    await flushPromises()
    expect([words(), page.text()]).toEqual([['查看完整号码', '标记已回拨'], expect.stringContaining('李晓 回拨中')])
    claimed_by = '别人'
    await page.find('.page-head button').trigger('click')
    await flushPromises()
    expect(words()).toEqual([])
  })
})

describe('small things', () => {
  it('highlights the longest matches of a text', () => {
    expect(pieces('小区停水了', ['停水', '水', '']).filter((piece) => piece.matched).map((piece) => piece.text)).toEqual(['停水'])
    expect(pieces('(a+b)', ['(a+b)'])).toEqual([{ text: '(a+b)', matched: true }])
  })
  it('offers PCMA first', () => {
    const codecs = ['audio/opus', 'audio/PCMU', 'audio/telephone-event', 'audio/PCMA'].map((mimeType) => ({ mimeType }))
    expect(preferred(codecs).map((codec) => codec.mimeType)).toEqual(['audio/PCMA', 'audio/PCMU', 'audio/telephone-event', 'audio/opus'])
  })
  it('shows instants in the city’s zone and durations as clocks', () => {
    expect(instantText('2026-01-01T17:30:00Z', 'Asia/Shanghai')).toBe('01-02 01:30')
    expect([clockOf(83), clockOf(3723), clockOf(-1)]).toEqual(['01:23', '1:02:03', '00:00'])
  })
  it('says how long is left or over in minutes, hours and days, never as zero', () => {
    const now = Date.parse('2026-01-01T12:00:00Z')
    const said = (minutes: number): string => {
      const { over, amount, unit } = timeLeft(new Date(now + minutes * 60_000).toISOString(), now)
      return `${over ? '-' : ''}${amount} ${unit}`
    }
    expect([-25, -0.2, 0.5, 59, 60, 119, -61, 71 * 60, 72 * 60, -100 * 60].map(said)).toEqual([
      '-25 minute', '-1 minute', '1 minute', '59 minute', '1 hour', '1 hour', '-1 hour', '71 hour', '3 day', '-4 day'])
  })
  it('lets a due time age while it is looked at', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T12:00:00Z') })
    new FakeDesk().open()
    const due = mount(DueText, { props: { order: { due_at: '2026-01-01T12:30:00Z', closed_at: null } } })
    expect(due.text()).toContain('剩余 30 分钟')
    await vi.advanceTimersByTimeAsync(55 * 60_000)
    expect(due.text()).toContain('超期 25 分钟')
    vi.useRealTimers()
  })
  it('sums hours over the days of a span and shows days without calls as zero', () => {
    const day = Date.parse('2026-01-01T00:00:00Z') / 1000
    const bars = [[day + 9 * 3600, 2], [day + 86_400 + 9 * 3600, 3]].map(([label, n]) => ({ label: String(label), n: n ?? 0 }))
    expect(byHour(bars)[9]).toEqual({ label: '09', value: 5 })
    expect(byDay([{ label: String(day), n: 4 }, { label: String(day + 2 * 86_400), n: 1 }])).toEqual([
      { label: '01-01', value: 4 }, { label: '01-02', value: 0 }, { label: '01-03', value: 1 }])
    expect(byDay([])).toEqual([])
  })
  it('shows figures with their units, and a missing one as missing', () => {
    expect([{ value: 91.66, unit: '%' }, { value: 7.25, unit: '秒' }, { value: 7162, unit: '个' }, { value: null, unit: '%' }].map(figureText))
      .toEqual(['91.7%', '7.3 秒', '7,162 个', '—'])
  })
  it('measures silence as nothing and full scale as everything', () => {
    expect([levelOf(new Float32Array(10)), levelOf(new Float32Array(10).fill(1))]).toEqual([0, 1])
  })
})
