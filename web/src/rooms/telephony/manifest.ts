/** The seat and its line. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = {
  room: 'telephony',
  title: 'room.telephony',
  words,
  pages: [],
  keys: {
    seat: {
      answer: { key: 'F2', word: 'seat.answer' },
      toggleHold: { key: 'F3', word: 'keys.toggleHold' },
      hangUp: { key: 'F8', word: 'seat.hangUp' },
      toggleReady: { key: 'F10', word: 'keys.toggleReady' },
    },
  },
} as const satisfies Manifest
