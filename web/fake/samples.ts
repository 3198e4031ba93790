/** Made-up rows for lists and figures. */
import type { CallbackRow, ContactRow, OrderBrief, OrderView, Origin, RequestKind, Schemas, Stage, StageEntry } from '../src/api/types'

type Bar = Schemas['Bar']
type Figure = Schemas['Figure']
type FigureName = Figure['name']
type Topic = Schemas['Topic']

const HOUR = 3600_000
export const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString()
const contactId = (n: number): string => `0199bbbb-0000-7000-8000-${String(n).padStart(12, '0')}`

interface Kept { title: string; kind: RequestKind; category: string; unit: string; stage: Stage }
const KEPT: readonly Kept[] = [
  { title: '北门小区三号楼停水两天', kind: 'help', category: '供水故障', unit: '市供水集团', stage: 'dispatch' },
  { title: '长青路夜间施工噪音扰民', kind: 'complaint', category: '施工噪音', unit: '市生态环境局', stage: 'handle' },
  { title: '健身房关门预付卡退费', kind: 'complaint', category: '预付卡纠纷', unit: '市商务局', stage: 'follow-up' },
  { title: '公租房申请条件咨询', kind: 'consult', category: '公租房申请', unit: '', stage: 'archive' },
  { title: '路灯不亮影响出行', kind: 'help', category: '路灯维修', unit: '市城市管理局', stage: 'handle' },
  { title: '营业执照办理材料咨询', kind: 'consult', category: '企业开办', unit: '', stage: 'archive' },
  { title: '电梯停运未及时维修', kind: 'help', category: '电梯困人与故障', unit: '市市场监督管理局', stage: 'supervise' },
  { title: '建议增设公交站点', kind: 'suggestion', category: '公交线网', unit: '市交通运输局', stage: 'dispatch' },
]

export const orders: OrderBrief[] = KEPT.map(({ title, kind, category, unit, stage }, at) => ({
  order_no: `20261123${String(at + 1).padStart(6, '0')}${(at * 7) % 10}`, contact: contactId(at + 1), matter: contactId(at + 1), kind, category: '020301', category_name: category, title,
  district: at % 2 === 0 ? '云山区' : '望湖区', stage, unit: unit === '' ? null : `U0${at + 10}`, unit_name: unit, created_at: ago(at * 9 + 1),
  due_at: unit === '' ? null : ago(stage === 'supervise' ? 5 : at * 3 - 60), closed_at: stage === 'archive' ? ago(at) : null,
}))

const stage = (name: Stage, stage_zh: string, at: string, actor: string, actor_name: string, text: string): StageEntry =>
  ({ stage: name, stage_zh, at, actor, actor_name, text })

export function orderView(brief: OrderBrief): OrderView {
  const answered = brief.stage === 'follow-up' || brief.stage === 'archive'
  return {
    brief, kind_zh: '求助', content: '诉求人反映：云山区北门小区三号楼自前天晚上停水，至今两天，家中有老人，希望尽快恢复供水。',
    place: '北门小区三号楼', occurred: '前天晚上', wish: '尽快恢复供水', confidential: false, reachable: true,
    reply: answered ? '经核实，三号楼水泵故障，已于当日18时修复，恢复供水，并已电话告知诉求人。' : null,
    stages: [
      stage('accept', '受理', brief.created_at, 'a7', '李晓', '服务代表受理来电诉求'),
      ...(brief.unit === null ? [] : [stage('dispatch', '转办', brief.created_at, 'system', '系统', `转至${brief.unit_name}`)]),
      ...(answered && brief.unit !== null ? [stage('handle', '办理', ago(2), brief.unit, brief.unit_name, '承办单位已答复')] : []),
      ...(brief.stage === 'archive' ? [stage('archive', '归档', ago(1), 'system', '系统', '办结归档')] : []),
    ],
    deadline: { due_at: brief.due_at, limit_text: '2 小时', overdue: brief.stage === 'supervise' },
    contact: brief.contact,
  }
}

export const contacts: ContactRow[] = orders.map((order, at) => ({
  contact: order.contact, at: order.created_at, caller_masked: `13${at}****0${at}`, line_name: at % 3 ? '政务服务便民热线' : '一号答专席',
  seat: at === 4 ? null : '007', connected: at !== 4, seconds: 95 + at * 21, calls: 1, order_nos: at === 4 || at === 1 ? [] : [order.order_no],
  reason: at === 4 ? 'abandoned' : 'caller-hung-up',
}))

export const callbacks: CallbackRow[] = [1, 2, 3].map((at) => ({
  contact: contactId(80 + at), caller_masked: `139****1${at}`, abandoned_at: ago(at), line_name: '政务服务便民热线', waited_seconds: 12 + at * 9, done: at === 3,
  done_by: at === 3 ? '李晓' : '', claimed_by: at === 2 ? '李晓' : '',
}))

const OFFSET_S = 8 * 3600
const startOf = (seconds: number): number => Math.floor((Date.now() / 1000 + OFFSET_S) / seconds) * seconds
const hours = (days: number): Bar[] => Array.from({ length: 24 * days }, (_, at) =>
  ({ label: String(startOf(86_400) - at * 3600), n: at % 24 < 10 ? Math.round(18 + 14 * Math.sin(at / 2.1)) : at % 3 }))
const days = (span: number): Bar[] => Array.from({ length: span }, (_, at) =>
  ({ label: String(startOf(86_400) - (span - 1 - at) * 86_400), n: 210 + ((at * 37) % 90) - (at % 7 > 4 ? 80 : 0) + (at > span - 4 ? 110 : 0) }))

const figure = (name: FigureName, label: string, unit: string, rule: string, value: number | null): Figure => ({
  name, label, unit, rule, value,
  query: "select count(*) filter (where connected_at - invite_at <= interval '15 s') * 100.0 / count(*)\n  from analytics.call where origin = 'live'",
})
const FIGURES: readonly Figure[] = [
  figure('offered', '来电总量', '个', '已结束的来电，不含5秒内挂断', 7162),
  figure('connected', '人工接通', '个', '由服务代表接通的来电', 6840),
  figure('within_15', '15秒内接通', '个', '从来电呼入起15秒内由服务代表接通', 6217),
  figure('sl15', '15秒接通率', '%', '15秒内接通 ÷ 来电总量，从呼入（INVITE）起算', 86.8),
  figure('queue_sl15', '15秒接通率（排队起算）', '%', '从进入排队起15秒内接通 ÷ 来电总量', 90.2),
  figure('abandoned', '放弃', '个', '未接通即挂断的来电，不含5秒内挂断', 322),
  figure('wait_mean', '平均等待', '秒', '接通来电从呼入到接通的平均时长', 9.8),
  figure('aht', '平均通话时长', '秒', '接通来电的平均通话时长', 187.4),
  figure('orders', '受理工单', '件', '期间受理的工单', 5120),
  figure('direct', '直办', '件', '当场答复办结的咨询', 2301),
  figure('on_time', '按时办理率', '%', '时限内答复 ÷ 已答复', 97.2),
  figure('satisfied', '回访满意率', '%', '满意 ÷ 已回访（不含免回访）', null),
]
const CONNECTED_TOTAL = figure('connected_total', '累计人工接通', '个', '开通以来由服务代表接通的来电', 11)
export const figureOf = (name: string): Figure => FIGURES.find((one) => one.name === name) ?? CONNECTED_TOTAL

const bars = (rows: readonly (readonly [string, number])[]): Bar[] => rows.map(([label, n]) => ({ label, n }))
export const overview = (origin: Origin, span: number): Schemas['Overview'] => ({
  origin, figures: [...FIGURES], connected_total: CONNECTED_TOTAL, position: 48_213, as_of: ago(0),
  volumes: {
    by_hour: hours(span), by_day: days(span),
    by_kind: bars([['consult', 2865], ['help', 2149], ['complaint', 1504], ['suggestion', 358], ['report', 286]]),
    by_line: bars([['政务服务便民热线', 5013], ['一号答专席', 1146], ['供水服务热线', 573], ['供热服务热线', 430]]),
    by_district: bars([['云山区', 2210], ['望湖区', 1730], ['开发区', 860], ['', 320]]),
  },
})

const sample = (): Topic['sample'] => orders.slice(0, 3).map(({ contact, order_no, title }) => ({ contact, order_no, title, source_ms: 13_100 }))
const seen = () => ({ first_at: ago(60), last_at: ago(1), sample: sample() })
export const topics: Topic[] = [
  { topic: 't1', label: '北门片区停水', terms: ['停水', '恢复', '三号楼', '水泵'], contacts: 148, orders: 104, callers: 145, growth: 4.6, surprise: 29.2, level: 'orange', places: ['云山区北门街道'], ...seen() },
  { topic: 't2', label: '夜间施工噪音', terms: ['噪音', '施工', '夜里'], contacts: 63, orders: 44, callers: 60, growth: 1.42, surprise: 12.8, level: 'yellow', places: ['望湖区', '云山区'], ...seen() },
  { topic: 't3', label: '预付卡退费', terms: ['健身卡', '退费', '关门'], contacts: 41, orders: 29, callers: 38, growth: 0.9, surprise: 0, level: 'none', places: [], ...seen() },
]

export const figureContacts: Schemas['BehindFigure'][] = contacts.map((row, at) => ({
  contact: row.contact, at: row.at, order_no: row.order_nos[0] ?? null, title: orders[at]?.title ?? '', district: orders[at]?.district ?? '', call: 'c', utterance_ms: 13_100,
}))

export const BRIEFING = '0199cccc-0000-7000-8000-000000000001'
export const briefings: Schemas['BriefingRow'][] = [
  { briefing: BRIEFING, title: '云州市12345热线舆情专报（11月16日至11月22日）', period_from: ago(170), period_to: ago(2), issued_at: ago(1), origin: 'demo' },
]
/** The page of a briefing as the desk renders it, much shortened. */
export const briefingPage = (title: string): string => `<!doctype html><html lang="zh-CN"><head><style>body { font-size: 14px } a { color: #0b4a86 }</style></head>
<body><main class="demo"><h1>${title}</h1><p>期间来电 <a href="#" data-figure="offered">7,162</a> 个，15秒接通率 <a href="#" data-figure="sl15">86.8%</a>。</p></main></body></html>`
