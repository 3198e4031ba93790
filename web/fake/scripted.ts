/** A desk without a desk: answers with made-up data and plays one scripted call over the live socket. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LiveMessage, SnapshotData } from '../src/api/live_types'
import type { CallPhase, CallSnapshot, ContactView, Principal, RecogniserStatus, Schemas, SeatSnapshot, SeatState, Setup } from '../src/api/types'
import { callAt, callOf, matterOf, offerOf, orderAt, person, seatAt, view } from './made.ts'
import * as samples from './samples.ts'
import { FIRST_LINE, PROPOSALS, SUGGESTIONS, TALK, type Line } from './talk.ts'

const city = <T>(name: string): T => JSON.parse(readFileSync(join(import.meta.dirname, '../../city', name), 'utf8')) as T
const now = (): string => new Date().toISOString()
const event = (contact: string | null = null) => ({ event_id: randomUUID(), occurred_at: now(), contact })
const KINDS = { 咨询: 'consult', 求助: 'help', 投诉: 'complaint', 举报: 'report', 建议: 'suggestion' } as const
const SPANS: Readonly<Record<string, string>> = { working_days: '个工作日', hours: '小时', days: '天' }

interface CityCategory { code: string; path: string[]; kinds: (keyof typeof KINDS)[]; unit: string; limit: { amount: number; unit: string } }
interface CityPlaces { districts: { name: string; streets: { name: string }[] }[] }

export const PEOPLE: Readonly<Record<string, Principal>> = {
  agent: person('agent').principal,
  analyst: person('analyst', { account: 'a2', name: '周敏' }).principal,
  admin: person('admin', { account: 'a3', name: '管理员', seat: '009' }).principal,
}

/** What one desk remembers of the seat, its call and what it sent. `send` hands a message to every open page. */
export class ScriptedDesk {
  readonly epoch = randomUUID()
  readonly kept: (LiveMessage & { epoch: string; n: number; contact: string | null })[] = []
  seat: SeatSnapshot | null = null
  call: CallSnapshot | null = null
  contact: ContactView | null = null
  private revision = 1
  private readonly over = new Map<string, ContactView>()
  private timers: ReturnType<typeof setTimeout>[] = []

  constructor(private readonly told: (text: string) => void, private readonly pace: number) {}

  get n(): number {
    return this.kept.length
  }

  send(message: LiveMessage, contact: string | null = null): void {
    const numbered = { epoch: this.epoch, n: this.n + 1, contact, ...message }
    this.kept.push(numbered)
    this.told(JSON.stringify(numbered))
  }

  recogniser(): RecogniserStatus {
    const busy = this.call !== null
    return { ...event(), engine: 'whisper-base', host: 'desk-1', legs: busy ? 2 : 0, lag_ms: busy ? 1850 : 0, partials: true }
  }

  setup(principal: Principal): Setup {
    const units = new Map(city<{ code: string; name: string }[]>('units.json').map((unit) => [unit.code, unit.name]))
    return {
      principal, city: { name: '云州市', short_name: '云州', zone: 'Asia/Shanghai' },
      categories: city<CityCategory[]>('categories.json').map((row) => ({
        code: row.code, path: row.path, kinds: row.kinds.map((kind) => KINDS[kind]), unit: row.unit, unit_name: units.get(row.unit) ?? row.unit,
        limit_text: `${row.limit.amount} ${SPANS[row.limit.unit] ?? row.limit.unit}`,
      })),
      districts: city<CityPlaces>('places.json').districts.map((row) => ({ name: row.name, streets: row.streets.map((street) => street.name) })),
      not_ready_reasons: [['break', '小休'], ['meal', '用餐'], ['training', '培训'], ['meeting', '会议'], ['follow-up', '回访']]
        .map(([code = '', label = '']) => ({ code, label })),
      dialogues: [['water', '小区停水', '求助'], ['prepaid', '健身房关门', '投诉'], ['licence', '开办企业咨询', '咨询'], ['bus', '增设公交站', '建议'], ['silent', '不说话的来电', '静默']]
        .map(([id = '', title = '', kind = '']) => ({ id, title, kind })),
      seat_times: { wrap_up_s: 30, hold_reminder_s: 45 }, recogniser: this.recogniser(), demo: true,
    }
  }

  snapshot(): SnapshotData {
    return {
      seat: this.seat, call: this.call, contact_view: this.call === null ? null : this.contact, seats: this.seat === null ? [] : [this.seat],
      queue_waiting: 0, recogniser: this.recogniser(),
    }
  }

  seatIs(state: SeatState, reason = '', offer: string | null = null): SeatSnapshot {
    this.seat = seatAt(++this.revision, state, { agent: 'a1', reason, since: now(), call: this.call?.call ?? null, offer })
    this.send({ kind: 'seat', data: this.seat })
    return this.seat
  }

  private callIs(phase: CallPhase, more: Partial<CallSnapshot> = {}): void {
    if (this.call === null) return
    this.call = { ...this.call, ...more, phase, revision: ++this.revision }
    this.send({ kind: 'call', data: this.call }, this.call.contact)
  }

  ring(): void {
    const [contact, call, offer] = [randomUUID(), randomUUID(), randomUUID()]
    this.contact = view(contact, {
      phase: 'ringing', line_name: '政务服务便民热线', open_orders: samples.orders.slice(0, 2), history: samples.orders.slice(0, 5),
      suggestions: { items: [], reason: '等诉求人说出具体事项', revision: 0, took_ms: 0 }, utterances: [{ ...FIRST_LINE, contact, call }],
    })
    this.call = callAt(++this.revision, 'ringing', { call, contact, line_name: this.contact.line_name, accepted_at: now(), invite_at: now() })
    this.seatIs('ringing', '', offer)
    this.callIs('ringing')
    const times = { queued_at: now(), invite_at: new Date(Date.now() - 5200).toISOString(), expires_at: new Date(Date.now() + 20_000).toISOString() }
    const shown = offerOf(contact, { call, offer, line_name: this.contact.line_name, ...times, expires_in_ms: 20_000, waited_ms: 5200 })
    this.send({ kind: 'offer', data: { ...shown, agent: 'a1', occurred_at: now() } }, contact)
  }

  answer(): void {
    if (this.contact === null || this.call === null) return
    this.callIs('talking', { connected_at: now() })
    this.seatIs('talking')
    this.contact.phase = 'talking'
    const { call, contact, accepted_at, invite_at } = this.call
    this.send({ kind: 'connected', data: {
      ...event(contact), call, accepted_at, invite_at, queued_at: accepted_at, agent: 'a1', agent_leg: randomUUID(), offer: randomUUID(), seat: '007', at_ms: 7000,
    } }, contact)
    this.talk(this.contact, this.call.call)
  }

  decline(): void {
    this.call = null
    this.seatIs('not-ready', 'no-answer')
  }

  hangUp(reason: Schemas['EndReason']): void {
    if (this.contact === null || this.call === null) return
    this.timers.splice(0).forEach(clearTimeout)
    const { call, contact, accepted_at, invite_at, connected_at, dialled, line_name, queue, caller } = this.call
    this.send({ kind: 'ended', data: {
      ...event(contact), call, accepted_at, invite_at, connected_at, dialled, line_name, queue, caller, reason, q850: 16, first_audio_at: connected_at,
      offered_at: [], queued_at: accepted_at,
    } }, contact)
    Object.assign(this.contact, { phase: 'ended', calls: [callOf('c')] })
    this.call = null
    this.seatIs('wrap')
  }

  later(ms: number, run: () => void): void {
    this.timers.push(setTimeout(run, ms * this.pace))
  }

  private talk(contact: ContactView, call: string): void {
    let at = 0
    this.propose(contact, 0)
    TALK.forEach(([pause, line], index) => {
      at += pause
      this.say(contact, call, line, at)
      at += 1000
      this.later(at, () => {
        this.propose(contact, index + 1)
        if (index === 1 || index === 3) this.suggest(contact, index)
      })
    })
  }

  private say(contact: ContactView, call: string, line: Line, at: number): void {
    const about = { contact: contact.contact, call, leg: line.leg, party: line.party, event_id: randomUUID(), occurred_at: now() }
    this.later(at, () => this.send({ kind: 'speech-started', data: { ...about, at_ms: line.start_ms } }, contact.contact))
    for (const part of [0.35, 0.7]) {
      const text = line.text.slice(0, Math.round(line.text.length * part))
      this.later(at + 900 * part, () => this.send({ kind: 'partial', data: { ...about, start_ms: line.start_ms, revision: Math.round(part * 10), text } }, contact.contact))
    }
    this.later(at + 1000, () => {
      this.send({ kind: 'speech-ended', data: { ...about, start_ms: line.start_ms, at_ms: line.end_ms } }, contact.contact)
      const said = { ...line, contact: contact.contact, call }
      contact.utterances.push(said)
      this.send({ kind: 'final', data: said }, contact.contact)
    })
  }

  private suggest(contact: ContactView, index: number): void {
    contact.suggestions = { ...SUGGESTIONS, revision: index + 1, items: SUGGESTIONS.items.slice(0, index === 1 ? 1 : 3) }
    this.send({ kind: 'suggestions', data: contact.suggestions }, contact.contact)
  }

  private propose(contact: ContactView, step: number): void {
    const fields = PROPOSALS.find(([at]) => at === step)?.[1]
    if (fields === undefined) return
    contact.proposed = fields
    this.send({ kind: 'draft', data: { contact: contact.contact, revision: step + 1, fields, event_id: randomUUID(), occurred_at: now() } }, contact.contact)
  }

  /** The contact in hand, or one that is over. */
  contactOf(id: string): ContactView | null {
    if (this.contact?.contact === id) return this.contact
    const at = samples.contacts.findIndex((row) => row.contact === id)
    const row = samples.contacts[at]
    const known = this.over.get(id)
    if (row === undefined || known !== undefined) return known ?? null
    const utterances = [FIRST_LINE, ...TALK.map(([, line]) => line)].map((line) => ({ ...line, contact: id, call: 'c' }))
    const made = view(id, {
      caller_masked: row.caller_masked, line_name: row.line_name, phase: 'ended', calls: [callOf('c')], utterances,
      matters: [matterOf(id, { order: row.order_nos.length === 0 ? null : samples.orders[at] ?? orderAt('accept') })], history: samples.orders.slice(0, 5),
    })
    this.over.set(id, made)
    return made
  }
}
