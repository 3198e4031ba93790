import { ask } from '@/api/client'
import type { Stage } from '@/api/types'

export const orders = {
  list: (stage: Stage | '') => ask('GET', '/api/orders', { query: { limit: 200, ...(stage === '' ? {} : { stage }) } }),
  view: (order_no: string) => ask('GET', '/api/orders/{order_no}', { path: { order_no } }),
  followUp: (order_no: string, satisfied: boolean | null, excused: boolean, reason: string) =>
    ask('POST', '/api/orders/{order_no}/follow-up', { path: { order_no }, body: { satisfied, excused, reason } }),
}
