/** A desk for tests: answers fetch by method and path, remembers what was asked. */
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'
import type { SavedDraft } from '@/api/types'

export interface Asked {
  method: string
  path: string
  body: unknown
}
type Answer = (asked: Asked) => unknown

export class Refusal {
  constructor(readonly status: number, readonly body: object) {}
}

export class FakeDesk {
  readonly asked: Asked[] = []
  private readonly answers = new Map<string, Answer>()

  on(route: string, answer: Answer): this {
    this.answers.set(route, answer)
    return this
  }

  bodies(route: string): unknown[] {
    return this.asked.filter((one) => `${one.method} ${one.path}` === route).map((one) => one.body)
  }

  private answer(path: string, init: RequestInit): Response {
    const asked = { method: init.method ?? 'GET', path: path.split('?')[0] ?? '', body: init.body ? JSON.parse(String(init.body)) : null }
    this.asked.push(asked)
    const run = this.answers.get(`${asked.method} ${asked.path}`)
    if (run === undefined) return new Response(JSON.stringify({ detail: '没有这个地址', reason: 'not-found' }), { status: 404 })
    const value = run(asked)
    if (value instanceof Refusal) return new Response(JSON.stringify(value.body), { status: value.status })
    return value === undefined ? new Response(null, { status: 204 }) : new Response(JSON.stringify(value), { status: 200 })
  }

  /** Stand in for the network of this page. */
  open(): this {
    setActivePinia(createPinia())
    sessionStorage.clear()
    localStorage.clear()
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => this.answer(path, init))
    return this
  }
}

/** A draft as the desk says it. */
export const saved = (revision: number, more: Partial<SavedDraft> = {}): SavedDraft =>
  ({ revision, values: {}, confidential: false, reply: '', way: '', ...more })

export const view = (contact: string, more: object = {}): object => ({
  contact, call: null, caller_masked: '199****01', dialled: '12345', line_name: '热线', phase: 'talking', utterances: [],
  suggestions: { items: [], reason: '', revision: 0, took_ms: 0 }, proposed: [], draft: saved(0),
  open_orders: [], history: [], order: null, recording: null, ...more,
})

export const said = (contact: string, start_ms: number, text: string, leg = 'l1'): never => ({
  contact, call: 'c', leg, party: 'CALLER', start_ms, end_ms: start_ms + 1000, text, engine: 'e', words: [], confidence: null,
}) as never
