/** What rings: the offer with its caller's open orders, and the instant from which waits are counted. */
import type { OfferData, SnapshotData } from '@/api/live_types'
import type { OrderBrief } from '@/api/types'

export interface RingingOffer extends OfferData {
  open_orders: OrderBrief[]
  /** performance.now() when it arrived; waits and leases are counted from here, not by the wall clock. */
  arrivedAt: number
}

/** The lease of an offer that was met in a snapshot, which does not say it. */
const LEASE_MS = 6000

export const arrived = (offer: OfferData, open_orders: OrderBrief[] = [], monotonic = performance.now()): RingingOffer =>
  ({ ...offer, open_orders, arrivedAt: monotonic })

/** The offer of a page that was opened while the seat rang. */
export function offerOf(snapshot: SnapshotData, now = Date.now()): RingingOffer | null {
  const { seat, call, contact_view: view } = snapshot
  if (seat?.state !== 'ringing' || seat.offer === null || call === null) return null
  const expires_at = new Date(Date.parse(seat.since) + LEASE_MS).toISOString()
  const left = Date.parse(expires_at) - now
  return arrived({
    contact: call.contact, call: call.call, offer: seat.offer, seat: seat.seat, line_name: call.line_name, dialled: call.dialled,
    queued_at: call.accepted_at, invite_at: call.invite_at, expires_at, caller_masked: view?.caller_masked ?? '',
    expires_in_ms: Math.min(LEASE_MS, Math.max(0, left)), waited_ms: Math.max(0, now - Date.parse(call.invite_at)),
  }, view?.open_orders ?? [])
}
