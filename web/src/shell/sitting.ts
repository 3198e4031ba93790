/** What a page does when it becomes, or is no longer, the active one of its seat, and when its session ends and comes back. */
import { watch } from 'vue'
import { useDrafts } from '@/stores/drafts'
import { useLine } from '@/stores/line'
import { useLive } from '@/stores/live'
import { usePresence } from '@/stores/presence'
import { useReveal } from '@/stores/reveal'
import { useSeat } from '@/stores/seat'
import { useSession } from '@/stores/session'

export function useSitting() {
  const session = useSession()
  const presence = usePresence()
  const drafts = useDrafts()
  const live = useLive()
  const line = useLine()
  const seat = useSeat()
  const reveal = useReveal()

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
    if (lock !== '') reveal.cancel() // A dialog would stand over the lock.
    if (lock !== 'ended') return
    drafts.writing = false // The talk goes on: the line belongs to the seat, not to the session.
    live.stop()
  })

  return { open, leave }
}
