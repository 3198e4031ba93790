/** Who is at the page: logging in and out, the lock, the frame around pages. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = {
  room: 'session',
  title: 'room.session',
  words,
  pages: [{ name: 'login', path: '/login', component: () => import('./LoginPage.vue'), asks: [], layout: 'alone' }],
  keys: { page: { list: { key: 'F1', word: 'keys.list' }, listToo: { key: '?', word: 'keys.listToo' } } },
} as const satisfies Manifest
