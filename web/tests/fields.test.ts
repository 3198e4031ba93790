import { describe, expect, it } from 'vitest'
import { accept, chipOf, dismiss, emptyField, propose, restore, savedOf, type, undo } from '@/rooms/agent_desk/order_form/fields'
import type { DraftField } from '@/api/types'

const proposal = (value: string, confidence = 0.9): DraftField => ({ name: 'place', value, source: '原话', source_ms: 1, confidence })

describe('a field of the order form', () => {
  it('is filled in when it is untouched and the proposal is sure', () => {
    const field = propose(emptyField(), proposal('北门小区', 0.6), false)
    expect([field.value, field.hand, chipOf(field)]).toEqual(['北门小区', 'auto', null])
  })
  it('shows only a chip when the proposal is unsure', () => {
    const field = propose(emptyField(), proposal('北门小区', 0.59), false)
    expect([field.value, chipOf(field)?.value]).toEqual(['', '北门小区'])
  })
  it('never loses what the agent typed, however sure the proposal is', () => {
    const field = propose(type(emptyField(), '我写的'), proposal('别的', 1), false)
    expect([field.value, field.hand, chipOf(field)?.value]).toEqual(['我写的', 'typed', '别的'])
  })
  it('stays empty when the agent emptied it', () => {
    const field = propose(type(propose(emptyField(), proposal('甲'), false), ''), proposal('乙', 1), false)
    expect(field.value).toBe('')
  })
  it('follows better proposals while nobody touched it', () => {
    const field = propose(propose(emptyField(), proposal('北门小区'), false), proposal('北门小区三号楼'), false)
    expect(field.value).toBe('北门小区三号楼')
  })
  it('does not move under the cursor', () => {
    const field = propose(emptyField(), proposal('北门小区'), true)
    expect([field.value, chipOf(field)?.value]).toEqual(['', '北门小区'])
  })
  it('keeps an accepted chip against later proposals', () => {
    const field = propose(accept(propose(emptyField(), proposal('甲', 0.3), false)), proposal('乙', 1), false)
    expect([field.value, field.hand]).toEqual(['甲', 'accepted'])
  })
  it('gives typed text back when an accepted chip is undone', () => {
    const field = undo(accept(propose(type(emptyField(), '我写的'), proposal('别的'), false)))
    expect([field.value, field.hand]).toEqual(['我写的', 'typed'])
  })
  it('is not filled in again after an undo, also with another value', () => {
    const undone = undo(propose(emptyField(), proposal('甲'), false))
    const same = propose(undone, proposal('甲'), false)
    const other = propose(same, proposal('乙', 1), false)
    expect([same.value, chipOf(same), other.value, chipOf(other)?.value]).toEqual(['', null, '', '乙'])
  })
  it('does not show a dismissed chip again', () => {
    const field = propose(dismiss(propose(emptyField(), proposal('甲', 0.3), false)), proposal('甲', 0.9), false)
    expect([field.value, chipOf(field)]).toEqual(['', null])
  })
  it('is saved as typed only when a person decided on it', () => {
    expect(savedOf(propose(emptyField(), proposal('甲'), false)).typed).toBe(false)
    expect(savedOf(accept(propose(emptyField(), proposal('甲', 0.1), false))).typed).toBe(true)
  })
  it('takes a saved draft back but not over newer typing', () => {
    expect(restore(emptyField(), { value: '旧', typed: true })).toMatchObject({ value: '旧', hand: 'typed' })
    expect(restore(type(emptyField(), '新'), { value: '旧', typed: true }).value).toBe('新')
  })
})
