/** Whether this page is the active one of its seat: only that one holds the line, writes and uses the keys. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref } from 'vue'
import { pageIs } from '@/rooms/telephony/requests'

export type Standing = 'unknown' | 'active' | 'elsewhere'

const KEY = 'hotline.page'

function fresh(): string {
  const name = crypto.randomUUID()
  sessionStorage.setItem(KEY, name)
  return name
}

export const usePresence = defineRoomStore('presence', () => {
  const standing = ref<Standing>('unknown')
  const elsewhere = computed(() => standing.value === 'elsewhere')
  /** Kept over a reload, so that the page takes its own place again; a copied tab has its own from its first refusal on. */
  const name = ref(sessionStorage.getItem(KEY) ?? fresh())
  pageIs(name.value)

  /** How the page presents itself at a new connection. */
  function introduce(): { name: string; waits: boolean } {
    if (elsewhere.value) name.value = fresh()
    pageIs(name.value)
    return { name: name.value, waits: elsewhere.value }
  }

  function stand(active: boolean): void {
    standing.value = active ? 'active' : 'elsewhere'
  }

  function reset(): void {
    standing.value = 'unknown'
    sessionStorage.removeItem(KEY)
    name.value = fresh()
    pageIs(name.value)
  }

  return { standing, elsewhere, name, introduce, stand, reset }
})
