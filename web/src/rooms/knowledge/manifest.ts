/** Entries that are suggested for a talk, and the search for others. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = {
  room: 'knowledge',
  title: 'room.knowledge',
  words,
  pages: [],
  keys: {
    desk: {
      insert1: { key: 'Alt+1', word: 'keys.insert1' },
      insert2: { key: 'Alt+2', word: 'keys.insert2' },
      insert3: { key: 'Alt+3', word: 'keys.insert3' },
    },
  },
} as const satisfies Manifest
