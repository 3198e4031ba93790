/** What every page asks: who is here, and what the city is. */
import { ask } from '@/api/client'

export const session = {
  open: (login: string, password: string) => ask('POST', '/api/session', { body: { login, password }, quiet401: true }),
  current: () => ask('GET', '/api/session', { quiet401: true }),
  close: () => ask('DELETE', '/api/session'),
  state: () => ask('GET', '/api/session/state'),
  renew: () => ask('POST', '/api/session/renew'),
  unlock: (password: string) => ask('POST', '/api/session/unlock', { body: { password }, quiet401: true }),
}

export const setup = () => ask('GET', '/api/desk/setup')
