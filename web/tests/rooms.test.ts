import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, nextTick } from 'vue'
import { LIVE_PARTS, liveHandlers } from '@/rooms/agent_desk/live_handlers'
import { manifest as knowledge } from '@/rooms/knowledge/manifest'
import { manifest as telephony } from '@/rooms/telephony/manifest'
import { boundKeys, nameOf, useKeys } from '@/shell/keys'
import { layoutOf } from '@/shell/layouts'
import type { Manifest, Page } from '@/shell/manifest'
import { menuOf } from '@/shell/permission'
import { doubles, PAGES, ROOMS } from '@/shell/rooms'
import { useSession } from '@/shell/stores/session'
import { words as shell } from '@/shell/words'
import { FakeDesk, person } from './desk'

const page = (name: string, path: string, order?: number): Page => ({
  name, path, component: () => Promise.resolve({}), asks: [], ...(order === undefined ? {} : { menu: { order, word: 'app.name' as const, icon: 'bell' as const } }),
})
const room = (name: string, more: Partial<Manifest> = {}): Manifest => ({ room: name, title: 'app.name', words: {}, pages: [], keys: {}, ...more })
const sources = import.meta.glob<string>('../src/rooms/**/*.{ts,vue}', { eager: true, query: '?raw', import: 'default' })
const roomOf = (path: string): string => path.split('/')[3] ?? ''

describe('the rooms of the front end', () => {
  it('are all collected, and no two claim the same page, path, menu place, key or word', () => {
    const folders = new Set(Object.keys(sources).map(roomOf))
    expect(new Set(ROOMS.map((one) => one.room))).toEqual(folders)
    expect(doubles([...ROOMS, room('the shell', { words: shell })])).toEqual([])
  })
  it('are told of every double', () => {
    const found = doubles([
      room('a', { pages: [page('one', '/x/:id', 1)], keys: { seat: { run: { key: 'F2', word: 'app.name' } } }, words: { w: '' } }),
      room('a', { pages: [page('one', '/y'), page('two', '/x/:no', 1)], keys: { seat: { go: { key: 'F2', word: 'app.name' } }, desk: { go: { key: 'F2', word: 'app.name' } } }, words: { w: '' } }),
    ])
    expect(found).toEqual(['room a', 'page one', 'path /x/:', 'menu place 1', 'key seat F2', 'word w'])
  })
  it('know only those before them', () => {
    const order = ROOMS.map((one) => one.room)
    const upward = Object.entries(sources).flatMap(([path, text]) => [...text.matchAll(/'@\/rooms\/(\w+)\//g)]
      .filter(([, other]) => order.indexOf(other ?? '') > order.indexOf(roomOf(path))).map(([, other]) => `${path} → ${other}`))
    expect(upward).toEqual([])
  })
  it('take each live message in one room', () => {
    const kinds = Object.values(LIVE_PARTS).flatMap((part) => Object.keys(part))
    expect([...kinds].sort()).toEqual(Object.keys(liveHandlers).sort())
  })
})

describe('what is open to whom', () => {
  beforeEach(() => { new FakeDesk().open() })
  const menu = (...given: Parameters<typeof person>): string[] => {
    useSession().know(person(...given))
    return menuOf(useSession()).map((one) => one.name)
  }

  it('follows what the desk lets the role ask, and whether the person has a seat', () => {
    expect(menu('agent')).toEqual(['desk', 'contacts', 'orders', 'callbacks'])
    expect(menu('agent', { seat: null })).toEqual(['contacts', 'orders', 'callbacks'])
    expect(menu('analyst')).toEqual(['analytics', 'briefings', 'contacts', 'orders'])
    expect(menu('admin', { seat: '009' })).toEqual(['desk', 'analytics', 'briefings', 'contacts', 'orders', 'callbacks'])
    expect(menu('unit')).toEqual([])
  })
  it('is nothing before somebody is logged in', () => {
    expect(menuOf(useSession())).toEqual([])
  })
  it('brings the softphone only to who has a seat, and to no log-in', () => {
    const login = PAGES.find((one) => one.name === 'login')
    const orders = PAGES.find((one) => one.name === 'orders')
    expect([layoutOf(login, true), layoutOf(orders, true), layoutOf(orders, false), layoutOf(undefined, false)]).toEqual(['alone', 'seat', 'plain', 'plain'])
  })
})

describe('keys', () => {
  const press = (key: string, more: Partial<KeyboardEventInit> = {}) => window.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, ...more }))
  const bound = (answer: () => void, when = () => true) => mount(defineComponent({
    setup: () => useKeys(telephony.title, telephony.keys.seat, { answer, hangUp: () => undefined, toggleHold: () => undefined, toggleReady: () => undefined }, when), template: '<input />',
  }), { attachTo: document.body })

  it('act while what bound them is there, and are listed', () => {
    const run = vi.fn()
    const page = bound(run)
    press('F2')
    expect(run).toHaveBeenCalledTimes(1)
    expect(boundKeys.value.map((group) => [group.title, group.rows.map((row) => row.key)])).toEqual([['room.telephony', ['F2', 'F3', 'F8', 'F10']]])
    page.unmount()
    press('F2')
    expect([run.mock.calls.length, boundKeys.value]).toEqual([1, []])
  })
  it('wait while they may not act, and do nothing when held down', async () => {
    const run = vi.fn()
    let may = false
    const page = bound(run, () => may)
    press('F2')
    may = true
    press('F2', { repeat: true })
    await nextTick()
    expect(run).not.toHaveBeenCalled()
    press('F2', { altKey: true })
    expect(run).not.toHaveBeenCalled()
    press('F2')
    expect(run).toHaveBeenCalledTimes(1)
    page.unmount()
  })
  it('that print something are left to a field', () => {
    const run = vi.fn()
    const rows = { list: { key: '?', word: 'keys.list' } } as const
    const page = mount(defineComponent({ setup: () => useKeys('room.session', rows, { list: run }), template: '<input />' }), { attachTo: document.body })
    page.find('input').element.focus()
    press('?')
    expect(run).not.toHaveBeenCalled()
    page.find('input').element.blur()
    press('?')
    expect(run).toHaveBeenCalledTimes(1)
    page.unmount()
  })
  it('are named by the digit that is pressed, whatever it prints', () => {
    const event = { code: 'Digit1', key: '¡', altKey: true, ctrlKey: false, metaKey: false, shiftKey: false }
    expect([nameOf(event), nameOf({ ...event, altKey: false, key: '?', shiftKey: true }), nameOf({ ...event, altKey: false, key: 'F2', shiftKey: true })])
      .toEqual([knowledge.keys.desk.insert1.key, '?', 'Shift+F2'])
  })
})
