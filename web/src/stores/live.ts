/** The live socket's messages, handed to the stores they are about. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { LiveSocket, type LiveStatus } from '@/api/live'
import type { LiveData, LiveHandlers, LiveKind } from '@/api/live_types'
import type { OrderBrief } from '@/api/types'
import { t } from '@/i18n'
import { newsOf } from '@/orders/news'
import { useContact } from './contact'
import { useForm } from './form'
import { useNotices } from './notices'
import { usePresence } from './presence'
import { useSeat } from './seat'
import { useSession } from './session'

export const useLive = defineStore('live', () => {
  const seat = useSeat()
  const presence = usePresence()
  const contact = useContact()
  const form = useForm()
  const session = useSession()
  const notices = useNotices()
  const status = ref<LiveStatus>('idle')
  const lostAt = ref(0)
  /** The order that was heard of last; pages that show it follow. */
  const movedOrder = shallowRef<OrderBrief | null>(null)
  let socket: LiveSocket | null = null

  const handlers: LiveHandlers = {
    snapshot: (data) => {
      seat.replace(data)
      const view = data.contact_view
      if (view !== null && data.seat?.state !== 'ringing') contact.show(view)
      else void contact.resume()
    },
    seat: (data) => seat.applySeat(data),
    call: (data) => seat.applyCall(data),
    offer: (data) => seat.applyOffer(data),
    'offer-ended': (data) => seat.endOffer(data.offer),
    connected: (_data, about) => void contact.open(about),
    ended: (data, about) => {
      seat.callEnded(data.call, data.reason)
      contact.callEnded(about)
    },
    'speech-started': (data) => contact.speechStarted(data),
    'speech-ended': (data) => contact.speechEnded(data),
    partial: (data) => contact.partial(data),
    final: (data) => contact.final(data),
    'transcript-closed': (data, about) => {
      if (about === contact.current) contact.transcriptClosed(data.complete)
    },
    suggestions: (data, about) => {
      if (about === contact.current) contact.suggest(data)
    },
    draft: (data, about) => form.propose(about, data.revision, data.fields),
    recogniser: (data) => seat.applyRecogniser(data),
    order: (data, about) => orderMoved(about, data),
  }

  function orderMoved(about: string, order: OrderBrief): void {
    movedOrder.value = order
    contact.orderMoved(about, order)
    const news = newsOf(order)
    if (news !== '') notices.plain(news)
  }

  /** Hand a message to the stores it is about; what throws is reported by the socket, which comes back for a snapshot. */
  function dispatch<K extends LiveKind>(kind: K, data: LiveData[K], about = ''): void {
    const handler: LiveHandlers[K] | undefined = handlers[kind]
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
    movedOrder.value = null
  }

  return { status, lostAt, movedOrder, start, stop, retry, takeOver, dispatch, position, reset }
})
