/** Pages of all rooms as routes: who is not logged in goes to the log-in, what is not open is not there. */
import type { Component } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { layout, layoutOf, loadLayout } from './layouts'
import type { Page } from './manifest'
import NotFound from './NotFound.vue'
import { isOpen, menuOf } from './permission'
import { PAGES } from './rooms'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    page?: Page
  }
}

const routes: RouteRecordRaw[] = [
  ...PAGES.map((page): RouteRecordRaw => ({
    path: page.path, name: page.name, component: page.component as () => Promise<typeof NotFound>, props: true, meta: { page },
  })),
  { path: '/', name: 'home', component: NotFound },
  { path: '/:rest(.*)*', name: 'missing', component: NotFound },
]

export function makeRouter(history = createWebHistory()): Router {
  const router = createRouter({ history, routes })
  let next: Component | null = null
  router.beforeEach(async (to) => {
    const session = useSession()
    if (!session.asked) await session.restore().catch(() => undefined)
    const signedIn = session.principal !== null
    if (to.name === 'login') return signedIn ? { name: 'home' } : true
    if (!signedIn) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
    const landing = menuOf(session)[0]
    if (to.name === 'home' && landing !== undefined) return { name: landing.name }
    if (to.meta.page !== undefined && !isOpen(to.meta.page, session)) return { name: 'missing', params: { rest: [] } }
    return true
  })
  router.beforeResolve(async (to) => { next = await loadLayout(layoutOf(to.meta.page, useSession().sits)) })
  router.afterEach(() => { layout.value = next }) // With the page, not before it.
  return router
}
