import type { Key } from '@/i18n'

/** A column of a table; its cells stand in the slot of its name. */
export interface Column {
  name: string
  word: Key
  /** `fixed` does not break, `number` stands at the right. */
  kind?: 'fixed' | 'number' | 'number mono' | 'number fixed'
  /** The heading is only for screen readers: the cells say what they are. */
  hidden?: boolean
}
