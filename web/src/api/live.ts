/**
 * The live socket: numbered messages of one epoch, resumed by (epoch, after) when the connection was lost.
 * A repeated number is dropped; a hole, or another epoch without a snapshot, asks for a whole snapshot again.
 */
import type { Envelope, LiveData, LiveKind, Numbered, PageSays } from './live_types'

export type LiveStatus = 'idle' | 'connecting' | 'open' | 'lost'

export interface LiveSocketOptions {
  url: string
  /** Asked at each connection: how the page is called, and whether it was told that another one is active. */
  page: () => { name: string; waits: boolean }
  /** The desk says whether this page is the active one of its seat. */
  onStanding: (active: boolean) => void
  /** `contact` is the contact a message is about, '' when it is about none. What it throws costs the connection. */
  onMessage: <K extends LiveKind>(kind: K, data: LiveData[K], contact: string) => void
  /** A message could not be taken in; the socket comes back for a snapshot. */
  onFault: (error: unknown) => void
  /** The desk closed the socket because the session is over; it is not opened again. */
  onEnded: () => void
  onStatus: (status: LiveStatus) => void
  connect?: (url: string) => WebSocket
  /** Asked after a silence: does the desk still answer? Without it silence counts as loss. */
  alive?: () => Promise<boolean>
}

/** Silence after which the connection is doubted: three missed signs of life of 2 s. */
const SILENCE_MS = 6_500
/** Close code of a session that is over (agent_desk/live/socket.py). */
export const SESSION_ENDED = 4401
const BACK_OFF_MS = [300, 700, 1500, 3000, 5000] as const

export class LiveSocket {
  epoch = ''
  n = 0
  status: LiveStatus = 'idle'
  private socket: WebSocket | null = null
  private attempts = 0
  private closed = false
  private retry: ReturnType<typeof setTimeout> | null = null
  private watchdog: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly options: LiveSocketOptions) {}

  open(): void {
    this.closed = false
    this.dial()
  }

  close(): void {
    this.closed = true
    this.clearTimers()
    this.drop()
    this.become('idle')
  }

  /** Make this page the active one of its seat. */
  takeOver(): void {
    this.say({ kind: 'take-over' })
  }

  private say(said: PageSays): void {
    this.socket?.send(JSON.stringify(said))
  }

  /** Try at once, e.g. when the browser says that it is online again. */
  retryNow(): void {
    if (this.closed || this.status === 'open') return
    this.clearTimers()
    this.drop()
    this.dial()
  }

  private dial(): void {
    this.become(this.attempts === 0 && this.status === 'idle' ? 'connecting' : 'lost')
    const { name, waits } = this.options.page()
    const query = new URLSearchParams({ page: name, ...(waits ? { waits: '1' } : {}) })
    if (this.epoch !== '') {
      query.set('epoch', this.epoch)
      query.set('after', String(this.n))
    }
    const socket = (this.options.connect ?? ((url) => new WebSocket(url)))(`${this.options.url}?${query.toString()}`)
    this.socket = socket
    this.watch()
    socket.onopen = () => {
      if (socket === this.socket) this.opened()
    }
    socket.onmessage = (event: MessageEvent) => {
      if (socket === this.socket) this.receive(String(event.data))
    }
    socket.onclose = (event: CloseEvent | undefined) => {
      if (socket !== this.socket) return
      if (event?.code === SESSION_ENDED) this.ended()
      else this.lost()
    }
  }

  private opened(): void {
    this.watch()
    this.become('open')
  }

  private ended(): void {
    this.close()
    this.options.onEnded()
  }

  private receive(text: string): void {
    this.watch()
    try {
      this.take(JSON.parse(text) as Envelope)
    } catch (error) {
      this.options.onFault(error)
      this.startOver()
    }
  }

  private take(envelope: Envelope): void {
    if (envelope.kind === 'ping') this.say({ kind: 'pong' })
    else if (envelope.kind === 'page') this.options.onStanding(envelope.data.active)
    else this.number(envelope)
  }

  private number(envelope: Numbered): void {
    if (envelope.kind === 'snapshot') {
      this.epoch = envelope.epoch
      this.n = envelope.n
    } else if (envelope.epoch !== this.epoch || envelope.n > this.n + 1) {
      this.startOver()
      return
    } else if (envelope.n <= this.n) {
      return
    } else {
      this.n = envelope.n
    }
    this.options.onMessage(envelope.kind, envelope.data, envelope.contact ?? '')
    this.attempts = 0 // Only what was taken in counts as a connection: a snapshot that throws is not asked for without pause.
  }

  /** What is known no longer fits: ask for a snapshot. */
  private startOver(): void {
    this.epoch = ''
    this.n = 0
    this.lost()
  }

  private lost(): void {
    this.drop()
    this.clearTimers()
    if (this.closed) return
    this.become('lost')
    const wait = BACK_OFF_MS[Math.min(this.attempts, BACK_OFF_MS.length - 1)] ?? 5000
    this.attempts += 1
    this.retry = setTimeout(() => this.dial(), wait)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    if (socket === null) return
    socket.onopen = null
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }

  private watch(): void {
    if (this.watchdog !== null) clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => void this.doubt(), SILENCE_MS)
  }

  /** Heartbeats of the protocol are invisible to pages, so a quiet socket is checked by a question. */
  private async doubt(): Promise<void> {
    const socket = this.socket
    const alive = this.status === 'open' && (await this.options.alive?.().catch(() => false)) === true
    if (socket !== this.socket || this.closed) return
    if (alive) this.watch()
    else this.lost()
  }

  private clearTimers(): void {
    if (this.retry !== null) clearTimeout(this.retry)
    if (this.watchdog !== null) clearTimeout(this.watchdog)
    this.retry = this.watchdog = null
  }

  private become(status: LiveStatus): void {
    if (status === this.status) return
    this.status = status
    this.options.onStatus(status)
  }
}
