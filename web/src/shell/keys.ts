/** One registry of keys: whoever binds some lists them, F1 shows what is bound now, and no two act on the same key. */
import { computed, onBeforeUnmount, onMounted, shallowRef } from 'vue'
import type { Key } from '@/i18n'

/** A key as it is shown: `F9`, `Alt+1`, `?`. `shownOnly`: the field itself handles it, the list only tells of it. */
export interface KeyRow {
  key: string
  word: Key
  shownOnly?: boolean
}
export type KeyRows = Readonly<Record<string, KeyRow>>
type Runs<Rows extends KeyRows> = { [Name in keyof Rows as Rows[Name] extends { shownOnly: true } ? never : Name]: () => unknown }

interface Binding {
  title: Key
  rows: readonly KeyRow[]
  runs: ReadonlyMap<string, () => unknown>
  when: () => boolean
}

const bindings = shallowRef<readonly Binding[]>([])

export interface Listed {
  title: Key
  rows: readonly KeyRow[]
  acts: boolean
}

/** What is bound now, a group a room; `acts` is false while the keys of a group wait, e.g. on a page that only shows. */
export const boundKeys = computed((): Listed[] => {
  const groups = new Map<Key, Listed>()
  for (const { title, rows, when } of bindings.value) {
    const known = groups.get(title)
    groups.set(title, { title, rows: [...(known?.rows ?? []), ...rows], acts: (known?.acts ?? true) && when() })
  }
  return [...groups.values()]
})

const typing = (): boolean => document.activeElement?.matches('input:not([type=radio]):not([type=checkbox]), textarea, select') ?? false

/** The name of the pressed key, without what only types: `Alt+1` whatever the keyboard's layout makes of it. */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>): string {
  const base = event.altKey ? (/^(?:Digit|Key)([\dA-Z])$/.exec(event.code)?.[1] ?? event.key) : event.key
  const printed = base.length === 1
  return [event.ctrlKey && 'Ctrl', event.altKey && 'Alt', event.metaKey && 'Meta', event.shiftKey && !printed && 'Shift', base].filter(Boolean).join('+')
}

function onKey(event: KeyboardEvent): void {
  const name = nameOf(event)
  if (name.length === 1 && typing()) return
  const run = bindings.value.filter((one) => one.when()).map((one) => one.runs.get(name)).find((one) => one !== undefined)
  if (run === undefined) return
  event.preventDefault()
  if (!event.repeat) run()
}

function bind(binding: Binding): void {
  if (bindings.value.length === 0) addEventListener('keydown', onKey, true)
  bindings.value = [...bindings.value, binding]
}

function unbind(binding: Binding): void {
  bindings.value = bindings.value.filter((one) => one !== binding)
  if (bindings.value.length === 0) removeEventListener('keydown', onKey, true)
}

/** Bind the rows of a context while the component that asks is there; `when` says whether they act now. */
export function useKeys<Rows extends KeyRows>(title: Key, rows: Rows, runs: Runs<Rows>, when: () => boolean = () => true): void {
  const acts = runs as Readonly<Record<string, () => unknown>>
  const named = Object.entries(rows).flatMap(([name, row]) => (acts[name] === undefined ? [] : [[row.key, acts[name]] as const]))
  const binding: Binding = { title, rows: Object.values(rows), runs: new Map(named), when }
  onMounted(() => bind(binding))
  onBeforeUnmount(() => unbind(binding))
}
