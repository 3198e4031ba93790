/**
 * `window.__hotline`: what tests may read of the page. Reading only; nothing here changes a call.
 *
 * lineState   closed | opening | connected | interrupted | failed
 * micLevel    0..1 loudness of what is sent        remoteLevel  0..1 loudness of what is heard
 * voice       microphone | rendered                soundLocked  true until a key or click lets sound play
 * seatState   state by the switch                  liveStatus   idle | connecting | open | lost
 * standing    unknown | active | elsewhere: whether this page is the active one of its seat
 * live()      {epoch, n} of the live socket        call, contact  ids or ''
 * remoteStream()  the MediaStream that is heard    stats()  codec, packets and round trip from getStats
 */
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { useLine } from '@/rooms/telephony/stores/line'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { usePresence } from '@/rooms/agent_desk/stores/presence'
import { useSeat } from '@/rooms/telephony/stores/seat'

export interface LineStats {
  codec: string
  packetsSent: number
  packetsReceived: number
  packetsLost: number
  jitterMs: number
  roundTripMs: number | null
}

async function statsOf(connection: RTCPeerConnection | null): Promise<LineStats> {
  const stats: LineStats = {
    codec: '', packetsSent: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, roundTripMs: null,
  }
  if (connection === null) return stats
  const report = await connection.getStats()
  report.forEach((row: Record<string, unknown>) => {
    if (row['type'] === 'outbound-rtp') {
      stats.packetsSent = Number(row['packetsSent'] ?? 0)
      const codec = report.get(String(row['codecId'])) as { mimeType?: string } | undefined
      stats.codec = codec?.mimeType ?? ''
    } else if (row['type'] === 'inbound-rtp') {
      stats.packetsReceived = Number(row['packetsReceived'] ?? 0)
      stats.packetsLost = Number(row['packetsLost'] ?? 0)
      stats.jitterMs = Number(row['jitter'] ?? 0) * 1000
    } else if (row['type'] === 'candidate-pair' && row['nominated'] === true) {
      const seconds = row['currentRoundTripTime']
      stats.roundTripMs = typeof seconds === 'number' ? seconds * 1000 : null
    }
  })
  return stats
}

export function installProbe(): void {
  const line = useLine()
  const live = useLive()
  const seat = useSeat()
  const presence = usePresence()
  const contact = useContact()
  const probe = {
    get lineState() { return line.state },
    get micLevel() { return line.micLevel },
    get remoteLevel() { return line.remoteLevel },
    get voice() { return line.source },
    get soundLocked() { return line.soundLocked },
    get seatState() { return seat.state },
    get standing() { return presence.standing },
    get liveStatus() { return live.status },
    get call() { return seat.call?.call ?? '' },
    get contact() { return contact.current },
    live: () => live.position(),
    remoteStream: () => line.remote,
    stats: () => statsOf(line.connection()),
  }
  Object.defineProperty(window, '__hotline', { value: Object.freeze(probe), configurable: true })
}
