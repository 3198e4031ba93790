/** The agent's workspace: the call in hand, the order form, contacts, callers to ring back. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = {
  room: 'agent_desk',
  title: 'room.agent_desk',
  words,
  pages: [
    {
      name: 'desk', path: '/desk', component: () => import('./workspace/DeskPage.vue'), asks: ['POST /api/seat/sign-in'], seat: true,
      menu: { order: 10, word: 'nav.desk', icon: 'headset' },
    },
    {
      name: 'contacts', path: '/contacts', component: () => import('./contacts/ContactsPage.vue'), asks: ['GET /api/contacts'],
      menu: { order: 40, word: 'nav.contacts', icon: 'phone' },
    },
    { name: 'contact', path: '/contacts/:contact', component: () => import('./contacts/ContactPage.vue'), asks: ['GET /api/contacts/{contact}'], under: 'contacts' },
    {
      name: 'callbacks', path: '/callbacks', component: () => import('./callbacks/CallbacksPage.vue'), asks: ['GET /api/callbacks'],
      menu: { order: 60, word: 'nav.callbacks', icon: 'bell' },
    },
  ],
  keys: {
    seat: { submit: { key: 'F9', word: 'seat.submit' } },
    desk: { append: { key: 'Alt+0', word: 'keys.append' } },
    matter: { another: { key: 'Alt+N', word: 'keys.another' } },
    field: {
      accept: { key: 'Tab / Enter', word: 'keys.accept', shownOnly: true },
      acceptFilled: { key: 'Alt+Enter', word: 'keys.acceptFilled', shownOnly: true },
      dismiss: { key: 'Esc', word: 'keys.dismiss', shownOnly: true },
      reveal: { key: 'F4', word: 'keys.reveal', shownOnly: true },
    },
  },
} as const satisfies Manifest
