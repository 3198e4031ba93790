/** One way to ask the desk: JSON in and out, problem+json as an exception, a deadline on every request. */
import { t } from '@/i18n'

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

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  deadlineMs?: number
  quiet401?: boolean
}

async function send(path: string, ask: Ask): Promise<Response> {
  const method = ask.method ?? 'GET'
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-Requested-With'] = 'hotline'
  const init: RequestInit = {
    method, headers, credentials: 'same-origin', signal: AbortSignal.timeout(ask.deadlineMs ?? 10_000),
  }
  if (ask.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(ask.body)
  }
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    throw new Problem(0, t(late ? 'app.late' : 'app.unreached'))
  }
  if (response.ok) return response
  if (response.status === 401 && ask.quiet401 !== true) onUnauthenticated?.()
  throw await problemOf(response)
}

/** Ask and decode JSON; an answer without a body gives `undefined`. */
export async function request<T>(path: string, ask: Ask = {}): Promise<T> {
  const response = await send(path, ask)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Ask for a page. */
export async function requestText(path: string): Promise<string> {
  return (await send(path, {})).text()
}

/** Ask for sound. */
export async function requestBlob(path: string): Promise<Blob> {
  return (await send(path, { deadlineMs: 20_000 })).blob()
}

/** The sentence to show for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
