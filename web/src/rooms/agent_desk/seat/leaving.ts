/** Leaving the desk: never in the middle of a talk without asking, never with unsaved text without saying so. */
import { ref, watch } from 'vue'
import { sentenceOf } from '@/api/client'
import { emptyStores } from '@/shell/stores/room_store'
import { useDrafts } from '../stores/drafts'
import { useNotices } from '@/shell/stores/notices'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'

/** What stands in the way: a citizen on the line, or text that is not saved. */
export type Obstacle = '' | 'call' | 'drafts'

export function useLeaving() {
  const session = useSession()
  const seat = useSeat()
  const drafts = useDrafts()
  const notices = useNotices()
  const asking = ref<Obstacle>('')
  /** The agent leaves when the talk and its after-call work are over. */
  const afterCall = ref(false)
  const busy = ref(false)

  async function leave(anyway = false): Promise<void> {
    asking.value = ''
    if (busy.value) return
    if (seat.talking) {
      asking.value = 'call'
      return
    }
    busy.value = true
    try {
      if (!(await drafts.saveAll()) && !anyway) asking.value = 'drafts'
      else await close()
    } catch (error) {
      notices.bad(sentenceOf(error))
    } finally {
      busy.value = false
    }
  }

  /** The seat first: a call that came in this moment keeps the agent here. */
  async function close(): Promise<void> {
    const signedOut = !session.sits || seat.state === 'offline' || (await seat.signOut())
    if (!signedOut && seat.talking) {
      asking.value = 'call'
      return
    }
    await session.close()
    afterCall.value = false
    emptyStores()
  }

  /** No further call comes; the rest follows when the seat is free. */
  async function leaveAfterCall(): Promise<void> {
    asking.value = ''
    afterCall.value = true
    await seat.notReady('break')
  }

  async function hangUpAndLeave(): Promise<void> {
    await leaveAfterCall()
    await seat.hangUp()
  }

  function stay(): void {
    asking.value = ''
    afterCall.value = false
  }

  watch(() => seat.state, (state) => {
    if (afterCall.value && ['not-ready', 'ready', 'offline'].includes(state)) void leave()
  })

  return { asking, afterCall, busy, leave, leaveAfterCall, hangUpAndLeave, stay }
}
