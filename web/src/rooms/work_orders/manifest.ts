/** Orders: the list, one order with its stages and follow-up. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = {
  room: 'work_orders',
  title: 'room.work_orders',
  words,
  pages: [
    {
      name: 'orders', path: '/orders', component: () => import('./OrdersPage.vue'), asks: ['GET /api/orders'],
      menu: { order: 50, word: 'nav.orders', icon: 'sheet' },
    },
    { name: 'order', path: '/orders/:orderNo', component: () => import('./OrderPage.vue'), asks: ['GET /api/orders/{order_no}'], under: 'orders' },
  ],
  keys: {},
} as const satisfies Manifest
