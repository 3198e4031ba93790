/** The fake desk in place of the network of a test's page. */
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'
import { AnsweringDesk } from '../fake/desk'

export { Refusal } from '../fake/desk'
export * from '../fake/made'

export class FakeDesk extends AnsweringDesk {
  /** Stand in for the network of this page. */
  open(): this {
    setActivePinia(createPinia())
    sessionStorage.clear()
    localStorage.clear()
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      const { status, type, body } = await this.answer({ method: init.method ?? 'GET', url, body: init.body ? JSON.parse(String(init.body)) : null })
      return new Response(status === 204 ? null : body, { status, headers: { 'Content-Type': type } })
    })
    return this
  }
}
