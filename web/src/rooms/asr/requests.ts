/** The sound behind a transcript; each look is audited with its reason. */
import { askSound } from '@/api/client'

export const audio = (contact: string, call: string, fromMs: number, toMs: number, why: string) =>
  askSound('/api/contacts/{contact}/calls/{call}/audio', { path: { contact, call }, query: { from_ms: fromMs, to_ms: toMs, why } })
