/** What a seat asks of the switch through the desk. */
import { ask, askSound } from '@/api/client'

let page = ''

/** Name this page: the desk refuses the keys of a seat to a page that is not the active one. */
export function pageIs(name: string): void {
  page = name
}
const own = () => ({ query: { page } })

/** Each verb answers with the seat after it, and the call it is in. */
export const seat = {
  signIn: () => ask('POST', '/api/seat/sign-in', own()),
  signOut: () => ask('POST', '/api/seat/sign-out', own()),
  ready: (ready: boolean, reason: string) => ask('POST', '/api/seat/ready', { ...own(), body: { ready, reason } }),
  answer: (offer: string) => ask('POST', '/api/seat/answer', { ...own(), body: { offer } }),
  decline: (offer: string) => ask('POST', '/api/seat/decline', { ...own(), body: { offer } }),
  hangUp: (call: string) => ask('POST', '/api/seat/hang-up', { ...own(), body: { call } }),
  hold: (call: string) => ask('POST', '/api/seat/hold', { ...own(), body: { call } }),
  resume: (call: string) => ask('POST', '/api/seat/resume', { ...own(), body: { call } }),
  wrapUpDone: () => ask('POST', '/api/seat/wrap-up-done', own()),
  line: (offer_sdp: string) => ask('POST', '/api/seat/line', { ...own(), body: { offer_sdp }, deadlineMs: 12_000 }),
}

export const renderedVoice = () => askSound('/api/desk/mic')
export const testCall = (dialogue: string) => ask('POST', '/api/test-calls', { body: { dialogue } })
