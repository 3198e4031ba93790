/** Live messages of the contact on the workspace: its talk, what is suggested and proposed for it, and its order. */
import type { LiveHandlers } from '@/api/live_types'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useMoved } from '@/rooms/work_orders/moved'
import { newsOf } from '@/rooms/work_orders/news'
import { useNotices } from '@/shell/stores/notices'
import { contacts } from './requests'
import { useContact } from './stores/contact'
import { useForm } from './stores/form'

/** What the caller still has open, for the offer that rings. */
async function lookUp(offer: string, contact: string): Promise<void> {
  try {
    useSeat().openOrders(offer, (await contacts.view(contact)).open_orders)
  } catch {
    // The call can be answered all the same; the workspace asks again and shows why it cannot.
  }
}

export const live = {
  snapshot: (data) => {
    useSeat().replace(data)
    const view = data.contact_view
    if (view !== null && data.seat?.state !== 'ringing') useContact().show(view)
    else void useContact().resume()
  },
  offer: (data) => {
    useSeat().applyOffer(data)
    void lookUp(data.offer, data.contact)
  },
  connected: (_data, about) => void useContact().open(about),
  ended: (data, about) => {
    useSeat().callEnded(data.call, data.reason)
    useContact().callEnded(about)
  },
  'speech-started': (data) => useContact().speechStarted(data),
  'speech-ended': (data) => useContact().speechEnded(data),
  partial: (data) => useContact().partial(data),
  final: (data) => useContact().final(data),
  'transcript-closed': (data, about) => {
    if (about === useContact().current) useContact().transcriptClosed(data.complete)
  },
  suggestions: (data, about) => {
    if (about === useContact().current) useContact().suggest(data)
  },
  draft: (data, about) => useForm().propose(about, data.revision, data.fields),
  order: (data, about) => {
    useMoved().last = data
    useContact().orderMoved(about, data)
    const news = newsOf(data)
    if (news !== '') useNotices().plain(news)
  },
} satisfies Partial<LiveHandlers>
