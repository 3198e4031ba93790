/** One way to ask the desk: JSON in and out, problem+json as an exception, a deadline on every request. */
import { t } from '@/i18n'
import type { Given, Method, PathOf, Reply } from './operations'

/** A request that did not succeed, with the sentence to show. */
export class Problem extends Error {
  readonly status: number
  /** Stable code of the refusal, e.g. `offer-over`; empty when the desk was not reached. */
  readonly reason: string
  /** Wrong fields: name → sentence in Chinese (422). */
  readonly fields: Readonly<Record<string, string>>

  constructor(status: number, text: string, reason = '', fields: Record<string, string> = {}) {
    super(text)
    this.name = 'Problem'
    this.status = status
    this.reason = reason
    this.fields = fields
  }

  /** True when trying the same again may help. */
  get transient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

interface ProblemBody {
  title?: string
  detail?: string
  reason?: string
  fields?: Record<string, string>
}

async function problemOf(response: Response): Promise<Problem> {
  let body: ProblemBody = {}
  try {
    body = (await response.json()) as ProblemBody
  } catch {
    body = {}
  }
  const text = body.detail ?? body.title ?? t('app.status', { status: response.status })
  return new Problem(response.status, text, body.reason ?? '', body.fields ?? {})
}

let onUnauthenticated: (() => void) | null = null

/** Called for every 401 outside the log-in itself, so perhaps several times: the session is over. */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler
}

/** How it is asked, beside what the operation itself wants. */
export interface How {
  deadlineMs?: number
  /** A 401 is this very question's answer, not the end of the session. */
  quiet401?: boolean
}
interface Wanted {
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string | number | undefined>>
  body?: unknown
}
type Arguments<M extends Method, P extends PathOf<M>> =
  Record<never, never> extends Given<M, P> ? [given?: Given<M, P> & How] : [given: Given<M, P> & How]

export function addressOf(path: PathOf<Method>, { path: parts, query }: Wanted): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts?.[name] ?? ''))
  const said = Object.entries(query ?? {}).filter((one): one is [string, string | number] => one[1] !== undefined)
  return said.length === 0 ? filled : `${filled}?${new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()}`
}

async function send(method: Method, path: PathOf<Method>, given: Wanted & How): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-Requested-With'] = 'hotline'
  const init: RequestInit = { method, headers, credentials: 'same-origin', signal: AbortSignal.timeout(given.deadlineMs ?? 10_000) }
  if (given.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(given.body)
  }
  let response: Response
  try {
    response = await fetch(addressOf(path, given), init)
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    throw new Problem(0, t(late ? 'app.late' : 'app.unreached'))
  }
  if (response.ok) return response
  if (response.status === 401 && given.quiet401 !== true) onUnauthenticated?.()
  throw await problemOf(response)
}

/** Ask an operation; what it wants and answers is as the interface document says. */
export async function ask<M extends Method, P extends PathOf<M>>(method: M, path: P, ...[given]: Arguments<M, P>): Promise<Reply<M, P>> {
  const text = await (await send(method, path, (given ?? {}) as Wanted & How)).text()
  return (text === '' ? undefined : JSON.parse(text)) as Reply<M, P>
}

/** Ask for a page. */
export async function askText<P extends PathOf<'GET'>>(path: P, ...[given]: Arguments<'GET', P>): Promise<string> {
  return (await send('GET', path, (given ?? {}) as Wanted & How)).text()
}

/** Ask for sound. */
export async function askSound<P extends PathOf<'GET'>>(path: P, ...[given]: Arguments<'GET', P>): Promise<Blob> {
  return (await send('GET', path, { deadlineMs: 20_000, ...(given as Wanted & How | undefined) })).blob()
}

/** The sentence to show for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
