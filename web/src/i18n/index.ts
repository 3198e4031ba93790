/** Words of the pages by key. A second language is a second table with the same keys. */
import { zhCN as desk } from './zh-CN'
import { figuresZhCN } from './zh-CN.figures'
import { sittingZhCN } from './zh-CN.sitting'

const zhCN = { ...desk, ...figuresZhCN, ...sittingZhCN }

export type Key = keyof typeof zhCN

/** The sentence of a key; `{name}` is replaced by `values.name`. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return zhCN[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The word of a code, e.g. `wordOf('seat.state', 'ready')`; an unknown code is shown as it is. */
export function wordOf(group: string, code: string): string {
  const key = `${group}.${code}`
  return key in zhCN ? zhCN[key as Key] : code
}
