/** The live socket's messages, handed to the stores they are about. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { ref } from 'vue'
import { LiveSocket, type LiveStatus } from '@/api/live'
import type { LiveData, LiveHandlers, LiveKind } from '@/api/live_types'
import { t } from '@/i18n'
import { liveHandlers } from '@/rooms/agent_desk/live_handlers'
import { useNotices } from '@/shell/stores/notices'
import { usePresence } from './presence'
import { useSession } from '@/shell/stores/session'

export const useLive = defineRoomStore('live', () => {
  const presence = usePresence()
  const session = useSession()
  const notices = useNotices()
  const status = ref<LiveStatus>('idle')
  const lostAt = ref(0)
  let socket: LiveSocket | null = null

  /** Hand a message to the stores it is about; what throws is reported by the socket, which comes back for a snapshot. */
  function dispatch<K extends LiveKind>(kind: K, data: LiveData[K], about = ''): void {
    const handler: LiveHandlers[K] | undefined = liveHandlers[kind]
    if (handler === undefined) console.error('live message of an unknown kind', kind) // A newer desk; nothing of ours is wrong.
    else handler(data, about)
  }

  function fault(error: unknown): void {
    console.error('live message not taken in', error)
    notices.bad(t('app.live.fault'))
  }

  function become(next: LiveStatus): void {
    if (next === 'lost' && status.value !== 'lost') {
      lostAt.value = Date.now()
      // A socket that is turned away says nothing; the session does (a 401 locks the page).
      void session.restore().catch(() => undefined)
    }
    status.value = next
  }

  function start(): void {
    stop()
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    socket = new LiveSocket({
      url: `${scheme}://${location.host}/api/desk/live`, page: presence.introduce, onStanding: presence.stand,
      onMessage: dispatch, onStatus: become, onFault: fault, onEnded: session.end,
      alive: () => session.restore().then(() => true),
    })
    socket.open()
    addEventListener('online', retry)
  }

  function stop(): void {
    removeEventListener('online', retry)
    socket?.close()
    socket = null
  }

  const retry = (): void => socket?.retryNow()
  const takeOver = (): void => socket?.takeOver()
  const position = (): { epoch: string; n: number } => ({ epoch: socket?.epoch ?? '', n: socket?.n ?? 0 })

  function reset(): void {
    stop()
    status.value = 'idle'
    lostAt.value = 0
  }

  return { status, lostAt, start, stop, retry, takeOver, dispatch, position, reset }
})
