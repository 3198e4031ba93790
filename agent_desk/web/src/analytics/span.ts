/** The span of days that a page shows, as instants: whole days of the city, up to now. */
const DAY_MS = 86_400_000

export function spanOf(days: number, zone: string, now = Date.now()): { from: string; to: string } {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(now)
  const offset = Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(now / 1000) * 1000
  const today = Date.parse(`${shown.slice(0, 10)}T00:00:00Z`) - offset
  return { from: new Date(today - (days - 1) * DAY_MS).toISOString(), to: new Date(now).toISOString() }
}
