/** Pages and who may see them. */
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import AppShell from './shell/AppShell.vue'
import LoginPage from './shell/LoginPage.vue'
import { useSession, type Page } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    page?: Page
    title?: string
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/login', component: LoginPage, name: 'login' },
  {
    path: '/',
    component: AppShell,
    children: [
      { path: 'desk', name: 'desk', component: () => import('./workspace/DeskPage.vue'), meta: { page: 'desk' } },
      { path: 'contacts', name: 'contacts', component: () => import('./history/ContactsPage.vue'), meta: { page: 'contacts' } },
      { path: 'contacts/:contact', name: 'contact', component: () => import('./history/ContactPage.vue'), meta: { page: 'contacts' }, props: true },
      { path: 'orders', name: 'orders', component: () => import('./orders/OrdersPage.vue'), meta: { page: 'orders' } },
      { path: 'orders/:orderNo', name: 'order', component: () => import('./orders/OrderPage.vue'), meta: { page: 'orders' }, props: true },
      { path: 'callbacks', name: 'callbacks', component: () => import('./callbacks/CallbacksPage.vue'), meta: { page: 'callbacks' } },
      { path: 'analytics', name: 'analytics', component: () => import('./analytics/AnalyticsPage.vue'), meta: { page: 'analytics' } },
      { path: 'briefings', name: 'briefings', component: () => import('./briefings/BriefingsPage.vue'), meta: { page: 'briefings' } },
      { path: 'briefings/:briefing', name: 'briefing', component: () => import('./briefings/BriefingPage.vue'), meta: { page: 'briefings' }, props: true },
      { path: '', name: 'home', component: () => import('./shell/NotFound.vue') },
      { path: ':rest(.*)*', name: 'missing', component: () => import('./shell/NotFound.vue') },
    ],
  },
]

export function makeRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach(async (to) => {
    const session = useSession()
    if (!session.asked) await session.restore().catch(() => undefined)
    const signedIn = session.principal !== null
    if (to.name === 'login') return signedIn ? { name: 'home' } : true
    if (!signedIn) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
    const first = session.pages[0]
    if (to.name === 'home' && first !== undefined) return { name: first }
    if (to.meta.page !== undefined && !session.may(to.meta.page)) return { name: 'missing', params: { rest: [] } }
    return true
  })
  return router
}
