/** Figures, topics and briefings. */
import type { Manifest } from '@/shell/manifest'
import { words } from './words'

export const manifest = {
  room: 'analytics',
  title: 'room.analytics',
  words,
  pages: [
    {
      name: 'analytics', path: '/analytics', component: () => import('./AnalyticsPage.vue'), asks: ['GET /api/analytics/overview', 'GET /api/analytics/topics'],
      menu: { order: 20, word: 'nav.analytics', icon: 'chart' },
    },
    {
      name: 'briefings', path: '/briefings', component: () => import('./BriefingsPage.vue'), asks: ['GET /api/analytics/briefings'],
      menu: { order: 30, word: 'nav.briefings', icon: 'document' },
    },
    { name: 'briefing', path: '/briefings/:briefing', component: () => import('./BriefingPage.vue'), asks: ['GET /api/analytics/briefings/{briefing}'], under: 'briefings' },
  ],
  keys: {},
} as const satisfies Manifest
