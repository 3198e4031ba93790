import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveSocket, type LiveStatus } from '@/api/live'
import type { Envelope } from '@/api/live_types'
import { orderAt, said, seatAt, snapshot } from './desk'

const BODIES = {
  snapshot: { kind: 'snapshot', data: snapshot() },
  seat: { kind: 'seat', data: seatAt(1, 'ready') },
  final: { kind: 'final', data: said('k', 1000, '停水了') },
  poison: { kind: 'order', data: orderAt('handle') },
} as const

class FakeSocket {
  static all: FakeSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event?: { code: number }) => void) | null = null
  sent: string[] = []
  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }
  send(text: string): void { this.sent.push(text) }
  close(): void { /* the other side need not know */ }
  say(epoch: string, n: number, kind: keyof typeof BODIES = 'seat', contact: string | null = null): void {
    this.put({ epoch, n, contact, ...BODIES[kind] })
  }
  put(envelope: Envelope): void { this.onmessage?.({ data: JSON.stringify(envelope) }) }
}

describe('the live socket', () => {
  let heard: string[]
  let statuses: LiveStatus[]
  let faults: string[]
  let ended = 0
  let waits = false
  const last = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket

  beforeEach(() => {
    vi.useFakeTimers()
    FakeSocket.all = []
    heard = []
    statuses = []
    faults = []
    ended = 0
    waits = false
  })
  afterEach(() => vi.useRealTimers())

  function opened(alive?: () => Promise<boolean>): LiveSocket {
    const live = new LiveSocket({
      url: 'ws://desk/live', connect: (url) => new FakeSocket(url) as unknown as WebSocket,
      onMessage: (kind, _data, contact) => {
        if (kind === 'order') throw new Error('a handler that fails')
        heard.push(`${kind}${live.n}${contact}`)
      },
      page: () => ({ name: 'p', waits }), onStanding: (active) => { waits = !active },
      onFault: (error) => faults.push((error as Error).message), onEnded: () => { ended += 1 },
      onStatus: (status) => statuses.push(status), ...(alive === undefined ? {} : { alive }),
    })
    live.open()
    last().onopen?.()
    return live
  }

  it('comes back with epoch and number, and hears only what it missed', async () => {
    opened()
    expect(last().url).toBe('ws://desk/live?page=p')
    last().say('e1', 4, 'snapshot')
    last().say('e1', 5, 'final', 'k')
    last().onclose?.()
    await vi.advanceTimersByTimeAsync(400)
    expect(last().url).toBe('ws://desk/live?page=p&epoch=e1&after=5')
    last().onopen?.()
    last().say('e1', 5)
    last().say('e1', 6)
    expect(heard).toEqual(['snapshot4', 'final5k', 'seat6'])
    expect(statuses).toEqual(['connecting', 'open', 'lost', 'open'])
  })
  it('asks for a snapshot when a number is missing', async () => {
    opened()
    last().say('e1', 1, 'snapshot')
    last().say('e1', 3)
    await vi.advanceTimersByTimeAsync(400)
    expect(last().url).toBe('ws://desk/live?page=p')
    expect(heard).toEqual(['snapshot1'])
  })
  it('asks for a snapshot when the desk began a new epoch', async () => {
    opened()
    last().say('e1', 8, 'snapshot')
    last().say('e2', 1)
    await vi.advanceTimersByTimeAsync(400)
    expect(last().url).toBe('ws://desk/live?page=p')
    last().onopen?.()
    last().say('e2', 1, 'snapshot')
    last().say('e2', 2)
    expect(heard).toEqual(['snapshot8', 'snapshot1', 'seat2'])
  })
  it('answers pings without counting them', () => {
    opened()
    last().say('e1', 1, 'snapshot')
    last().put({ kind: 'ping' })
    last().say('e1', 2)
    expect(last().sent).toEqual(['{"kind":"pong"}'])
    expect(heard).toEqual(['snapshot1', 'seat2'])
  })
  it('gives a silent connection up when the desk does not answer either', async () => {
    opened(async () => false)
    await vi.advanceTimersByTimeAsync(6600)
    expect(statuses.at(-1)).toBe('lost')
    await vi.advanceTimersByTimeAsync(400)
    expect(FakeSocket.all).toHaveLength(2)
  })
  it('keeps a silent connection while the desk answers', async () => {
    opened(async () => true)
    await vi.advanceTimersByTimeAsync(30_000)
    expect([FakeSocket.all.length, statuses.at(-1)]).toEqual([1, 'open'])
  })
  it('waits longer after each failure, up to five seconds', async () => {
    opened()
    for (const wait of [300, 700, 1500, 3000, 5000, 5000]) {
      const before = FakeSocket.all.length
      last().onclose?.()
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(FakeSocket.all.length).toBe(before)
      await vi.advanceTimersByTimeAsync(1)
      expect(FakeSocket.all.length).toBe(before + 1)
    }
  })
  it('reports a message that cannot be taken in and comes back for a snapshot, so that nothing is lost', async () => {
    opened()
    last().say('e1', 1, 'snapshot')
    last().say('e1', 2, 'poison')
    await vi.advanceTimersByTimeAsync(400)
    expect([faults, last().url]).toEqual([['a handler that fails'], 'ws://desk/live?page=p'])
    last().onopen?.()
    last().say('e1', 2, 'snapshot')
    last().say('e1', 3)
    expect(heard).toEqual(['snapshot1', 'snapshot2', 'seat3'])
  })
  it('waits longer each time when the snapshot itself cannot be taken in', async () => {
    opened()
    for (const wait of [300, 700, 1500]) {
      last().onopen?.()
      const before = FakeSocket.all.length
      last().say('e1', 1, 'poison')
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(FakeSocket.all.length).toBe(before)
      await vi.advanceTimersByTimeAsync(1)
      expect(FakeSocket.all.length).toBe(before + 1)
    }
  })
  it('is not opened again after the desk said that the session is over', async () => {
    opened()
    last().onclose?.({ code: 4401 })
    await vi.advanceTimersByTimeAsync(20_000)
    expect([FakeSocket.all.length, ended, statuses.at(-1)]).toEqual([1, 1, 'idle'])
  })
  it('says that it waits when another page of the seat is active, and takes over on request', async () => {
    const live = opened()
    last().put({ kind: 'page', data: { active: false } })
    last().onclose?.()
    await vi.advanceTimersByTimeAsync(400)
    expect(last().url).toBe('ws://desk/live?page=p&waits=1')
    live.takeOver()
    expect(last().sent).toEqual(['{"kind":"take-over"}'])
    expect(heard).toEqual([])
  })
  it('stays closed when it was closed', async () => {
    opened().close()
    await vi.advanceTimersByTimeAsync(20_000)
    expect([FakeSocket.all.length, statuses.at(-1)]).toEqual([1, 'idle'])
  })
})
