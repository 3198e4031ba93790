/** The rooms of the front end, the lower ones first: a room knows those before it and none behind it. */
import { manifest as agentDesk } from '@/rooms/agent_desk/manifest'
import { manifest as analytics } from '@/rooms/analytics/manifest'
import { manifest as asr } from '@/rooms/asr/manifest'
import { manifest as knowledge } from '@/rooms/knowledge/manifest'
import { manifest as session } from '@/rooms/session/manifest'
import { manifest as telephony } from '@/rooms/telephony/manifest'
import { manifest as workOrders } from '@/rooms/work_orders/manifest'
import type { Manifest, Page } from './manifest'

export const ROOMS: readonly Manifest[] = [telephony, session, asr, workOrders, knowledge, agentDesk, analytics]

export const PAGES: readonly Page[] = ROOMS.flatMap((room) => room.pages)

export interface MenuPage extends Page {
  menu: NonNullable<Page['menu']>
}

export const MENU: readonly MenuPage[] = PAGES
  .filter((page): page is MenuPage => page.menu !== undefined)
  .sort((a, b) => a.menu.order - b.menu.order)

function twice(kind: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) => `${kind} ${name}`)
}

/** A path with its parameters' names left out: `/orders/:` is one address whatever the part is called. */
const shapeOf = (path: string): string => path.replace(/:\w+/g, ':')

/** What two rooms, or one room twice, claim for themselves: rooms, page names, paths, menu places, keys of a context, words. */
export function doubles(rooms: readonly Manifest[]): string[] {
  const pages = rooms.flatMap((room) => room.pages)
  const keys = rooms.flatMap((room) => Object.entries(room.keys).flatMap(([context, rows]) => Object.values(rows).map((row) => `${context} ${row.key}`)))
  return [
    ...twice('room', rooms.map((room) => room.room)),
    ...twice('page', pages.map((page) => page.name)),
    ...twice('path', pages.map((page) => shapeOf(page.path))),
    ...twice('menu place', pages.flatMap((page) => (page.menu === undefined ? [] : [String(page.menu.order)]))),
    ...twice('key', keys),
    ...twice('word', rooms.flatMap((room) => Object.keys(room.words))),
  ]
}
