/** What may be asked of the desk and how, as the generated paths say it: `GET /api/orders/{order_no}`. */
import type { paths } from './schema'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Told<M extends Method, P extends keyof paths> = NonNullable<paths[P][Lowercase<M> & keyof paths[P]]>

/** Paths that have this method. */
export type PathOf<M extends Method> = { [P in keyof paths]: [Told<M, P>] extends [never] ? never : P }[keyof paths]
/** Every operation there is; the session says which of them the person's role is let in to. */
export type Operation = { [M in Method]: `${M} ${PathOf<M>}` }[Method]

type Part<Spec, Name extends string> = Spec extends { parameters: Record<Name, infer Given> } ? { [K in Name]: Given } : unknown
type Asked<Spec> = Spec extends { parameters: { query?: infer Given } } ? ([NonNullable<Given>] extends [never] ? unknown : { query?: NonNullable<Given> }) : unknown
type Body<Spec> = Spec extends { requestBody: { content: { 'application/json': infer Given } } } ? { body: Given } : unknown

/** What an operation wants: the parts of its path, its body, and what may stand in its query. */
export type Given<M extends Method, P extends PathOf<M>> = Part<Told<M, P>, 'path'> & Asked<Told<M, P>> & Body<Told<M, P>>

type Answers<Spec> = Spec extends { responses: infer All } ? All[keyof All & (200 | 201 | 202)] : never
/** What an operation answers with; nothing where it has no content. */
export type Reply<M extends Method, P extends PathOf<M>> =
  [Answers<Told<M, P>>] extends [never] ? void : Answers<Told<M, P>> extends { content: { 'application/json': infer Said } } ? Said : unknown
