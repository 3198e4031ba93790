/** What of an order's way an agent is told, and how rows on the screen follow it. */
import type { OrderBrief, Stage } from '@/api/types'
import { t, type Key } from '@/i18n'

/** 受理 and 转办 are the agent's own doing, which the form has said already. */
const NEWS: Readonly<Record<Stage, Key | null>> = {
  accept: null,
  dispatch: null,
  assign: 'orders.news.assign',
  handle: 'orders.news.handle',
  supervise: 'orders.news.supervise',
  'follow-up': 'orders.news.follow-up',
  archive: 'orders.news.archive',
}

/** The sentence about where an order stands now; '' when it is no news: a 直办 is over with the call. */
export function newsOf(order: OrderBrief): string {
  const key = order.unit === null ? null : NEWS[order.stage]
  return key === null ? '' : t(key, { order: order.order_no, unit: order.unit_name })
}

/** Rows with the one of this order as it is now. */
export const withMoved = (rows: readonly OrderBrief[], moved: OrderBrief): OrderBrief[] =>
  rows.map((row) => (row.order_no === moved.order_no ? moved : row))
