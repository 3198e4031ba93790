/** The call that the fixture plays: what is said after which pause, what is proposed and suggested. Times of speech are call time. */
import type { DraftableName, DraftField, Party, Suggestions, Utterance } from '../src/api/types'

/** An utterance without the call it belongs to. */
export type Line = Omit<Utterance, 'contact' | 'call'>

const LEG = '0199aaaa-0000-7000-8000-00000000001'
const heard = (party: Party, start_ms: number, end_ms: number, text: string): Line => ({
  leg: LEG + (party === 'CALLER' ? '1' : '2'), party, start_ms, end_ms, text, engine: 'whisper-base', words: [], confidence: null,
})

export const FIRST_LINE = heard('CALLER', 4200, 6900, '我要反映我们小区停水的事。')

/** Pause in ms before it is said, and what. */
export const TALK: readonly (readonly [number, Line])[] = [
  [400, heard('AGENT', 9000, 12400, '您好，工号零零七为您服务，请问您是哪个小区？')],
  [1500, heard('CALLER', 13100, 19800, '我们是云山区北门小区的，已经停水两天了，什么时候能恢复？')],
  [1600, heard('AGENT', 20500, 23900, '请问是整栋楼停水，还是只有您家停水？')],
  [1700, heard('CALLER', 24600, 31200, '整个三号楼都没水，前天晚上就停了，家里有老人，能不能尽快来修？')],
  [1700, heard('AGENT', 32000, 35800, '好的，我为您登记，请问您贵姓，回访电话是来电号码吗？')],
  [1500, heard('CALLER', 36500, 40100, '我姓王，就打这个电话。')],
]

const field = (name: DraftableName, value: string, source: string, source_ms: number, confidence: number): DraftField =>
  ({ name, value, source, source_ms, confidence })

/** After how many utterances, and what is proposed then. */
export const PROPOSALS: readonly (readonly [number, DraftField[]])[] = [
  [0, [field('title', '小区停水', '我要反映我们小区停水的事', 4200, 0.55)]],
  [2, [
    field('kind', 'help', '什么时候能恢复', 13100, 0.72),
    field('category', '020301', '已经停水两天了', 13100, 0.81),
    field('title', '云山区北门小区停水两天', '我们是云山区北门小区的，已经停水两天了', 13100, 0.78),
    field('district', '云山区', '云山区北门小区', 13100, 0.93),
    field('place', '北门小区', '云山区北门小区', 13100, 0.88),
  ]],
  [4, [
    field('kind', 'help', '能不能尽快来修', 24600, 0.76),
    field('title', '云山区北门小区三号楼停水两天', '整个三号楼都没水', 24600, 0.8),
    field('place', '北门小区三号楼', '整个三号楼都没水', 24600, 0.86),
    field('occurred', '前天晚上', '前天晚上就停了', 24600, 0.74),
    field('content', '诉求人反映：云山区北门小区三号楼自前天晚上停水，至今两天，家中有老人，希望尽快恢复供水。', '整个三号楼都没水，前天晚上就停了', 24600, 0.68),
    field('wish', '尽快恢复供水', '能不能尽快来修', 24600, 0.52),
  ]],
  [6, [
    field('kind', 'help', '能不能尽快来修', 24600, 0.76),
    field('wish', '尽快恢复供水', '能不能尽快来修', 24600, 0.52),
    field('caller_name', '王', '我姓王', 36500, 0.7),
    field('callback_phone', '199****01', '就打这个电话', 36500, 0.7),
  ]],
]

export const SUGGESTIONS: Suggestions = {
  items: [
    {
      entry: 'K0017', version: 3, title: '小区停水原因与恢复时间如何查询', category: '020301', band: 'strong', score: 12.4,
      answer: '停水分为计划停水和故障抢修。计划停水会提前24小时在小区张贴通知；突发停水多为管道爆裂，抢修一般在24小时内完成。我现在为您登记，由市供水集团核实并在2小时内与您联系，告知恢复时间；停水超过12小时的，可安排应急送水。',
      matched: ['停水', '小区', '恢复'], why: '诉求人说到“停水”“恢复”，与本条的标准问“小区停水什么时候恢复”吻合',
      key_points: ['先问清整栋还是单户', '超过12小时可安排应急送水'], materials: ['无需材料，提供详细地址'], effective_to: '2027-12-31',
    },
    {
      entry: 'K0018', version: 1, title: '二次供水设施故障由谁维修', category: '030102', band: 'fair', score: 7.9,
      answer: '已移交供水企业管理的二次供水设施由供水企业维修；未移交的由物业服务企业负责，费用按物业合同约定。',
      matched: ['停水', '楼'], why: '诉求人说到“整个三号楼”停水，可能是二次供水设施故障',
      key_points: ['先核实是否已移交'], materials: [], effective_to: null,
    },
    {
      entry: 'K0021', version: 2, title: '水压不足、水质发黄如何反映', category: '030103', band: 'weak', score: 4.1,
      answer: '请描述出现时间和持续时长，我为您登记，供水企业会上门检测水压、水质。',
      matched: ['水'], why: '同属供水问题', key_points: [], materials: [], effective_to: '2026-12-31',
    },
  ],
  reason: '', revision: 3, took_ms: 6.2,
}
