/** What may be asked of the desk, as the generated paths say it: `GET /api/orders/{order_no}`. */
import type { paths } from './schema'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Told<P extends keyof paths, M extends Method> = NonNullable<paths[P][Lowercase<M> & keyof paths[P]]>

/** Paths that have this method. */
export type PathOf<M extends Method> = { [P in keyof paths]: [Told<P, M>] extends [never] ? never : P }[keyof paths]
/** Every operation there is; the session says which of them the person's role is let in to. */
export type Operation = { [M in Method]: `${M} ${PathOf<M>}` }[Method]
