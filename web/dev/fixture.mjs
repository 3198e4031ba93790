// A desk without a desk: answers the API with made-up data and plays one scripted call over the live socket.
// For looking at pages only: `npm run build && npm run fixture`, then http://127.0.0.1:8012 (agent / analyst / admin, any password).
// LINE_ANSWERER=http://… is asked for SDP answers (POST offer text → answer text); without it lines are refused.
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomUUID } from 'node:crypto'
import { WebSocketServer } from 'ws'
import * as samples from './samples.mjs'
import { FIRST_LINE, PROPOSALS, SUGGESTIONS, TALK } from './script.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const city = (name) => JSON.parse(readFileSync(join(here, '../../../city', name), 'utf8'))
const STATIC = join(here, '../../static')
const PACE = Number(process.env.PACE ?? 1)
const KINDS = { 咨询: 'consult', 求助: 'help', 投诉: 'complaint', 举报: 'report', 建议: 'suggestion' }
const units = new Map(city('units.json').map((unit) => [unit.code, unit.name]))
const limit = ({ amount, unit }) => `${amount} ${{ working_days: '个工作日', hours: '小时', days: '天' }[unit] ?? unit}`
const now = () => new Date().toISOString()

const people = {
  agent: { account: 'a1', login: 'agent', name: '李晓', role: 'agent', seat: '007', skills: ['general'] },
  analyst: { account: 'a2', login: 'analyst', name: '周敏', role: 'analyst', seat: null, skills: [] },
  admin: { account: 'a3', login: 'admin', name: '管理员', role: 'admin', seat: '009', skills: ['general'] },
}
const setup = (principal) => ({
  principal, city: { name: '云州市', short_name: '云州', zone: 'Asia/Shanghai' },
  categories: city('categories.json').map((row) => ({
    code: row.code, path: row.path, kinds: row.kinds.map((kind) => KINDS[kind]), unit: row.unit, unit_name: units.get(row.unit) ?? row.unit, limit_text: limit(row.limit),
  })),
  districts: city('places.json').districts.map((row) => ({ name: row.name, streets: row.streets.map((street) => street.name) })),
  not_ready_reasons: [['break', '小休'], ['meal', '用餐'], ['training', '培训'], ['meeting', '会议'], ['follow-up', '回访']].map(([code, label]) => ({ code, label })),
  dialogues: [['water', '小区停水', '求助'], ['prepaid', '健身房关门', '投诉'], ['licence', '开办企业咨询', '咨询'], ['bus', '增设公交站', '建议'], ['silent', '不说话的来电', '静默']].map(([id, title, kind]) => ({ id, title, kind })),
  recogniser: recogniser(), demo: true,
})
const recogniser = () => ({ engine: 'whisper-base', host: 'desk-1', legs: state.call ? 2 : 0, lag_ms: state.call ? 1850 : 0, partials: true })

const state = { epoch: randomUUID(), n: 0, kept: [], seat: null, call: null, contact: null, sockets: new Set(), timers: [], revision: 1 }

function send(kind, data, contact = null) {
  const message = { epoch: state.epoch, n: ++state.n, kind, contact, data }
  state.kept.push(message)
  for (const socket of state.sockets) socket.send(JSON.stringify(message))
}
function seatIs(next, reason = '') {
  state.seat = { seat: '007', agent: 'a1', agent_name: '李晓', reason, since: now(), call: state.call?.call ?? null, offer: null, line_connected: true, ...state.seat, ...{ state: next, reason, since: now(), revision: ++state.revision, call: state.call?.call ?? null } }
  send('seat', state.seat)
}
function callIs(phase, more = {}) {
  state.call = { ...state.call, phase, revision: ++state.revision, ...more }
  send('call', state.call, state.call.contact)
}
const later = (ms, run) => state.timers.push(setTimeout(run, ms * PACE))

const matterOf = (contact, order) =>
  ({ matter: contact, draft: { revision: 0, values: {}, confidential: false, reply: '', way: '' }, order })

function freshContact() {
  const contact = randomUUID()
  return {
    contact, matters: [matterOf(contact, null)], call: null, caller_masked: '199****01', dialled: '12345', line_name: '政务服务便民热线', phase: 'ringing', utterances: [],
    suggestions: { items: [], reason: '等诉求人说出具体事项', revision: 0, took_ms: 0 }, proposed: [],
    open_orders: samples.orders.slice(0, 2), history: samples.orders.slice(0, 5), recording: null, partly: false,
  }
}
function ring() {
  const contact = (state.contact = freshContact())
  const at = Date.now()
  state.call = { call: randomUUID(), contact: contact.contact, dialled: '12345', line_name: contact.line_name, queue: 'general', accepted_at: now(), invite_at: now(), connected_at: null, seat: '007', offer: null }
  contact.utterances.push(utter(FIRST_LINE))
  state.seat.offer = randomUUID()
  seatIs('ringing')
  callIs('ringing')
  send('offer', {
    contact: contact.contact, call: state.call.call, offer: state.seat.offer, seat: '007', line_name: contact.line_name, dialled: '12345', queued_at: now(),
    invite_at: new Date(at - 5200).toISOString(), expires_at: new Date(at + 20000).toISOString(), caller_masked: contact.caller_masked, open_orders: contact.open_orders,
    expires_in_ms: 20000, waited_ms: 5200,
  }, contact.contact)
}
const utter = (line) => ({ contact: state.contact.contact, call: state.call.call, ...line })

function talk() {
  let at = 0
  propose(0)
  TALK.forEach(([pause, line], index) => {
    at += pause
    const about = { contact: state.contact.contact, call: state.call.call, leg: line.leg, party: line.party }
    later(at, () => send('speech-started', { ...about, at_ms: line.start_ms }, about.contact))
    for (const part of [0.35, 0.7]) {
      later(at + 900 * part, () => send('partial', { ...about, start_ms: line.start_ms, revision: Math.round(part * 10), text: line.text.slice(0, Math.round(line.text.length * part)) }, about.contact))
    }
    at += 1000
    later(at, () => {
      send('speech-ended', { ...about, start_ms: line.start_ms, at_ms: line.end_ms }, about.contact)
      const said = utter(line)
      state.contact.utterances.push(said)
      send('final', said, about.contact)
      propose(index + 1)
      if (index === 1 || index === 3) {
        state.contact.suggestions = { ...SUGGESTIONS, revision: index + 1, items: SUGGESTIONS.items.slice(0, index === 1 ? 1 : 3) }
        send('suggestions', state.contact.suggestions, about.contact)
      }
    })
  })
}
function propose(step) {
  const row = PROPOSALS.find(([at]) => at === step)
  if (!row) return
  state.contact.proposed = row[1]
  send('draft', { contact: state.contact.contact, revision: step + 1, fields: row[1] }, state.contact.contact)
}
function hangUp(reason) {
  if (!state.call) return
  state.timers.splice(0).forEach(clearTimeout)
  send('ended', { contact: state.contact.contact, call: state.call.call, reason, q850: 16 }, state.contact.contact)
  state.contact.phase = 'ended'
  state.contact.recording = { seconds: 42 }
  state.call = null
  state.seat.offer = null
  seatIs('wrap')
}

class Refusal extends Error {
  constructor(status, reason, detail, fields) {
    super(detail)
    Object.assign(this, { status, reason, fields })
  }
}
function checkOrder(form) {
  const fields = {}
  if (form.title.trim().length < 4) fields.title = '标题至少4个字，写明“哪里、什么事”'
  if (form.content.trim().length < 8) fields.content = '诉求内容至少8个字，写明时间、地点、事项、诉求'
  if (!form.category) fields.category = '请选择诉求分类'
  if (form.callback_phone && !/^\+?[\d-]{3,20}$/.test(form.callback_phone)) fields.callback_phone = '回访电话只能是数字和短横线，3至20位'
  if (!form.direct && !form.callback_phone) fields.callback_phone = '转办的诉求须留回访电话'
  if (Object.keys(fields).length) throw new Refusal(422, 'invalid-fields', Object.values(fields).join('；'), fields)
}
function oldContact(id) {
  const at = samples.contacts.findIndex((row) => row.contact === id)
  if (at < 0) throw new Refusal(404, 'not-found', '没有这次来电')
  const base = { contact: id, call: 'c', words: [] }
  return { ...freshContact(), contact: id, caller_masked: samples.contacts[at].caller_masked, phase: 'ended', recording: { seconds: 42 }, matters: [matterOf(id, samples.contacts[at].order_nos.length > 0 ? samples.orders[at] : null)],
    utterances: [FIRST_LINE, ...TALK.map(([, line]) => line)].map((line) => ({ ...line, ...base })) }
}
const contactOf = (id) => (state.contact?.contact === id ? state.contact : oldContact(id))

function wav() {
  const samplesCount = 8000
  const buffer = Buffer.alloc(44 + samplesCount * 2)
  buffer.write('RIFF', 0); buffer.writeUInt32LE(36 + samplesCount * 2, 4); buffer.write('WAVEfmt ', 8); buffer.writeUInt32LE(16, 16)
  buffer.writeUInt16LE(1, 20); buffer.writeUInt16LE(1, 22); buffer.writeUInt32LE(8000, 24); buffer.writeUInt32LE(16000, 28); buffer.writeUInt16LE(2, 32); buffer.writeUInt16LE(16, 34)
  buffer.write('data', 36); buffer.writeUInt32LE(samplesCount * 2, 40)
  for (let at = 0; at < samplesCount; at++) buffer.writeInt16LE(Math.round(6000 * Math.sin((at / 8000) * 2 * Math.PI * 440)), 44 + at * 2)
  return buffer
}
async function line({ offer_sdp }) {
  if (!process.env.LINE_ANSWERER) throw new Refusal(503, 'no-media', '试用环境没有声音服务。')
  const answer = await fetch(process.env.LINE_ANSWERER, { method: 'POST', body: offer_sdp })
  return { answer_sdp: await answer.text() }
}

const sessionState = () => ({ expires_at: new Date(Date.now() + 12 * 3600_000).toISOString(), idle_lock_s: Number(process.env.IDLE_S ?? 900) })

const routes = [
  ['GET', /^\/api\/session\/state$/, () => sessionState()],
  ['POST', /^\/api\/session\/renew$/, () => sessionState()],
  ['POST', /^\/api\/session\/unlock$/, (_, { body }) => { if (body.password === 'wrong') throw new Refusal(401, 'wrong-login', '密码不正确。') }],
  ['GET', /^\/api\/desk\/setup$/, (_, { who }) => setup(who)],
  ['POST', /^\/api\/seat\/sign-in$/, () => { if (!state.seat || state.seat.state === 'offline') { state.seat = { line_connected: true, offer: null }; seatIs('not-ready', 'signed-in') } return state.seat }],
  ['POST', /^\/api\/seat\/sign-out$/, () => void seatIs('offline')],
  ['POST', /^\/api\/seat\/ready$/, (_, { body }) => { seatIs(body.ready ? 'ready' : 'not-ready', body.reason); return state.seat }],
  ['POST', /^\/api\/seat\/answer$/, () => { state.seat.offer = null; callIs('talking', { connected_at: now() }); seatIs('talking'); state.contact.phase = 'talking'; send('connected', { contact: state.contact.contact, call: state.call.call }, state.contact.contact); talk(); return state.call }],
  ['POST', /^\/api\/seat\/decline$/, () => { state.call = null; state.seat.offer = null; seatIs('not-ready', 'no-answer') }],
  ['POST', /^\/api\/seat\/hang-up$/, () => hangUp('agent-hung-up')],
  ['POST', /^\/api\/seat\/wrap-up-done$/, () => { seatIs('ready'); return state.seat }],
  ['POST', /^\/api\/seat\/line$/, (_, { body }) => line(body)],
  ['POST', /^\/api\/test-calls$/, () => { if (state.seat?.state !== 'ready') throw new Refusal(409, 'not-ready', '请先示闲（F10），再来一个电话。'); later(600, ring) }],
  ['GET', /^\/api\/contacts$/, () => samples.contacts],
  ['GET', /^\/api\/contacts\/([^/]+)$/, ([id]) => contactOf(id)],
  ['PATCH', /^\/api\/contacts\/([^/]+)\/matters\/[^/]+\/draft$/, ([id], { body }) => {
    const draft = contactOf(id).matters[0].draft
    Object.assign(draft.values, body.values)
    for (const name of ['confidential', 'reply', 'way']) if (body[name] !== null) draft[name] = body[name]
    draft.revision += 1
    return draft
  }],
  ['POST', /^\/api\/contacts\/([^/]+)\/matters\/[^/]+\/order$/, ([id], { body }) => { checkOrder(body); const row = setup(people.agent).categories.find((one) => one.code === body.category); const order = { order_no: '202611230000178', contact: id, matter: id, kind: body.kind, category: body.category, category_name: row?.path.at(-1) ?? '', title: body.title, district: body.district, stage: body.direct ? 'archive' : 'dispatch', unit: body.direct ? null : row.unit, unit_name: body.direct ? '' : row.unit_name, created_at: now(), due_at: body.direct ? null : new Date(Date.now() + 7200e3).toISOString(), closed_at: body.direct ? now() : null }; contactOf(id).matters[0].order = order; samples.orders.unshift(order); return order }],
  ['POST', /^\/api\/contacts\/([^/]+)\/suggestions\/(.+)$/, () => undefined],
  ['POST', /^\/api\/contacts\/([^/]+)\/reveal$/, () => ({ value: '19900000001' })],
  ['GET', /^\/api\/contacts\/([^/]+)\/audio$/, () => wav()],
  ['GET', /^\/api\/desk\/mic$/, () => wav()],
  ['GET', /^\/api\/callbacks$/, () => samples.callbacks],
  ['POST', /^\/api\/callbacks\/([^/]+)\/done$/, ([id]) => { samples.callbacks.find((row) => row.contact === id).done = true }],
  ['GET', /^\/api\/knowledge\/search$/, () => ({ ...SUGGESTIONS, revision: 0 })],
  ['GET', /^\/api\/orders$/, (_, { query }) => samples.orders.filter((order) => !query.get('stage') || order.stage === query.get('stage'))],
  ['GET', /^\/api\/orders\/([^/]+)$/, ([no]) => samples.orderView(samples.orders.find((order) => order.order_no === no) ?? samples.orders[0])],
  ['POST', /^\/api\/orders\/([^/]+)\/follow-up$/, ([no]) => Object.assign(samples.orders.find((order) => order.order_no === no), { stage: 'archive', closed_at: now() })],
  ['GET', /^\/api\/analytics\/overview$/, (_, { query }) => samples.overview(query.get('origin'), Number(query.get('days')))],
  ['GET', /^\/api\/analytics\/topics$/, () => samples.topics],
  ['GET', /^\/api\/analytics\/figures\/([^/]+)$/, ([name]) => ({ figure: samples.figureOf(name), contacts: samples.figureContacts, total: 7162 })],
  ['GET', /^\/api\/analytics\/briefings$/, () => samples.briefings],
  ['POST', /^\/api\/analytics\/briefings$/, (_, { body }) => { const made = { briefing: randomUUID(), title: '云州市12345热线舆情专报', origin: body.origin, period_from: now(), period_to: now(), issued_at: now() }; samples.briefings.unshift(made); return made }],
  ['POST', /^\/dev\/drop$/, () => { for (const socket of state.sockets) socket.terminate(); server.refuse = true; setTimeout(() => { server.refuse = false }, 4000) }],
  ['POST', /^\/dev\/hang-up$/, () => hangUp('caller-hung-up')],
]

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const bodyOf = (request) => new Promise((resolve) => { let text = ''; request.on('data', (part) => { text += part }); request.on('end', () => resolve(text ? JSON.parse(text) : {})) })
const whoOf = (request) => people[/hotline_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]]

function reply(response, status, value, headers = {}) {
  if (Buffer.isBuffer(value)) return response.writeHead(200, { 'Content-Type': 'audio/wav' }).end(value)
  response.writeHead(value === undefined ? 204 : status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers })
  response.end(value === undefined ? '' : JSON.stringify(value))
}
async function session(request, response) {
  if (request.method === 'POST') {
    const { login, password } = await bodyOf(request)
    if (!people[login] || password === 'wrong') throw new Refusal(401, 'wrong-login', '账号或密码不正确。')
    return reply(response, 200, people[login], { 'Set-Cookie': `hotline_session=${login}; Path=/; HttpOnly; SameSite=Strict` })
  }
  if (request.method === 'DELETE') return reply(response, 204, undefined, { 'Set-Cookie': 'hotline_session=; Path=/; Max-Age=0' })
  const who = whoOf(request)
  if (!who) throw new Refusal(401, 'unauthenticated', '请先登录')
  return reply(response, 200, who)
}
async function api(request, response, url) {
  if (url.pathname === '/api/session') return session(request, response)
  const who = whoOf(request)
  if (!who && !url.pathname.startsWith('/dev/')) throw new Refusal(401, 'unauthenticated', '请先登录')
  for (const [method, pattern, run] of routes) {
    const match = pattern.exec(url.pathname)
    if (match && method === request.method) return reply(response, 200, await run(match.slice(1), { who, query: url.searchParams, body: await bodyOf(request) }))
  }
  throw new Refusal(404, 'not-found', '没有这个地址')
}
function page(response, path) {
  const file = join(STATIC, normalize(path))
  const found = existsSync(file) && extname(file) ? file : join(STATIC, 'index.html')
  response.writeHead(200, { 'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream' }).end(readFileSync(found))
}
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  if (!url.pathname.startsWith('/api/') && !url.pathname.startsWith('/dev/')) return page(response, url.pathname)
  api(request, response, url).catch((error) => reply(response, error.status ?? 500, { type: 'about:blank', title: error.reason ?? 'error', status: error.status ?? 500, detail: error.message, reason: error.reason ?? '', fields: error.fields }))
})
const stand = (live, page, active) => { Object.assign(live, { page, active }); live.send(JSON.stringify({ kind: 'page', data: { active } })) }
const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  if (server.refuse || !whoOf(request)) return socket.destroy()
  sockets.handleUpgrade(request, socket, head, (live) => {
    const query = new URL(request.url, 'http://x').searchParams
    if (query.get('epoch') === state.epoch) state.kept.filter((one) => one.n > Number(query.get('after'))).forEach((one) => live.send(JSON.stringify(one)))
    else live.send(JSON.stringify({ epoch: state.epoch, n: state.n, kind: 'snapshot', contact: null, data: { seat: state.seat, call: state.call, contact_view: state.call ? state.contact : null, seats: state.seat ? [state.seat] : [], queue_waiting: 0, recogniser: recogniser() } }))
    const page = query.get('page')
    const taken = [...state.sockets].some((other) => other.page !== page && other.active)
    stand(live, page, !taken)
    live.on('message', (text) => { if (String(text).includes('take-over')) { for (const other of state.sockets) stand(other, other.page, false); stand(live, page, true) } })
    state.sockets.add(live)
    live.on('close', () => state.sockets.delete(live))
  })
})
setInterval(() => send('recogniser', recogniser()), 2000)
const port = Number(process.env.PORT ?? 8012)
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
