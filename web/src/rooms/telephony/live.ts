/** Live messages of the seat and of what rings. */
import type { LiveHandlers } from '@/api/live_types'
import { useSeat } from './stores/seat'

export const live = {
  seat: (data) => useSeat().applySeat(data),
  call: (data) => useSeat().applyCall(data),
  'offer-ended': (data) => useSeat().endOffer(data.offer),
  recogniser: (data) => useSeat().applyRecogniser(data),
} satisfies Partial<LiveHandlers>
