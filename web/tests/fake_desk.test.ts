import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ask, Problem } from '@/api/client'
import type { LiveMessage } from '@/api/live_types'
import { answering } from '../fake/answers'
import { ScriptedDesk } from '../fake/scripted'
import { FakeDesk, person, Refusal, view } from './desk'

describe('asking the desk', () => {
  it('fills the parts of a path and sends what is given of a query', async () => {
    const desk = new FakeDesk().open().on('GET /api/contacts/{contact}', ({ path }) => view(path.contact)).on('GET /api/orders', () => [])
    expect((await ask('GET', '/api/contacts/{contact}', { path: { contact: 'a b/c' } })).contact).toBe('a b/c')
    await ask('GET', '/api/orders', { query: { limit: 5 } })
    expect(desk.questions('GET /api/orders')[0]?.query).toEqual({ limit: '5' })
  })
  it('takes only what the interface document knows', () => {
    // @ts-expect-error - no such path
    const unknown = () => ask('GET', '/api/nothing')
    // @ts-expect-error - a path without its part
    const partless = () => ask('GET', '/api/contacts/{contact}')
    // @ts-expect-error - a body without what it needs
    const empty = () => ask('POST', '/api/seat/answer', { body: {} })
    // @ts-expect-error - an answer that is not what the desk says
    const wrong = () => new FakeDesk().on('GET /api/contacts/{contact}', () => ({ contact: 'k' }))
    expect([unknown, partless, empty, wrong]).toHaveLength(4)
  })
  it('turns a refusal into a sentence with its reason and fields', async () => {
    new FakeDesk().open().on('GET /api/orders', () => new Refusal(422, { detail: '不对', reason: 'invalid-fields', fields: { stage: '没有这个环节' } }))
    const problem = await ask('GET', '/api/orders').catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({ message: '不对', reason: 'invalid-fields', fields: { stage: '没有这个环节' }, status: 422 })
  })
})

describe('the scripted desk', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())
  const who = person('agent').principal
  const opened = () => {
    const told: LiveMessage[] = []
    const desk = new ScriptedDesk((text) => told.push(JSON.parse(text) as LiveMessage), 1)
    const answers = answering(desk, { idleS: 900, lineAnswerer: '' })
    return { told, desk, key: (name: string, body: unknown = null) => answers.answer({ method: 'POST', url: name, body, who }) }
  }

  it('plays a call from ring to wrap-up, with words, a draft and suggestions', async () => {
    const { told, desk, key } = opened()
    await key('/api/seat/sign-in')
    await key('/api/seat/ready', { ready: true, reason: '' })
    await key('/api/test-calls', { dialogue: 'water' })
    await vi.advanceTimersByTimeAsync(600)
    expect(desk.seat?.state).toBe('ringing')
    await key('/api/seat/answer', { offer: desk.seat?.offer })
    await vi.advanceTimersByTimeAsync(20_000)
    await key('/api/seat/hang-up', { call: desk.call?.call })
    expect(desk.seat?.state).toBe('wrap')
    const kinds = new Set(told.map((one) => one.kind))
    expect([...kinds].sort()).toEqual(['call', 'connected', 'draft', 'ended', 'final', 'offer', 'partial', 'seat', 'speech-ended', 'speech-started', 'suggestions'])
  })
  it('has an answer for every request that a page makes', () => {
    const sources = Object.values(import.meta.glob<string>('../src/**/requests.ts', { eager: true, query: '?raw', import: 'default' })).join('\n')
    const asked = [...sources.matchAll(/ask\('(\w+)', '([^']+)'/g)].map(([, method, path]) => `${method} ${path}`)
    const sounds = [...sources.matchAll(/ask(?:Text|Sound)\('([^']+)'/g)].map(([, path]) => `GET ${path}`)
    const server = readFileSync(join(import.meta.dirname, '../fake/server.ts'), 'utf8')
    const known = readFileSync(join(import.meta.dirname, '../fake/answers.ts'), 'utf8')
    const itself = ['POST /api/session', 'DELETE /api/session']
    expect(asked.length + sounds.length).toBeGreaterThan(30)
    expect(itself.every((one) => server.includes(`url === '/api/session' && method === '${one.split(' ')[0]}'`))).toBe(true)
    expect([...asked, ...sounds].filter((one) => !itself.includes(one) && !known.includes(`.on('${one}'`))).toEqual([])
  })
})
