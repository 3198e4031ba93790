import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import OrdersPage from '@/rooms/work_orders/OrdersPage.vue'
import { emptyStores } from '@/shell/stores/room_store'
import { useUnsent } from '@/shell/stores/unsent'
import { readAddress, writeAddress } from '@/ui/address'
import DataTable from '@/ui/DataTable.vue'
import FormField from '@/ui/FormField.vue'
import { level, search } from '@/ui/tree'
import TreePicker from '@/ui/TreePicker.vue'
import { FakeDesk, orderAt, Refusal } from './desk'
import { opened } from './page'

const FIELDS = { stage: { initial: '', of: ['handle', 'archive'] }, q: { initial: '' } } as const

describe('what a page was asked for', () => {
  it('is read from its address; what is unknown there is as at first', () => {
    expect(readAddress({ stage: 'handle', q: '停水' }, FIELDS)).toEqual({ stage: 'handle', q: '停水' })
    expect(readAddress({ stage: 'nothing', q: ['a', 'b'] }, FIELDS)).toEqual({ stage: '', q: '' })
  })
  it('is written beside what others keep there, and left out as at first', () => {
    expect(writeAddress({ at: '7', stage: 'handle' }, { stage: '', q: '停水' }, FIELDS)).toEqual({ at: '7', q: '停水' })
  })
  it('is asked of the desk again after a reload or by Back, and follows another address of the page', async () => {
    const desk = new FakeDesk().open().on('GET /api/orders', () => [orderAt('handle'), orderAt('handle', { order_no: '2', title: '路灯不亮' })])
    const { page, router } = await opened(OrdersPage, { at: '/orders?stage=handle&q=路灯' })
    expect(desk.questions('GET /api/orders').at(-1)?.query).toEqual({ limit: '100', stage: 'handle' })
    expect(page.findAll('tbody tr')).toHaveLength(1)
    await page.find('select').setValue('archive')
    await flushPromises()
    expect([router.currentRoute.value.query, desk.questions('GET /api/orders').at(-1)?.query['stage']]).toEqual([{ stage: 'archive', q: '路灯' }, 'archive'])
    await router.push('/orders')
    await flushPromises()
    expect([page.find('select').element.value, page.findAll('tbody tr').length, desk.questions('GET /api/orders').at(-1)?.query]).toEqual(['', 2, { limit: '100' }])
  })
})

describe('a table', () => {
  const table = (more: object) => mount(DataTable<{ id: string }>, {
    props: { caption: '表', columns: [{ name: 'id', word: 'orders.no' }], rows: [], keyOf: (row: { id: string }) => row.id, loading: false, error: '', empty: '没有', ...more },
    slots: { id: ({ row }: { row: { id: string } }) => row.id },
  })
  it('says that it loads, that it failed, or that there is nothing, one at a time', () => {
    new FakeDesk().open()
    expect([{ loading: true }, { error: '数据库暂不可用' }, {}].map((more) => table(more).text())).toEqual(['正在加载…', '数据库暂不可用 重试', '没有'])
  })
  it('keeps its rows while it asks again, and offers more where there is more', async () => {
    const rows = table({ rows: [{ id: '1' }], loading: true, more: true })
    expect([rows.findAll('tbody tr').length, rows.text()]).toEqual([1, expect.stringContaining('显示前 1 条')])
    const again = table({ rows: [{ id: '1' }], more: true })
    await again.find('.more button').trigger('click')
    expect(again.emitted('more')).toHaveLength(1)
  })
})

describe('a form field', () => {
  it('ties its label and what is wrong to the control', () => {
    const field = mount(FormField, { props: { label: '说明', error: '须填写' }, slots: { default: '<template #default="{ id, describedBy, invalid }"><input :id="id" :aria-describedby="describedBy" :aria-invalid="invalid" /></template>' } })
    const input = field.find('input')
    expect([field.find('label').attributes('for'), input.attributes('aria-invalid')]).toEqual([input.attributes('id'), 'true'])
    expect(field.find(`#${input.attributes('aria-describedby')}`).text()).toContain('须填写')
  })
})

describe('text that was not sent', () => {
  it('outlives its page until it is sent, and the person does not', () => {
    new FakeDesk().open()
    useUnsent().open('follow-up', '1', { reason: '' }).reason = '诉求人不在家'
    expect([useUnsent().open('follow-up', '1', { reason: '' }).reason, useUnsent().open('follow-up', '2', { reason: '' }).reason]).toEqual(['诉求人不在家', ''])
    useUnsent().drop('follow-up', '1')
    expect(useUnsent().open('follow-up', '1', { reason: '' }).reason).toBe('')
    useUnsent().open('follow-up', '2', { reason: '' }).reason = '别人的'
    emptyStores()
    expect(useUnsent().open('follow-up', '2', { reason: '' }).reason).toBe('')
  })
  it('of a follow-up begins with nothing chosen, and offers only to excuse who cannot be reached', async () => {
    const desk = new FakeDesk().open().on('POST /api/orders/{order_no}/follow-up', () => orderAt('archive'))
    const { default: FollowUp } = await import('@/rooms/work_orders/FollowUp.vue')
    const shown = mount(FollowUp, { props: { orderNo: '7', reachable: true } })
    await shown.find('form').trigger('submit')
    await flushPromises()
    expect([shown.text(), desk.questions('POST /api/orders/{order_no}/follow-up')]).toEqual([expect.stringContaining('请选择回访结果'), []])
    const numberless = mount(FollowUp, { props: { orderNo: '8', reachable: false } })
    expect(numberless.findAll('input[type=radio]').map((one) => one.attributes('value'))).toEqual(['excused'])
    await numberless.find('input.input').setValue('未留电话')
    await numberless.find('form').trigger('submit')
    await flushPromises()
    expect(desk.bodies('POST /api/orders/{order_no}/follow-up')).toEqual([{ satisfied: null, excused: true, reason: '未留电话' }])
  })
  it('of a form that failed is still there when the page is opened again', async () => {
    const desk = new FakeDesk().open().on('POST /api/orders/{order_no}/follow-up', () => new Refusal(503, { detail: '数据库暂不可用' }))
    const { default: FollowUp } = await import('@/rooms/work_orders/FollowUp.vue')
    const first = mount(FollowUp, { props: { orderNo: '1', reachable: true } })
    await first.find('input[value=unsatisfied]').setValue()
    await first.find('input.input').setValue('没有修好')
    await first.find('form').trigger('submit')
    await flushPromises()
    expect([first.text(), desk.bodies('POST /api/orders/{order_no}/follow-up')]).toEqual([expect.stringContaining('数据库暂不可用'), [{ satisfied: false, excused: false, reason: '没有修好' }]])
    first.unmount()
    expect(mount(FollowUp, { props: { orderNo: '1', reachable: true } }).find<HTMLInputElement>('input.input').element.value).toBe('没有修好')
  })
})

describe('a tree to choose from', () => {
  const leaves = [
    { value: '0201', path: ['城乡建设', '供水', '停水'] }, { value: '0202', path: ['城乡建设', '供水', '水质'] }, { value: '03', path: ['城乡建设', '路灯'] }, { value: '09', path: ['其他'] },
  ]
  const picker = (value = '') => mount(TreePicker, {
    props: { id: 'c', value, leaves, placeholder: '选择', none: '没有匹配', invalid: false, describedBy: undefined, disabled: false }, attachTo: document.body,
  })
  beforeEach(() => { document.body.innerHTML = '' })

  it('goes level by level, branches counted once', () => {
    expect(level(leaves, []).map((one) => [one.label, one.below])).toEqual([['城乡建设', 3], ['其他', 0]])
    expect(level(leaves, ['城乡建设']).map((one) => [one.label, one.value])).toEqual([['供水', ''], ['路灯', '03']])
  })
  it('is searched by words of the path or by the begin of the code', () => {
    expect(['供水 水质', '02', '没有'].map((text) => search(leaves, text).map((one) => one.value))).toEqual([['0202'], ['0201', '0202'], []])
  })
  it('is chosen by keys alone: down, into a branch, Enter', async () => {
    const tree = picker()
    const input = tree.find('input')
    for (const key of ['ArrowDown', 'Enter', 'ArrowRight', 'ArrowDown', 'Enter']) await input.trigger('keydown', { key })
    expect([tree.emitted('set'), input.attributes('aria-expanded')]).toEqual([[['0202']], 'false'])
  })
  it('names the choice that is at hand to a screen reader, and leaves Enter alone while it is closed', async () => {
    const tree = picker('03')
    const input = tree.find('input')
    expect(input.element.value).toBe('城乡建设 / 路灯')
    await input.trigger('keydown', { key: 'Enter' })
    expect(tree.emitted('set')).toBeUndefined()
    await input.trigger('click')
    expect(tree.find(`#${input.attributes('aria-activedescendant')}`).text()).toBe('路灯')
    await input.setValue('停水')
    expect(tree.findAll('[role=option]').map((one) => one.text())).toEqual(['城乡建设 / 供水 / 停水'])
    await input.trigger('keydown', { key: 'Escape' })
    expect([input.element.value, tree.emitted('set')]).toEqual(['城乡建设 / 路灯', undefined])
  })
  it('is emptied by taking the text away', async () => {
    const tree = picker('03')
    await tree.find('input').setValue('')
    await tree.find('input').trigger('focusout')
    expect(tree.emitted('set')).toEqual([['']])
  })
})
