/** A desk that only answers: what is set for an operation, typed by the interface document; remembers what was asked. */
import type { Given, Method, Operation, PathOf, Reply } from '../src/api/operations'
import type { Principal } from '../src/api/types'

/** An answer that is no success, as problem+json. */
export class Refusal {
  constructor(readonly status: number, readonly body: { detail: string; reason?: string; fields?: Readonly<Record<string, string>> }) {}
}

/** A body that is not JSON. */
export class Bytes {
  constructor(readonly type: string, readonly body: Uint8Array<ArrayBuffer>) {}
}

export interface Question {
  method: string
  /** With its query. */
  url: string
  body: unknown
  who?: Principal | null
}
export interface Asked {
  operation: string
  path: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  body: unknown
}
export interface Answered {
  status: number
  type: string
  body: string | Uint8Array<ArrayBuffer>
}

type PartOf<Wanted, Name extends string, Else> = Wanted extends Record<Name, infer Found> ? Found : Else
interface Given_<M extends Method, P extends PathOf<M>> {
  path: PartOf<Given<M, P>, 'path', Record<never, never>>
  body: PartOf<Given<M, P>, 'body', undefined>
  query: Readonly<Record<string, string>>
  who: Principal
}
/** What is not JSON in the document is answered with bytes. */
type Said<M extends Method, P extends PathOf<M>> = unknown extends Reply<M, P> ? Bytes : Reply<M, P>
export type Answer<M extends Method, P extends PathOf<M>> = (asked: Given_<M, P>) => Said<M, P> | Refusal | Promise<Said<M, P> | Refusal>

interface Row {
  method: string
  pattern: RegExp
  operation: string
  run: (asked: Omit<Asked, 'operation'> & { who: Principal | null }) => unknown
}

export const problem = ({ status, body }: Refusal): Answered =>
  ({ status, type: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: body.reason ?? '', status, ...body }) })

export class AnsweringDesk {
  readonly asked: Asked[] = []
  private rows: Row[] = []

  /** Set, or replace, the answer of an operation. */
  on<M extends Method, P extends PathOf<M>>(operation: `${M} ${P}`, answer: Answer<M, P>): this {
    const [method = '', path = ''] = operation.split(' ')
    const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    this.rows = [{ method, pattern, operation, run: answer as unknown as Row['run'] }, ...this.rows.filter((row) => row.operation !== operation)]
    return this
  }

  /** What was asked of an operation, in order. */
  questions(operation: Operation): Asked[] {
    return this.asked.filter((one) => one.operation === operation)
  }

  bodies(operation: Operation): unknown[] {
    return this.questions(operation).map((one) => one.body)
  }

  async answer({ method, url, body, who = null }: Question): Promise<Answered> {
    const { pathname, searchParams } = new URL(url, 'http://desk')
    for (const row of this.rows) {
      const match = row.method === method ? row.pattern.exec(pathname) : null
      if (match === null) continue
      const path = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]))
      const query = Object.fromEntries(searchParams)
      this.asked.push({ operation: row.operation, path, query, body })
      return this.said(await row.run({ path, query, body, who }))
    }
    return problem(new Refusal(404, { detail: '没有这个地址', reason: 'not-found' }))
  }

  private said(value: unknown): Answered {
    if (value instanceof Refusal) return problem(value)
    if (value instanceof Bytes) return { status: 200, type: value.type, body: value.body }
    return value === undefined ? { status: 204, type: '', body: '' } : { status: 200, type: 'application/json', body: JSON.stringify(value) }
  }
}
