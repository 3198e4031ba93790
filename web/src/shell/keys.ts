/** Keys of the seat. F-keys work while typing too; the buttons show them. */
import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'
import { t } from '@/i18n'
import { useContact } from '@/stores/contact'
import { useForm } from '@/stores/form'
import { useLine } from '@/stores/line'
import { useNotices } from '@/stores/notices'
import { usePresence } from '@/stores/presence'
import { useSeat } from '@/stores/seat'
import { useSession } from '@/stores/session'

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

  return { answer, submit, toggleReady, hangUp: () => seat.hangUp() }
}

export function useKeys(): void {
  const session = useSession()
  const presence = usePresence()
  const actions = useSeatActions()
  const keys: Record<string, () => Promise<unknown>> = {
    F2: actions.answer, F8: actions.hangUp, F9: actions.submit, F10: actions.toggleReady,
  }
  const onKey = (event: KeyboardEvent): void => {
    const run = keys[event.key]
    if (run === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !session.sits || presence.elsewhere) return
    event.preventDefault()
    if (!event.repeat) void run()
  }
  onMounted(() => addEventListener('keydown', onKey, true))
  onBeforeUnmount(() => removeEventListener('keydown', onKey, true))
}
