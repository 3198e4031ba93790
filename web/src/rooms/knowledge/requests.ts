import { ask } from '@/api/client'

export const search = (q: string) => ask('GET', '/api/knowledge/search', { query: { q } })
