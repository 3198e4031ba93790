/** What was said: the transcript's lines, the sound behind them, the recogniser's state. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = { room: 'asr', title: 'room.asr', words, pages: [], keys: {} } as const satisfies Manifest
