/** What an agent does from anywhere, by button or key: answer, hang up, send the order, be ready. */
import { useRouter } from 'vue-router'
import { t } from '@/i18n'
import { manifest as telephony } from '@/rooms/telephony/manifest'
import { useKeys } from '@/shell/keys'
import { manifest } from '../manifest'
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLine } from '@/rooms/telephony/stores/line'
import { useNotices } from '@/shell/stores/notices'
import { usePresence } from '@/rooms/agent_desk/stores/presence'
import { useSeat } from '@/rooms/telephony/stores/seat'
import { useSession } from '@/shell/stores/session'

const typing = (): boolean => document.activeElement?.matches('input:not([type=radio]), textarea, select') ?? false

/** Put the cursor on the first field that wants attention. */
export function focusForm(where: 'first' | 'error'): void {
  const form = document.getElementById('order-form')
  const target = where === 'error'
    ? form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-error="true"] input')
    : form?.querySelector<HTMLElement>('input[type=radio]:checked, input[type=radio]')
  target?.focus()
}

export function useSeatActions() {
  const seat = useSeat()
  const line = useLine()
  const form = useForm()
  const contact = useContact()
  const notices = useNotices()
  const session = useSession()
  const router = useRouter()

  async function answer(): Promise<void> {
    const ringing = seat.offer
    if (ringing === null) return
    const wasTyping = typing()
    if (!(await seat.answer())) return
    if (router.currentRoute.value.name !== 'desk') await router.push({ name: 'desk' })
    await contact.open(ringing.contact)
    if (!wasTyping) requestAnimationFrame(() => focusForm('first'))
  }

  async function submit(): Promise<void> {
    if (form.contact === '' || form.sent || session.lock !== '') return
    if (router.currentRoute.value.name !== 'desk') {
      await router.push({ name: 'desk' }) // What is sent must be seen first; the next F9 sends.
      return
    }
    const order = await form.send(t('form.required'))
    if (order !== null) notices.good(t('form.sent', { order: order.order_no }))
    else if (Object.keys(form.errors).length > 0) requestAnimationFrame(() => focusForm('error'))
  }

  async function toggleReady(): Promise<void> {
    if (seat.state === 'offline') await seat.signIn()
    else if (seat.state === 'wrap') await seat.wrapUpDone()
    else if (line.mute) notices.bad(t('line.noReady'))
    else if (seat.state !== 'ready') await seat.ready()
  }

  return { answer, submit, toggleReady, hangUp: () => seat.hangUp(), toggleHold: () => seat.toggleHold() }
}

/** The keys of a seat act wherever its agent is, on the active page of the seat. */
export function useSeatKeys(): void {
  const presence = usePresence()
  const { submit, ...calls } = useSeatActions()
  const acts = (): boolean => !presence.elsewhere
  useKeys(telephony.title, telephony.keys.seat, calls, acts)
  useKeys(manifest.title, manifest.keys.seat, { submit }, acts)
}
