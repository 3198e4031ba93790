/** Stores that are emptied when a person leaves, so that nothing of a call or a person stays for the next one at the page. */
import { defineStore, getActivePinia, type Pinia } from 'pinia'

interface Emptied {
  reset: () => void
}

const resets = new WeakMap<Pinia, Map<string, () => void>>()

/** A store with `reset`; the page knows it from its first use on. The only way to make a store. */
export function defineRoomStore<Id extends string, T extends Emptied>(id: Id, setup: () => T) {
  return defineStore(id, () => {
    const made = setup()
    const pinia = getActivePinia()
    if (pinia === undefined) throw new Error(`store ${id} is used before the page has its stores`)
    const known = resets.get(pinia) ?? new Map<string, () => void>()
    resets.set(pinia, known.set(id, made.reset))
    return made
  })
}

/** Empty everything that was learnt of callers and of the person who sat here; what was built on others goes first. */
export function emptyStores(): void {
  const pinia = getActivePinia()
  const known = pinia === undefined ? undefined : resets.get(pinia)
  for (const reset of [...(known?.values() ?? [])].reverse()) reset()
}
