/** Words of the pages by key, a file a room. A second language is a second file a room with the same keys. */
import { words as agentDesk } from '@/rooms/agent_desk/words'
import { words as analytics } from '@/rooms/analytics/words'
import { words as asr } from '@/rooms/asr/words'
import { words as knowledge } from '@/rooms/knowledge/words'
import { words as session } from '@/rooms/session/words'
import { words as telephony } from '@/rooms/telephony/words'
import { words as workOrders } from '@/rooms/work_orders/words'
import { words as shell } from '@/shell/words'

const words = { ...shell, ...session, ...telephony, ...asr, ...workOrders, ...knowledge, ...agentDesk, ...analytics }

export type Key = keyof typeof words

/** The sentence of a key; `{name}` is replaced by `values.name`. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The word of a code, e.g. `wordOf('seat.state', 'ready')`; an unknown code is shown as it is. */
export function wordOf(group: string, code: string): string {
  const key = `${group}.${code}`
  return key in words ? words[key as Key] : code
}
