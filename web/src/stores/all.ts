/** Every store of the page, in one list: at log-out each is emptied, so that nothing stays for the next person. */
import { jump } from '@/transcript/jump'
import { usePlayer } from '@/transcript/player'
import { useClock } from './clock'
import { useContact } from './contact'
import { useDrafts } from './drafts'
import { useForm } from './form'
import { useLine } from './line'
import { useLive } from './live'
import { useNotices } from './notices'
import { usePresence } from './presence'
import { useReveal } from './reveal'
import { useSeat } from './seat'
import { useSession } from './session'

export const STORES = {
  live: useLive, line: useLine, contact: useContact, form: useForm, drafts: useDrafts, reveal: useReveal, player: usePlayer,
  presence: usePresence, seat: useSeat, notices: useNotices, session: useSession, clock: useClock,
} as const

/** Empty everything that was learnt of callers and of the person who sat here. */
export function emptyStores(): void {
  for (const use of Object.values(STORES)) use().reset()
  jump.value = null
}
