import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import FieldRow from '@/order_form/FieldRow.vue'
import { spanOf } from '@/analytics/span'
import { clockOf, instantText } from '@/shell/durations'
import { levelOf } from '@/softphone/level'
import { preferred } from '@/softphone/line'
import { useForm } from '@/stores/form'
import { pieces } from '@/suggestions/highlight'
import { FakeDesk } from './desk'

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
  it('spans whole days of the city', () => {
    expect(spanOf(1, 'Asia/Shanghai', Date.parse('2026-01-01T17:30:00Z')).from).toBe('2026-01-01T16:00:00.000Z')
    expect(spanOf(7, 'Asia/Shanghai', Date.parse('2026-01-10T03:00:00Z')).from).toBe('2026-01-03T16:00:00.000Z')
  })
  it('measures silence as nothing and full scale as everything', () => {
    expect([levelOf(new Float32Array(10)), levelOf(new Float32Array(10).fill(1))]).toEqual([0, 1])
  })
})
