/** What a page was asked for, kept in its address: a reload, a link and Back find it again. */
import { reactive, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

/** One thing a page can be asked for; `of` are the only values it takes. */
export interface Asked {
  initial: string
  of?: readonly string[]
}
type Values<Fields extends Record<string, Asked>> = {
  -readonly [Name in keyof Fields]: Fields[Name] extends { of: readonly (infer One)[]; initial: infer First } ? One | First : string
}

/** The values of an address: what is missing or unknown is as at first. */
export function readAddress(query: LocationQuery, fields: Readonly<Record<string, Asked>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, { initial, of }]) => {
    const said = query[name]
    return [name, typeof said === 'string' && (of === undefined || of.includes(said)) ? said : initial]
  }))
}

/** The address of some values: what is as at first is left out, what others keep there stays. */
export function writeAddress(query: LocationQuery, values: Readonly<Record<string, string>>, fields: Readonly<Record<string, Asked>>): LocationQuery {
  const others = Object.entries(query).filter(([name]) => fields[name] === undefined)
  const own = Object.entries(values).filter(([name, value]) => value !== fields[name]?.initial)
  return Object.fromEntries([...others, ...own])
}

/** Values to bind to filters; they follow the address and the address follows them. */
export function useAddress<const Fields extends Record<string, Asked>>(fields: Fields): Values<Fields> {
  const route = useRoute()
  const router = useRouter()
  const values = reactive(readAddress(route.query, fields))
  let writing = 0

  watch(values, async (next) => {
    writing += 1
    await router.replace({ query: writeAddress(route.query, next, fields) })
    writing -= 1
  })
  // Another address of the same page, e.g. by the menu; the page's own writing comes back here too and changes nothing.
  watch(() => route.query, (query) => { if (writing === 0) Object.assign(values, readAddress(query, fields)) }, { flush: 'sync' })
  return values as Values<Fields>
}
