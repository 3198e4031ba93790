/** Words of what was said: transcript, recogniser, reasons for listening. */
export const words = {
  'asr.label': '语音识别',
  'asr.none': '未运行',
  'asr.noneHint': '语音识别未运行：通话不受影响，暂无转写。',
  'asr.lag': '延迟 {seconds} 秒',
  'asr.stale': '状态超过 {seconds} 秒未更新',
  'asr.detail': '识别引擎 {engine}，主机 {host}，正在听 {legs} 路，{partials}',
  'asr.partials': '边说边出字',
  'asr.finals': '说完一句出字',

  'party.CALLER': '诉求人',
  'party.AGENT': '座席',
  'party.EXPERT': '专家',
  'party.SUPERVISOR': '班长',

  'transcript.title': '通话实录',
  'transcript.listening': '正在听…',
  'transcript.latest': '回到最新',
  'transcript.empty': '尚无转写内容。',
  'transcript.incomplete': '转写不完整，部分内容未听到，以录音为准。',
  'transcript.copy': '引用到工单',
  'transcript.copyTo': '引用到',
  'transcript.copied': '已引用到“{field}”',
  'transcript.play': '播放这一句',
  'transcript.stop': '停止',
  'transcript.playing': '播放中',
  'transcript.afterCall': '录音在通话结束后可播放',
  'transcript.why': '调听用途',
  'transcript.audited': '调听录音会留痕审计。',

  'why.check': '核对诉求内容',
  'why.handle': '办理工单',
  'why.quality': '服务质检',
  'why.analysis': '舆情分析核实',

  'room.asr': '通话实录',
} as const
