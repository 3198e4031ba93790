/** Who takes in each kind of live message, one room a kind; a kind that no room handles does not compile. */
import type { LiveHandlers } from '@/api/live_types'
import { live as telephony } from '@/rooms/telephony/live'
import { live as agentDesk } from './live'

export const LIVE_PARTS = { telephony, agentDesk } as const

export const liveHandlers: LiveHandlers = { ...LIVE_PARTS.telephony, ...LIVE_PARTS.agentDesk }
