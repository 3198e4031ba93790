/** The scripted desk behind Vite: over the built pages (`npm run fixture`) and while pages are edited (`npm run dev`). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connect, Plugin, PreviewServer, ViteDevServer } from 'vite'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Envelope, PageSays } from '../src/api/live_types'
import type { Principal } from '../src/api/types'
import { answering } from './answers.ts'
import { problem, Refusal, type Answered } from './desk.ts'
import { PEOPLE, ScriptedDesk } from './scripted.ts'

const LIVE = '/api/desk/live'
/** How long the socket stays away after `POST /dev/drop`. */
const AWAY_MS = 4000

interface OpenPage {
  socket: WebSocket
  name: string
  active: boolean
}

class FakeServer {
  private readonly pages = new Set<OpenPage>()
  private readonly desk = new ScriptedDesk((text) => { for (const page of this.pages) page.socket.send(text) }, Number(process.env['PACE'] ?? 1))
  private readonly answers = answering(this.desk, { idleS: Number(process.env['IDLE_S'] ?? 900), lineAnswerer: process.env['LINE_ANSWERER'] ?? '' })
  private readonly sockets = new WebSocketServer({ noServer: true })
  private away = false

  constructor() {
    setInterval(() => this.desk.send({ kind: 'recogniser', data: this.desk.recogniser() }), 2000).unref()
  }

  readonly handle: Connect.NextHandleFunction = (request, response, next) => {
    const url = request.url ?? ''
    if (url.startsWith('/api/') || url.startsWith('/dev/')) void this.reply(request, response, url)
    else next()
  }

  private async reply(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const body: unknown = await bodyOf(request)
    const { status, type, body: text } = await this.answer(request.method ?? 'GET', url, body, personOf(request), response).catch(
      (error: unknown) => problem(new Refusal(500, { detail: String(error) })))
    response.writeHead(status, type === '' ? {} : { 'Content-Type': type }).end(text)
  }

  private async answer(method: string, url: string, body: unknown, who: Principal | null, response: ServerResponse): Promise<Answered> {
    if (url === '/dev/drop') return this.drop()
    if (url === '/dev/hang-up') return this.done(() => this.desk.hangUp('caller-hung-up'))
    if (url === '/api/session' && method === 'POST') return this.logIn(body as { login: string; password: string }, response)
    if (url === '/api/session' && method === 'DELETE') return this.done(() => response.setHeader('Set-Cookie', 'hotline_session=; Path=/; Max-Age=0'))
    if (who === null) return problem(new Refusal(401, { detail: '请先登录', reason: 'unauthenticated' }))
    return this.answers.answer({ method, url, body, who })
  }

  private logIn({ login, password }: { login: string; password: string }, response: ServerResponse): Answered {
    const who = PEOPLE[login]
    if (who === undefined || password === 'wrong') return problem(new Refusal(401, { detail: '账号或密码不正确。', reason: 'wrong-login' }))
    response.setHeader('Set-Cookie', `hotline_session=${login}; Path=/; HttpOnly; SameSite=Strict`)
    return { status: 200, type: 'application/json', body: JSON.stringify(who) }
  }

  private done(act: () => unknown): Answered {
    act()
    return { status: 204, type: '', body: '' }
  }

  private drop(): Answered {
    this.away = true
    setTimeout(() => { this.away = false }, AWAY_MS)
    return this.done(() => { for (const page of this.pages) page.socket.terminate() })
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '', 'http://desk')
    if (url.pathname !== LIVE) return
    if (this.away || personOf(request) === null) socket.destroy()
    else this.sockets.handleUpgrade(request, socket, head, (live) => this.open(live, url.searchParams))
  }

  private open(socket: WebSocket, query: URLSearchParams): void {
    const page: OpenPage = { socket, name: query.get('page') ?? '', active: false }
    if (query.get('epoch') === this.desk.epoch) this.desk.kept.filter((one) => one.n > Number(query.get('after'))).forEach((one) => put(socket, one))
    else put(socket, { epoch: this.desk.epoch, n: this.desk.n, kind: 'snapshot', contact: null, data: this.desk.snapshot() })
    this.stand(page, ![...this.pages].some((other) => other.name !== page.name && other.active))
    this.pages.add(page)
    socket.on('close', () => this.pages.delete(page))
    socket.on('message', (text: Buffer) => {
      if ((JSON.parse(text.toString()) as PageSays).kind === 'take-over') for (const other of this.pages) this.stand(other, other === page)
    })
  }

  private stand(page: OpenPage, active: boolean): void {
    page.active = active
    put(page.socket, { kind: 'page', data: { active } })
  }
}

const put = (socket: WebSocket, envelope: Envelope): void => socket.send(JSON.stringify(envelope))
const personOf = (request: IncomingMessage): Principal | null => PEOPLE[/hotline_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''] ?? null

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return parts.length === 0 ? null : JSON.parse(Buffer.concat(parts).toString())
}

/** Stands in for a desk wherever Vite serves pages by HTTP; tests have no server and start none. */
export function fakeDesk(): Plugin {
  const stand = (server: ViteDevServer | PreviewServer): void => {
    if (server.httpServer === null) return
    const fake = new FakeServer()
    server.middlewares.use(fake.handle)
    server.httpServer.on('upgrade', fake.upgrade)
  }
  return { name: 'fake-desk', configureServer: stand, configurePreviewServer: stand }
}
