// Made-up rows for lists and figures.
const HOUR = 3600_000
const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString()
const contactId = (n) => `0199bbbb-0000-7000-8000-${String(n).padStart(12, '0')}`

const TITLES = ['北门小区三号楼停水两天', '长青路夜间施工噪音扰民', '健身房关门预付卡退费', '公租房申请条件咨询', '路灯不亮影响出行', '营业执照办理材料咨询', '电梯停运未及时维修', '建议增设公交站点']
const KINDS = ['help', 'complaint', 'complaint', 'consult', 'help', 'consult', 'help', 'suggestion']
const CATEGORIES = ['供水故障', '施工噪音', '预付卡纠纷', '公租房申请', '路灯维修', '企业开办', '电梯困人与故障', '公交线网']
const UNITS = ['市供水集团', '市生态环境局', '市商务局', '市住房和城乡建设局', '市城市管理局', '市行政审批局', '市市场监督管理局', '市交通运输局']
const STAGES = ['dispatch', 'handle', 'follow-up', 'archive', 'handle', 'archive', 'supervise', 'dispatch']

export const orders = TITLES.map((title, at) => ({
  order_no: `20261123${String(at + 1).padStart(6, '0')}${(at * 7) % 10}`, contact: contactId(at + 1), matter: contactId(at + 1), kind: KINDS[at], category: '020301',
  category_name: CATEGORIES[at], title, district: ['云山区', '望湖区'][at % 2], stage: STAGES[at], unit: at === 3 || at === 5 ? null : `U0${at + 10}`,
  unit_name: at === 3 || at === 5 ? '' : UNITS[at], created_at: ago(at * 9 + 1), due_at: at === 3 || at === 5 ? null : ago(at === 6 ? 5 : at * 3 - 60),
  closed_at: STAGES[at] === 'archive' ? ago(at) : null,
}))

export const orderView = (brief) => ({
  brief, kind_zh: '求助', content: '诉求人反映：云山区北门小区三号楼自前天晚上停水，至今两天，家中有老人，希望尽快恢复供水。',
  place: '北门小区三号楼', occurred: '前天晚上', wish: '尽快恢复供水',
  reply: ['follow-up', 'archive'].includes(brief.stage) ? '经核实，三号楼水泵故障，已于当日18时修复，恢复供水，并已电话告知诉求人。' : null,
  stages: [
    { stage: 'accept', stage_zh: '受理', at: brief.created_at, actor: 'a7', actor_name: '李晓', text: '服务代表受理来电诉求' },
    ...(brief.unit ? [{ stage: 'dispatch', stage_zh: '转办', at: brief.created_at, actor: 'system', actor_name: '系统', text: `转至${brief.unit_name}` }] : []),
    ...(['follow-up', 'archive'].includes(brief.stage) ? [{ stage: 'handle', stage_zh: '办理', at: ago(2), actor: brief.unit, actor_name: brief.unit_name, text: '承办单位已答复' }] : []),
    ...(brief.stage === 'archive' ? [{ stage: 'archive', stage_zh: '归档', at: ago(1), actor: 'system', actor_name: '系统', text: '办结归档' }] : []),
  ],
  deadline: { due_at: brief.due_at, limit_text: '2 小时', overdue: brief.stage === 'supervise' },
  contact: brief.contact, source: [{ field: 'place', source_ms: 24600 }, { field: 'title', source_ms: 13100 }],
})

export const contacts = orders.map((order, at) => ({
  contact: order.contact, at: order.created_at, caller_masked: `13${at}****0${at}`, line_name: at % 3 ? '政务服务便民热线' : '一号答专席',
  seat: at === 4 ? null : '007', connected: at !== 4, seconds: 95 + at * 21, order_nos: at === 4 || at === 1 ? [] : [order.order_no],
  reason: at === 4 ? 'abandoned' : 'caller-hung-up',
}))

export const callbacks = [1, 2, 3].map((at) => ({
  contact: contactId(80 + at), caller_masked: `139****1${at}`, abandoned_at: ago(at), line_name: '政务服务便民热线', waited_seconds: 12 + at * 9, done: at === 3,
  done_by: at === 3 ? '李晓' : '', claimed_by: at === 2 ? '李晓' : '',
}))

const OFFSET_S = 8 * 3600
const start = (seconds) => Math.floor((Date.now() / 1000 + OFFSET_S) / seconds) * seconds
const hours = (days) => Array.from({ length: 24 * days }, (_, at) => ({ label: String(start(86400) - at * 3600), n: at % 24 < 10 ? Math.round(18 + 14 * Math.sin(at / 2.1)) : at % 3 }))
const days = (span) => Array.from({ length: span }, (_, at) => ({ label: String(start(86400) - (span - 1 - at) * 86400), n: 210 + ((at * 37) % 90) - (at % 7 > 4 ? 80 : 0) + (at > span - 4 ? 110 : 0) }))
const FIGURES = {
  offered: ['来电总量', '个', '已结束的来电，不含5秒内挂断', 7162], connected: ['人工接通', '个', '由服务代表接通的来电', 6840],
  within_15: ['15秒内接通', '个', '从来电呼入起15秒内由服务代表接通', 6217], sl15: ['15秒接通率', '%', '15秒内接通 ÷ 来电总量，从呼入（INVITE）起算', 86.8],
  queue_sl15: ['15秒接通率（排队起算）', '%', '从进入排队起15秒内接通 ÷ 来电总量', 90.2], abandoned: ['放弃', '个', '未接通即挂断的来电，不含5秒内挂断', 322],
  wait_mean: ['平均等待', '秒', '接通来电从呼入到接通的平均时长', 9.8], aht: ['平均通话时长', '秒', '接通来电的平均通话时长', 187.4],
  orders: ['受理工单', '件', '期间受理的工单', 5120], direct: ['直办', '件', '当场答复办结的咨询', 2301], on_time: ['按时办理率', '%', '时限内答复 ÷ 已答复', 97.2],
  satisfied: ['回访满意率', '%', '满意 ÷ 已回访（不含免回访）', null], connected_total: ['累计人工接通', '个', '开通以来由服务代表接通的来电', 11],
}
export const figureOf = (name) => {
  const [label, unit, rule, value] = FIGURES[name]
  return { name, label, unit, rule, value, query: `select count(*) filter (where connected_at - invite_at <= interval '15 s') * 100.0 / count(*)\n  from analytics.call where origin = 'live'` }
}
const bars = (rows) => rows.map(([label, n]) => ({ label, n }))
export const overview = (origin, span) => ({
  origin, figures: Object.keys(FIGURES).filter((name) => name !== 'connected_total').map(figureOf), connected_total: figureOf('connected_total'), position: 48213, as_of: ago(0),
  volumes: {
    by_hour: hours(span), by_day: days(span),
    by_kind: bars([['consult', 2865], ['help', 2149], ['complaint', 1504], ['suggestion', 358], ['report', 286]]),
    by_line: bars([['政务服务便民热线', 5013], ['一号答专席', 1146], ['供水服务热线', 573], ['供热服务热线', 430]]),
    by_district: bars([['云山区', 2210], ['望湖区', 1730], ['开发区', 860], ['', 320]]),
  },
})

const topic = (name, label, terms, count, growth, surprise, level, places) => ({
  topic: name, label, terms, contacts: count, orders: Math.round(count * 0.7), callers: count - 3, growth, surprise, level, places, first_at: ago(60), last_at: ago(1),
  sample: orders.slice(0, 3).map((order) => ({ contact: order.contact, order_no: order.order_no, title: order.title, source_ms: 13100 })),
})
export const topics = [
  topic('t1', '北门片区停水', ['停水', '恢复', '三号楼', '水泵'], 148, 4.6, 29.2, 'orange', ['云山区北门街道']),
  topic('t2', '夜间施工噪音', ['噪音', '施工', '夜里'], 63, 1.42, 12.8, 'yellow', ['望湖区', '云山区']),
  topic('t3', '预付卡退费', ['健身卡', '退费', '关门'], 41, 0.9, 0, 'none', []),
]

export const figureContacts = contacts.map((row, at) => ({
  contact: row.contact, at: row.at, order_no: row.order_no, title: orders[at].title, district: orders[at].district, utterance_ms: 13100,
}))
export const briefings = [
  { briefing: '0199cccc-0000-7000-8000-000000000001', title: '云州市12345热线舆情专报（11月16日至11月22日）', period_from: ago(170), period_to: ago(2), issued_at: ago(1), origin: 'demo' },
]
