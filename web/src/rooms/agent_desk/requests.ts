/** What is asked about contacts and people to ring back. */
import { ask } from '@/api/client'
import type { DraftPatch, OrderForm, SuggestionUse } from '@/api/types'

/** How many rows may be asked for, in steps. */
export const LIMITS = ['100', '200', '500'] as const

export const contacts = {
  list: (limit: number) => ask('GET', '/api/contacts', { query: { limit } }),
  view: (contact: string) => ask('GET', '/api/contacts/{contact}', { path: { contact } }),
  openMatter: (contact: string) => ask('POST', '/api/contacts/{contact}/matters', { path: { contact } }),
  saveDraft: (contact: string, body: DraftPatch, matter: string) =>
    ask('PATCH', '/api/contacts/{contact}/matters/{matter}/draft', { path: { contact, matter }, body }),
  sendOrder: (contact: string, body: OrderForm, matter: string) =>
    ask('POST', '/api/contacts/{contact}/matters/{matter}/order', { path: { contact, matter }, body }),
  use: (contact: string, entry: string, use: SuggestionUse, version: number) =>
    ask('POST', '/api/contacts/{contact}/suggestions/{entry}', { path: { contact, entry }, body: { use, version } }),
  reveal: (contact: string, why: string) => ask('POST', '/api/contacts/{contact}/reveal', { path: { contact }, body: { why } }),
}

export const callbacks = {
  list: () => ask('GET', '/api/callbacks'),
  claim: (contact: string) => ask('POST', '/api/callbacks/{contact}/claim', { path: { contact } }),
  done: (contact: string) => ask('POST', '/api/callbacks/{contact}/done', { path: { contact } }),
}
