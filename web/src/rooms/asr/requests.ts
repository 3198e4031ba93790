/** The sound behind a transcript; each look is audited with its reason. */
import { askSound } from '@/api/client'

export const audio = (contact: string, fromMs: number, toMs: number, why: string) =>
  askSound('/api/contacts/{contact}/audio', { path: { contact }, query: { from_ms: fromMs, to_ms: toMs, why } })
