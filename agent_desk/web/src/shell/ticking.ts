/** A clock for screens: reactive milliseconds, four times a second, stopped with its component. */
import { onScopeDispose, ref, type Ref } from 'vue'

export function useTicking(everyMs = 250): { wall: Ref<number>; monotonic: Ref<number> } {
  const wall = ref(Date.now())
  const monotonic = ref(performance.now())
  const timer = setInterval(() => {
    wall.value = Date.now()
    monotonic.value = performance.now()
  }, everyMs)
  onScopeDispose(() => clearInterval(timer))
  return { wall, monotonic }
}
