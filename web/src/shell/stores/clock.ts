/** The one clock of the screens: what is shown of time follows these values and ages by itself. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref } from 'vue'

const EVERY_MS = 250
const MINUTE_MS = 60_000

export const useClock = defineRoomStore('clock', () => {
  /** Milliseconds since 1970 by this computer. */
  const wall = ref(Date.now())
  /** Milliseconds that never jump: durations are counted by this one. */
  const monotonic = ref(performance.now())
  /** `wall` at the begin of its minute: for texts that need no seconds, so that they are not made anew all the time. */
  const minute = computed(() => Math.floor(wall.value / MINUTE_MS) * MINUTE_MS)

  function reset(): void {
    wall.value = Date.now()
    monotonic.value = performance.now()
  }
  setInterval(reset, EVERY_MS)

  return { wall, monotonic, minute, reset }
})
