/** What a room tells the shell of itself: pages, menu entries, permissions, keys, words. Loads nothing of the room. */
import type { Operation } from '@/api/operations'
import type { Key } from '@/i18n'
import type { IconName } from '@/ui/icons'
import type { KeyRows } from './keys'

/** What stands around a page: nothing, or the frame, with the softphone for who has a seat. */
export type Layout = 'alone' | 'frame'

export interface MenuEntry {
  /** Entries stand from small to large; the first one that is open is where a person lands after log-in. */
  order: number
  word: Key
  icon: IconName
}

export interface Page {
  name: string
  path: string
  component: () => Promise<unknown>
  /** Open to whom the desk lets ask all of these. */
  asks: readonly Operation[]
  /** Only for who has a seat. */
  seat?: boolean
  layout?: Layout
  /** The name of the menu entry that is marked, when it is not the page's own. */
  under?: string
  menu?: MenuEntry
}

export interface Manifest {
  room: string
  title: Key
  words: Readonly<Record<string, string>>
  pages: readonly Page[]
  /** Keys by context: `seat` wherever an agent is, otherwise where the room says. */
  keys: Readonly<Record<string, KeyRows>>
}
