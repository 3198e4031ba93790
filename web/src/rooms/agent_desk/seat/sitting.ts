/** What a page does when it becomes, or is no longer, the active one of its seat, and when its session ends and comes back. */
import { watch } from 'vue'
import { useDrafts } from '@/rooms/agent_desk/stores/drafts'
import { useLine } from '@/rooms/telephony/stores/line'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { usePresence } from '@/rooms/agent_desk/stores/presence'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'

export function useSitting() {
  const session = useSession()
  const presence = usePresence()
  const drafts = useDrafts()
  const live = useLive()
  const line = useLine()
  const seat = useSeat()

  function open(): void {
    presence.standing = 'unknown'
    live.start()
  }

  function leave(): void {
    live.stop()
    line.close()
  }

  /** Take the seat: sign in, open the line, save what could not be saved. */
  async function take(): Promise<void> {
    drafts.writing = true
    await seat.signIn()
    line.open()
    await drafts.saveAll()
  }

  watch(() => presence.standing, (standing) => {
    if (standing === 'active') void take()
    if (standing !== 'elsewhere') return
    drafts.writing = false
    line.close()
  })
  watch(() => session.lock, (lock) => {
    if (lock !== 'ended') return
    drafts.writing = false // The talk goes on: the line belongs to the seat, not to the session.
    live.stop()
  })

  return { open, leave }
}
