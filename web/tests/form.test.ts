import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DraftField } from '@/api/types'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { FakeDesk, Refusal, orderAt } from './desk'

const fields = (value: string, confidence = 0.9): DraftField[] => [{ name: 'place', value, source: '原话', source_ms: 1, confidence }]

describe('the order form', () => {
  let desk: FakeDesk
  beforeEach(() => {
    vi.useFakeTimers()
    desk = new FakeDesk().open()
  })
  afterEach(() => vi.useRealTimers())

  function opened() {
    const form = useForm()
    form.open('k')
    return form
  }

  it('drops proposals of an older revision and of other contacts', () => {
    const form = opened()
    form.propose('k', 3, fields('新'))
    form.propose('k', 2, fields('旧'))
    form.propose('k', 3, fields('又'))
    form.propose('other', 9, fields('别人'))
    expect(form.fields.place.value).toBe('新')
  })
  it('never overwrites typed text by a proposal', () => {
    const form = opened()
    form.typed('place', '我写的')
    form.propose('k', 1, fields('别的', 1))
    expect(form.fields.place.value).toBe('我写的')
    expect(form.chips).toEqual(['place'])
  })
  it('leaves a text alone while the cursor stands in it', () => {
    const form = opened()
    form.focused = 'place'
    form.propose('k', 1, fields('北门小区'))
    expect(form.fields.place.value).toBe('')
  })
  it('puts the desk’s sentences at the wrong fields and clears one when it is corrected', async () => {
    desk.on('POST /api/contacts/{contact}/matters/{matter}/order', () => new Refusal(422, { detail: '标题至少4个字', reason: 'invalid-fields', fields: { title: '标题至少4个字', category: '请选择诉求分类' } }))
    const form = opened()
    form.typed('kind', 'help')
    expect(await form.send('请选择')).toBeNull()
    expect(form.errors).toEqual({ title: '标题至少4个字', category: '请选择诉求分类' })
    form.typed('title', '小区停水两天')
    expect(form.errors).toEqual({ category: '请选择诉求分类' })
  })
  it('asks for the kind before it troubles the desk', async () => {
    const form = opened()
    expect(await form.send('请选择诉求性质。')).toBeNull()
    expect(form.errors['kind']).toBe('请选择诉求性质。')
    expect(desk.asked).toEqual([])
  })
  it('closes a consultation directly unless the agent decides otherwise, and nothing else', () => {
    const form = opened()
    form.typed('kind', 'consult')
    expect(form.direct).toBe(true)
    form.chooseWay('dispatch')
    expect(form.direct).toBe(false)
    form.chooseWay('direct')
    form.typed('kind', 'complaint')
    expect(form.direct).toBe(false)
  })
  it('is sent once', async () => {
    desk.on('POST /api/contacts/{contact}/matters/{matter}/order', () => orderAt('dispatch'))
    const form = opened()
    form.typed('kind', 'help')
    await Promise.all([form.send(''), form.send('')])
    await form.send('')
    expect(desk.bodies('POST /api/contacts/{contact}/matters/{matter}/order')).toHaveLength(1)
  })
  it('appends the reply to the content as the agent’s words', () => {
    const form = opened()
    form.insertReply('口径')
    form.insertReply('口径')
    form.appendReply('【答复】')
    expect([form.fields.content.value, form.fields.content.hand, form.reply]).toEqual(['【答复】口径', 'typed', ''])
  })
})
