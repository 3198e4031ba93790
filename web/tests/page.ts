/** A page mounted at an address, with a router that knows no other page. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'

export async function opened(component: Component, { props = {}, at = '/' } = {}): Promise<{ page: VueWrapper; router: Router }> {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:any(.*)*', component }] })
  await router.push(at)
  const page = mount(component, { props, attachTo: document.body, global: { plugins: [router], stubs: { RouterLink: true } } })
  await flushPromises()
  return { page, router }
}
