/** What rings: the offer with the waits a screen counts, worked out where the message does not carry them. */
import type { OfferData, SnapshotData } from '@/api/live_types'
import type { OrderBrief } from '@/api/types'

export interface RingingOffer extends OfferData {
  caller_masked: string
  open_orders: OrderBrief[]
  expires_in_ms: number
  waited_ms: number
  /** performance.now() when it arrived; waits and leases are counted from here, not by the wall clock. */
  arrivedAt: number
}

/** The lease of an offer when nobody said it. */
const LEASE_MS = 6000

export function completed(offer: OfferData, now = Date.now(), monotonic = performance.now()): RingingOffer {
  const lease = offer.expires_at ? Date.parse(offer.expires_at) - now : LEASE_MS
  return {
    ...offer,
    caller_masked: offer.caller_masked ?? '',
    open_orders: offer.open_orders ?? [],
    expires_in_ms: offer.expires_in_ms ?? Math.min(LEASE_MS, Math.max(0, lease)),
    waited_ms: offer.waited_ms ?? Math.max(0, now - Date.parse(offer.invite_at)),
    arrivedAt: monotonic,
  }
}

/** The offer of a page that was opened while the seat rang. */
export function offerOf(snapshot: SnapshotData): RingingOffer | null {
  const { seat, call, contact_view: view } = snapshot
  if (seat?.state !== 'ringing' || seat.offer === null || call === null) return null
  return completed({
    contact: call.contact, call: call.call, offer: seat.offer, seat: seat.seat, line_name: call.line_name, dialled: call.dialled,
    queued_at: call.accepted_at, invite_at: call.invite_at, expires_at: '',
    caller_masked: view?.caller_masked ?? '', open_orders: view?.open_orders ?? [],
  })
}
