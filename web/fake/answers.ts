/** What the scripted desk answers to each operation that a page asks. */
import { randomUUID } from 'node:crypto'
import { Bytes, Refusal, AnsweringDesk } from './desk.ts'
import { matterOf, mayOf, saved, sessionState } from './made.ts'
import * as samples from './samples.ts'
import type { ScriptedDesk } from './scripted.ts'
import { SUGGESTIONS } from './talk.ts'
import type { Schemas, SeatDone } from '../src/api/types'

/** Number of the first order that is sent here. */
const FIRST_NO = 202611230000178

const HOUR_MS = 3600_000
const now = (): string => new Date().toISOString()
const missing = (detail: string): Refusal => new Refusal(404, { detail, reason: 'not-found' })

export interface Surroundings {
  /** After how many seconds without a key the page locks. */
  idleS: number
  /** Asked for SDP answers: POST offer text, answer text; '' refuses lines. */
  lineAnswerer: string
}

/** A second of 440 Hz, s16le at 8 kHz, as WAV. */
function tone(): Bytes {
  const count = 8000
  const wav = Buffer.alloc(44 + count * 2)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + count * 2, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  for (const [value, at] of [[1, 20], [1, 22], [2, 32], [16, 34]] as const) wav.writeUInt16LE(value, at)
  wav.writeUInt32LE(8000, 24)
  wav.writeUInt32LE(16_000, 28)
  wav.write('data', 36)
  wav.writeUInt32LE(count * 2, 40)
  for (let at = 0; at < count; at++) wav.writeInt16LE(Math.round(6000 * Math.sin((at / 8000) * 2 * Math.PI * 440)), 44 + at * 2)
  return new Bytes('audio/wav', Uint8Array.from(wav))
}

function wrongFields(form: Schemas['OrderForm']): Record<string, string> {
  const fields: Record<string, string> = {}
  if (form.title.trim().length < 4) fields['title'] = '标题至少4个字，写明“哪里、什么事”'
  if (form.content.trim().length < 8) fields['content'] = '诉求内容至少8个字，写明时间、地点、事项、诉求'
  if (form.category === '') fields['category'] = '请选择诉求分类'
  if (!form.direct && (form.callback_phone ?? '') === '') fields['callback_phone'] = '转办的诉求须留回访电话'
  return fields
}

export function answering(desk: ScriptedDesk, surroundings: Surroundings): AnsweringDesk {
  const answers = new AnsweringDesk()
  sessions(answers, desk, surroundings)
  seats(answers, desk, surroundings)
  contacts(answers, desk)
  orders(answers)
  figures(answers)
  return answers
}

function sessions(answers: AnsweringDesk, desk: ScriptedDesk, { idleS }: Surroundings): void {
  const state = () => sessionState({ expires_at: new Date(Date.now() + 12 * HOUR_MS).toISOString(), idle_lock_s: idleS })
  answers
    .on('GET /api/session', ({ who }) => ({ principal: who, may: mayOf(who.role) }))
    .on('GET /api/session/state', state)
    .on('POST /api/session/renew', state)
    .on('POST /api/session/unlock', ({ body }) => (body.password === 'wrong' ? new Refusal(401, { detail: '密码不正确。', reason: 'wrong-login' }) : state()))
    .on('GET /api/desk/setup', ({ who }) => desk.setup(who))
    .on('GET /api/desk/mic', tone)
}

function seats(answers: AnsweringDesk, desk: ScriptedDesk, { lineAnswerer }: Surroundings): void {
  const done = (): SeatDone => ({ seat: desk.seat ?? desk.seatIs('offline'), call: desk.call })
  const after = (act: () => unknown): SeatDone => {
    act()
    return done()
  }
  answers
    .on('POST /api/seat/sign-in', () => after(() => { if (desk.seat === null || desk.seat.state === 'offline') desk.seatIs('not-ready', 'signed-in') }))
    .on('POST /api/seat/sign-out', () => after(() => desk.seatIs('offline')))
    .on('POST /api/seat/ready', ({ body }) => after(() => desk.seatIs(body.ready ? 'ready' : 'not-ready', body.ready ? '' : body.reason ?? '')))
    .on('POST /api/seat/answer', () => after(() => desk.answer()))
    .on('POST /api/seat/decline', () => after(() => desk.decline()))
    .on('POST /api/seat/hold', () => after(() => desk.seatIs('hold')))
    .on('POST /api/seat/resume', () => after(() => desk.seatIs('talking')))
    .on('POST /api/seat/hang-up', () => after(() => desk.hangUp('agent-hung-up')))
    .on('POST /api/seat/wrap-up-done', () => after(() => desk.seatIs('ready')))
    .on('POST /api/seat/line', async ({ body }) => {
      if (lineAnswerer === '') return new Refusal(503, { detail: '试用环境没有声音服务。', reason: 'no-media' })
      return { answer_sdp: await (await fetch(lineAnswerer, { method: 'POST', body: body.offer_sdp })).text() }
    })
    .on('POST /api/test-calls', () => {
      if (desk.seat?.state !== 'ready') return new Refusal(409, { detail: '请先示闲（F10），再来一个电话。', reason: 'not-ready' })
      desk.later(600, () => desk.ring())
    })
}

function contacts(answers: AnsweringDesk, desk: ScriptedDesk): void {
  let sentHere = 0
  answers
    .on('GET /api/contacts', () => samples.contacts)
    .on('GET /api/contacts/{contact}', ({ path }) => desk.contactOf(path.contact) ?? missing('没有这次来电'))
    .on('POST /api/contacts/{contact}/matters', ({ path }) => {
      const seen = desk.contactOf(path.contact)
      if (seen === null) return missing('没有这次来电')
      const untouched = seen.matters.find((one) => one.order === null && one.draft.revision === 0)
      if (untouched !== undefined) return untouched
      const opened = matterOf(randomUUID())
      seen.matters.push(opened)
      return opened
    })
    .on('PATCH /api/contacts/{contact}/matters/{matter}/draft', ({ path, body }) => {
      const matter = desk.contactOf(path.contact)?.matters.find((one) => one.matter === path.matter)
      if (matter === undefined) return missing('没有这件诉求')
      const before = matter.draft
      matter.draft = saved(before.revision + 1, {
        values: { ...before.values, ...body.values }, confidential: body.confidential ?? before.confidential, reply: body.reply ?? before.reply, way: body.way ?? before.way,
      })
      return matter.draft
    })
    .on('POST /api/contacts/{contact}/matters/{matter}/order', ({ path, body, who }) => {
      const matter = desk.contactOf(path.contact)?.matters.find((one) => one.matter === path.matter)
      if (matter?.order) return matter.order
      const fields = wrongFields(body)
      if (Object.keys(fields).length > 0) return new Refusal(422, { detail: Object.values(fields).join('；'), reason: 'invalid-fields', fields })
      const category = desk.setup(who).categories.find((row) => row.code === body.category)
      const direct = body.direct ?? false
      const order: Schemas['OrderBrief'] = {
        order_no: String(FIRST_NO + sentHere++), contact: path.contact, matter: path.matter, kind: body.kind, category: body.category, category_name: category?.path.at(-1) ?? '', title: body.title,
        district: body.district ?? '', stage: direct ? 'archive' : 'dispatch', unit: direct ? null : category?.unit ?? '', unit_name: direct ? '' : category?.unit_name ?? '',
        created_at: now(), due_at: direct ? null : new Date(Date.now() + 2 * HOUR_MS).toISOString(), closed_at: direct ? now() : null,
      }
      if (matter !== undefined) matter.order = order
      samples.orders.unshift(order)
      return order
    })
    .on('POST /api/contacts/{contact}/suggestions/{entry}', () => undefined)
    .on('POST /api/contacts/{contact}/reveal', () => ({ value: '19900000001' }))
    .on('GET /api/contacts/{contact}/calls/{call}/audio', tone)
    .on('GET /api/knowledge/search', () => ({ ...SUGGESTIONS, revision: 0 }))
    .on('GET /api/callbacks', () => samples.callbacks)
    .on('POST /api/callbacks/{contact}/claim', ({ path, who }) => changed(path.contact, { claimed_by: who.name }))
    .on('POST /api/callbacks/{contact}/done', ({ path, who }) => changed(path.contact, { done: true, done_by: who.name }))
}

function changed(contact: string, more: Partial<Schemas['Callback']>): undefined | Refusal {
  const row = samples.callbacks.find((one) => one.contact === contact)
  if (row === undefined) return missing('没有这位来电人')
  Object.assign(row, more)
  return undefined
}

function orders(answers: AnsweringDesk): void {
  const of = (order_no: string) => samples.orders.find((order) => order.order_no === order_no)
  answers
    .on('GET /api/orders', ({ query }) => samples.orders.filter((order) => query['stage'] === undefined || order.stage === query['stage']))
    .on('GET /api/orders/{order_no}', ({ path }) => {
      const order = of(path.order_no)
      return order === undefined ? missing('没有这张工单') : samples.orderView(order)
    })
    .on('POST /api/orders/{order_no}/follow-up', ({ path }) => {
      const order = of(path.order_no)
      return order === undefined ? missing('没有这张工单') : Object.assign(order, { stage: 'archive' as const, closed_at: now() })
    })
}

function figures(answers: AnsweringDesk): void {
  answers
    .on('GET /api/analytics/overview', ({ query }) => samples.overview(query['origin'] === 'demo' ? 'demo' : 'live', Number(query['days'] ?? 7)))
    .on('GET /api/analytics/topics', () => samples.topics)
    .on('GET /api/analytics/figures/{name}', ({ path }) => ({ figure: samples.figureOf(path.name), contacts: samples.figureContacts, total: 7162 }))
    .on('GET /api/analytics/briefings', () => samples.briefings)
    .on('POST /api/analytics/briefings', ({ body }) => {
      const made: Schemas['BriefingRow'] = {
        briefing: randomUUID(), title: '云州市12345热线舆情专报', origin: body.origin, period_from: samples.ago(24 * 7), period_to: now(), issued_at: now(),
      }
      samples.briefings.unshift(made)
      return { briefing: made.briefing }
    })
    .on('GET /api/analytics/briefings/{briefing}', ({ path }) => {
      const made = samples.briefings.find((one) => one.briefing === path.briefing)
      if (made === undefined) return missing('没有这份专报')
      return new Bytes('text/html; charset=utf-8', new TextEncoder().encode(samples.briefingPage(made.title)))
    })
    .on('GET /api/analytics/briefings/{briefing}/figures/{name}', ({ path }) => ({ ...samples.figureOf(path.name), text: '86.8%', contacts: samples.figureContacts.slice(0, 2) }))
}
