/** Plain numbers on request: a reason is asked for first, the look is written down by the desk. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { ref } from 'vue'
import { sentenceOf } from '@/api/client'
import { contacts } from '@/rooms/agent_desk/requests'

export const SHORTEST_REASON = 4

export const useReveal = defineRoomStore('reveal', () => {
  /** The contact whose number is asked for; '' while no dialog is open. */
  const asking = ref('')
  const masked = ref('')
  const busy = ref(false)
  const error = ref('')
  /** Numbers that were shown to this person, by contact. */
  const numbers = ref<Record<string, string>>({})

  function ask(contact: string, caller_masked: string): void {
    if (contact === '') return
    asking.value = contact
    masked.value = caller_masked
    error.value = ''
  }

  function cancel(): void {
    asking.value = masked.value = error.value = ''
  }

  async function confirm(why: string): Promise<void> {
    const contact = asking.value
    if (contact === '' || busy.value) return
    busy.value = true
    error.value = ''
    try {
      const { value } = await contacts.reveal(contact, why.trim())
      if (asking.value !== contact) return
      numbers.value = { ...numbers.value, [contact]: value }
      cancel()
    } catch (caught) {
      if (asking.value === contact) error.value = sentenceOf(caught)
    } finally {
      busy.value = false
    }
  }

  function reset(): void {
    cancel()
    numbers.value = {}
    busy.value = false
  }

  return { asking, masked, busy, error, numbers, ask, cancel, confirm, reset }
})
