import { ask } from '@/api/client'
import type { Stage } from '@/api/types'

/** How many rows may be asked for, in steps; the desk gives 500 at most. */
export const LIMITS = ['100', '200', '500'] as const

export const orders = {
  list: (stage: Stage | '', limit: number) => ask('GET', '/api/orders', { query: { limit, ...(stage === '' ? {} : { stage }) } }),
  view: (order_no: string) => ask('GET', '/api/orders/{order_no}', { path: { order_no } }),
  followUp: (order_no: string, satisfied: boolean | null, excused: boolean, reason: string) =>
    ask('POST', '/api/orders/{order_no}/follow-up', { path: { order_no }, body: { satisfied, excused, reason } }),
}
