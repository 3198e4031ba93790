/** The order that was heard of last; pages that show it follow. */
import { shallowRef } from 'vue'
import type { OrderBrief } from '@/api/types'
import { defineRoomStore } from '@/shell/stores/room_store'

export const useMoved = defineRoomStore('moved-order', () => {
  const last = shallowRef<OrderBrief | null>(null)

  function reset(): void {
    last.value = null
  }

  return { last, reset }
})
