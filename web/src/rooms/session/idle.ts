/** Locks the page after a while without a key or click, and renews the session while there are some. */
import { onBeforeUnmount, onMounted, watch } from 'vue'
import { Problem, sentenceOf } from '@/api/client'
import { session as api } from '@/shell/requests'
import type { SessionState } from '@/api/types'
import { t } from '@/i18n'
import { useClock } from '@/shell/stores/clock'
import { useNotices } from '@/shell/stores/notices'
import { useSession } from '@/shell/stores/session'

export const RENEW_EVERY_MS = 60_000
/** So long before the session is over for good the agent is told. */
const WARN_MS = 5 * 60_000
const INPUTS = ['keydown', 'pointerdown', 'wheel', 'touchstart'] as const

/** `talking`: whether a talk is going on, which counts as being there. */
export function useIdle(talking: () => boolean = () => false) {
  const clock = useClock()
  const session = useSession()
  const notices = useNotices()
  let state: SessionState | null = null
  let inputAt = clock.monotonic
  let renewedAt = clock.monotonic
  let warned = false

  const touch = (): void => { inputAt = performance.now() }

  async function ask(question: () => Promise<SessionState>): Promise<void> {
    try {
      state = await question()
    } catch (error) {
      // A desk that is away is said by the banner, a 401 by the lock.
      if (!(error instanceof Problem) || !(error.transient || error.status === 401)) notices.bad(sentenceOf(error))
    }
  }

  async function start(): Promise<void> {
    warned = false
    touch()
    await ask(api.state)
  }

  function look(): void {
    if (state === null || session.principal === null || session.lock !== '') return
    if (talking()) touch() // Who talks with a citizen is there.
    if (clock.monotonic - inputAt > state.idle_lock_s * 1000) return session.lockIdle()
    if (inputAt > renewedAt && clock.monotonic - renewedAt > RENEW_EVERY_MS) {
      renewedAt = clock.monotonic
      void ask(api.renew)
    }
    warn(Date.parse(state.expires_at) - clock.wall)
  }

  function warn(left: number): void {
    if (left > WARN_MS) warned = false
    if (warned || left > WARN_MS || left < 0) return
    warned = true
    notices.bad(t('lock.soon', { minutes: Math.max(1, Math.round(left / 60_000)) }))
  }

  watch(() => clock.monotonic, look)
  watch(() => session.lock, (lock) => { if (lock === '') touch() })
  onMounted(() => INPUTS.forEach((name) => addEventListener(name, touch, { capture: true, passive: true })))
  onBeforeUnmount(() => INPUTS.forEach((name) => removeEventListener(name, touch, { capture: true })))

  return { start }
}
