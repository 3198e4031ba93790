/** Times as people at the desk read them. Instants are shown in the city's zone. */
const two = (value: number): string => String(value).padStart(2, '0')

/** 83 s → "01:23"; over an hour "1:02:03". */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** Call time of a transcript line: 83 400 ms → "01:23". */
export const callTime = (ms: number): string => clockOf(ms / 1000)

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, style: 'minute' | 'second' | 'day'): Intl.DateTimeFormat {
  const key = `${zone}|${style}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const day: Intl.DateTimeFormatOptions = { month: '2-digit', day: '2-digit' }
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  const options = style === 'day' ? { year: 'numeric' as const, ...day }
    : { ...day, ...time, ...(style === 'second' ? { second: '2-digit' as const } : {}) }
  const made = new Intl.DateTimeFormat('zh-CN', { timeZone: zone, ...options })
  formats.set(key, made)
  return made
}

export function instantText(instant: string | null, zone: string, style: 'minute' | 'second' | 'day' = 'minute'): string {
  if (instant === null || instant === '') return '—'
  return format(zone, style).format(new Date(instant)).replaceAll('/', '-')
}

export interface TimeLeft {
  over: boolean
  amount: number
  unit: 'minute' | 'hour' | 'day'
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** From here on days are counted. */
const DAYS_FROM_H = 72

/** How long until `due`, or since: minutes below one hour, hours below three days, then days; never less than one. */
export function timeLeft(due: string, now: number): TimeLeft {
  const left = Date.parse(due) - now
  const [over, ms] = [left < 0, Math.abs(left)]
  if (ms < HOUR_MS) return { over, amount: Math.max(1, Math.floor(ms / MINUTE_MS)), unit: 'minute' }
  if (ms < DAYS_FROM_H * HOUR_MS) return { over, amount: Math.floor(ms / HOUR_MS), unit: 'hour' }
  return { over, amount: Math.floor(ms / (24 * HOUR_MS)), unit: 'day' }
}
