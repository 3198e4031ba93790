import { enableAutoUnmount, flushPromises } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DraftField, DraftPatch, Matter, OrderForm } from '@/api/types'
import MatterRow from '@/rooms/agent_desk/order_form/MatterRow.vue'
import FieldRow from '@/rooms/agent_desk/order_form/FieldRow.vue'
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { SAVE_EVERY_MS, useDrafts } from '@/rooms/agent_desk/stores/drafts'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { useNotices } from '@/shell/stores/notices'
import { emptyStores } from '@/shell/stores/room_store'
import { FakeDesk, matterOf, orderAt, Refusal, saved, snapshot, view } from './desk'
import { opened } from './page'

const OPEN = 'POST /api/contacts/{contact}/matters' as const
const DRAFT = 'PATCH /api/contacts/{contact}/matters/{matter}/draft' as const
const ORDER = 'POST /api/contacts/{contact}/matters/{matter}/order' as const
const proposal = (name: DraftField['name'], value: string): DraftField => ({ name, value, source: '原话', source_ms: 1, confidence: 0.9 })

enableAutoUnmount(afterEach)

describe('several matters of one contact', () => {
  let desk: FakeDesk
  let matters: Matter[]
  const matter = (id: string): Matter => matters.find((one) => one.matter === id) ?? matterOf(id)

  beforeEach(() => {
    vi.useFakeTimers()
    matters = [matterOf('k')]
    desk = new FakeDesk().open()
      .on('GET /api/contacts/{contact}', ({ path }) => view(path.contact, { matters: path.contact === 'k' ? [...matters] : [matterOf(path.contact)] }))
      .on(OPEN, () => {
        const untouched = matters.find((one) => one.order === null && one.draft.revision === 0)
        if (untouched !== undefined) return untouched
        matters = [...matters, matterOf(`m${matters.length + 1}`)]
        return matters[matters.length - 1] as Matter
      })
      .on(DRAFT, ({ path, body }) => {
        const { draft } = matter(path.matter)
        const next = saved(draft.revision + 1, { values: { ...draft.values, ...(body as DraftPatch).values }, reply: body.reply ?? draft.reply })
        matters = matters.map((one) => (one.matter === path.matter ? { ...one, draft: next } : one))
        return next
      })
      .on(ORDER, ({ path, body }) => {
        const order = orderAt('dispatch', { contact: path.contact, matter: path.matter, title: body.title, order_no: `no-${path.matter}` })
        matters = matters.map((one) => (one.matter === path.matter ? { ...one, order } : one))
        return order
      })
  })
  afterEach(() => {
    vi.useRealTimers()
    document.body.innerHTML = ''
  })

  /** The water is written down, and a second matter is open and empty. */
  async function two() {
    const [contact, form] = [useContact(), useForm()]
    await contact.open('k')
    form.typed('kind', 'help')
    form.typed('title', '小区停水两天')
    form.setReply('已告知')
    expect(await contact.another()).toBe(true)
    return { contact, form }
  }

  it('are opened one by one: what is typed is saved first, then an empty form is shown', async () => {
    const { form } = await two()
    expect([form.matter, form.blank, form.first, form.matters.map((one) => one.matter)]).toEqual(['m2', true, false, ['k', 'm2']])
    expect(desk.asked.map((one) => one.operation).slice(-2)).toEqual([DRAFT, OPEN])
    expect(matter('k').draft.values.title?.value).toBe('小区停水两天')
  })
  it('keep each its own text when the agent goes to and fro, and each is saved as its own', async () => {
    const { form } = await two()
    form.typed('title', '路灯不亮三天')
    form.setConfidential(true)
    form.show('k')
    expect([form.fields.title.value, form.reply, form.confidential]).toEqual(['小区停水两天', '已告知', false])
    form.typed('place', '北门小区')
    form.show('m2')
    expect([form.fields.title.value, form.fields.place.value, form.reply, form.confidential]).toEqual(['路灯不亮三天', '', '', true])
    await vi.advanceTimersByTimeAsync(SAVE_EVERY_MS)
    expect([matter('k').draft.values.place?.value, matter('k').draft.values.title?.value]).toEqual(['北门小区', '小区停水两天'])
    expect([matter('m2').draft.values.title?.value, matter('m2').draft.values.place]).toEqual(['路灯不亮三天', undefined])
  })
  it('make each its own order: the one that is shown is sent, a sent one shows its order, the other stays open', async () => {
    const { contact, form } = await two()
    form.typed('kind', 'complaint')
    form.typed('title', '路灯不亮三天')
    await form.send('')
    expect([form.sent, form.order?.order_no, contact.unsent]).toEqual([true, 'no-m2', true])
    form.show('k')
    expect([form.sent, form.fields.title.value]).toEqual([false, '小区停水两天'])
    form.typed('title', '小区停水三天')
    await form.send('')
    expect(desk.questions(ORDER).map((one) => [one.path['matter'], (one.body as OrderForm).title])).toEqual([['m2', '路灯不亮三天'], ['k', '小区停水三天']])
    expect([form.order?.order_no, contact.unsent, useDrafts().unsaved]).toEqual(['no-k', false, []])
  })
  it('take an answer that comes after the agent went to another form where it belongs', async () => {
    const { form } = await two()
    desk.on(ORDER, () => new Refusal(422, { detail: '请选择诉求分类', reason: 'invalid-fields', fields: { category: '请选择诉求分类' } }))
    form.typed('kind', 'help')
    const sending = form.send('')
    form.show('k')
    await sending
    expect([form.errors, form.problem, form.sending]).toEqual([{}, '', false])
    form.show('m2')
    expect([form.errors, form.sending]).toEqual([{ category: '请选择诉求分类' }, false])
  })
  it('lose nothing to a snapshot of the live socket, which brings both and does not turn the page', async () => {
    const { form } = await two()
    form.typed('title', '路灯不亮三天')
    const theirs = matterOf('k', { draft: saved(9, { values: { wish: { value: '尽快恢复', typed: true } }, reply: '已告知' }) })
    useLive().dispatch('snapshot', snapshot({ contact_view: view('k', { matters: [theirs, matterOf('m2')] }) }))
    expect([form.matter, form.fields.title.value]).toEqual(['m2', '路灯不亮三天'])
    form.show('k')
    expect([form.fields.title.value, form.fields.wish.value]).toEqual(['小区停水两天', '尽快恢复'])
  })
  it('stand there after the page was loaded anew, the sent one with its order', async () => {
    matters = [matterOf('k', { order: orderAt('dispatch', { order_no: 'no-k' }) }), matterOf('m2', { draft: saved(1, { values: { title: { value: '路灯不亮', typed: true } } }) })]
    const form = useForm()
    await useContact().open('k')
    expect([form.order?.order_no, form.matters.map((one) => one.fields.title.value)]).toEqual(['no-k', ['', '路灯不亮']])
  })
  it('are asked for again when an order comes of one that another page opened', async () => {
    await useContact().open('k')
    matters = [matterOf('k'), matterOf('m2', { order: orderAt('dispatch', { matter: 'm2' }) })]
    useLive().dispatch('order', orderAt('dispatch', { matter: 'm2' }), 'k')
    await flushPromises()
    expect(useForm().matters.map((one) => one.order !== null)).toEqual([false, true])
  })
  it('fill the first one alone from the talk; in a further one proposals are chips that no Tab takes by the way', async () => {
    const { form } = await two()
    form.propose('k', 1, [proposal('place', '北门小区')])
    expect([form.fields.place.value, form.chips]).toEqual(['', ['place']])
    const { page } = await opened({ components: { FieldRow }, template: '<FieldRow name="place"><input /></FieldRow>' })
    await page.find('input').trigger('keydown', { key: 'Tab' })
    expect(form.fields.place.value).toBe('')
    await page.find('input').trigger('keydown', { key: 'Enter', altKey: true })
    expect(form.fields.place.value).toBe('北门小区')
    form.show('k')
    expect([form.fields.place.value, form.fields.place.hand]).toEqual(['北门小区', 'auto'])
  })
  it('show what was proposed before they were opened, also when the first is sent', async () => {
    const [contact, form] = [useContact(), useForm()]
    await contact.open('k')
    form.propose('k', 1, [proposal('kind', 'help'), proposal('caller_name', '王')])
    await form.send('')
    await contact.another()
    expect([form.matter, form.blank, form.chips]).toEqual(['m2', true, ['kind', 'caller_name']])
  })
  it('are not opened while the text of the one before cannot be saved', async () => {
    await useContact().open('k')
    desk.on(DRAFT, () => new Refusal(503, { detail: '数据库暂不可用' }))
    useForm().typed('title', '小区停水两天')
    expect(await useContact().another()).toBe(false)
    expect([useForm().matter, useForm().fields.title.value, useNotices().list.at(-1)?.text]).toEqual(['k', '小区停水两天', '本件诉求尚未保存，保存后再登记另一件。'])
  })
  it('wait for a save that is on its way before another is opened', async () => {
    const { contact, form } = await two()
    form.typed('title', '路灯不亮三天')
    void useDrafts().save('m2')
    expect([await contact.another(), form.matter]).toEqual([true, 'm3'])
  })
  it('are all saved before another contact takes their place, and all come back with it', async () => {
    const { contact, form } = await two()
    form.typed('title', '路灯不亮三天')
    form.show('k')
    form.typed('place', '北门小区')
    await contact.open('n')
    expect([form.matters.map((one) => one.matter), form.blank]).toEqual([['n'], true])
    await contact.open('k')
    expect(form.matters.map((one) => [one.fields.title.value, one.fields.place.value])).toEqual([['小区停水两天', '北门小区'], ['路灯不亮三天', '']])
  })
  it('come back whole when one part was saved and the rest could not be', async () => {
    const { contact, form } = await two()
    desk.on(DRAFT, () => new Refusal(503, { detail: '数据库暂不可用' }))
    form.show('k')
    form.typed('place', '北门小区')
    await contact.open('n')
    await contact.open('k')
    expect([form.fields.title.value, form.fields.place.value]).toEqual(['小区停水两天', '北门小区'])
  })
  it('are all forgotten when the agent leaves', async () => {
    const { form } = await two()
    form.typed('title', '路灯不亮三天')
    form.show('k')
    const left = (): boolean => /停水|路灯/.test(JSON.stringify([getActivePinia()?.state.value, { ...sessionStorage }]))
    expect(left()).toBe(true)
    emptyStores()
    expect([left(), form.matters, useDrafts().unsaved]).toEqual([false, [], []])
  })

  describe('stand in a row of tabs', () => {
    it('that say which is sent and which is a draft in words, and are gone through by arrows', async () => {
      const { form } = await two()
      form.show('k')
      await form.send('')
      const { page } = await opened(MatterRow)
      const tabs = () => page.findAll('[role=tab]')
      expect(tabs().map((tab) => tab.text())).toEqual([expect.stringMatching(/诉求1 小区停水两天.*✓ 已提交 no-k/s), expect.stringMatching(/诉求2.*✎ 草稿/s)])
      expect(tabs().map((tab) => tab.attributes('tabindex'))).toEqual(['0', '-1'])
      await tabs()[0]?.trigger('keydown', { key: 'ArrowRight' })
      await flushPromises()
      expect([form.matter, document.activeElement?.id]).toEqual(['m2', 'matter-m2'])
      await tabs()[1]?.trigger('keydown', { key: 'ArrowRight' })
      expect([form.matter, tabs().map((tab) => tab.attributes('aria-selected'))]).toEqual(['k', ['true', 'false']])
    })
    it('to which Alt+N adds one, but not on a page that may not write', async () => {
      const { form } = await two()
      form.typed('title', '路灯不亮三天')
      const { page } = await opened(MatterRow)
      const press = async () => {
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ñ', code: 'KeyN', altKey: true, cancelable: true }))
        await flushPromises()
      }
      useDrafts().writing = false
      await press()
      expect([desk.questions(OPEN).length, page.find('.another').attributes('disabled')]).toEqual([1, ''])
      useDrafts().writing = true
      await press()
      expect([desk.questions(OPEN).length, form.matter, page.findAll('[role=tab]').length]).toEqual([2, 'm3', 3])
    })
    it('that tell of a form that could not be saved while another one is shown', async () => {
      const { form } = await two()
      desk.on(DRAFT, () => new Refusal(503, { detail: '数据库暂不可用' }))
      form.typed('title', '路灯不亮三天')
      await vi.advanceTimersByTimeAsync(SAVE_EVERY_MS)
      form.show('k')
      const { page } = await opened(MatterRow)
      expect(page.findAll('[role=tab]').map((tab) => tab.attributes('data-matter'))).toEqual(['draft', 'unsaved'])
    })
  })
})
