/**
 * The seat's sound line: one RTCPeerConnection for a shift, PCMA first, host candidates only, no trickle.
 * It says what it is by `onState`; when it drops it is opened again with growing pauses.
 */
import { seat as api } from './requests'
import { sentenceOf } from '@/api/client'
import { t } from '@/i18n'

export type LineState = 'closed' | 'opening' | 'connected' | 'interrupted' | 'failed'

export interface LineOptions {
  /** The voice to send; asked again for each connection. */
  voice: () => Promise<MediaStream>
  onState: (state: LineState, detail: string) => void
  onRemote: (stream: MediaStream) => void
}

const GATHERING_MS = 2000
const GRACE_MS = 3000
const OPENING_MS = 12_000
const BACK_OFF_MS = [500, 1000, 2000, 5000] as const

/** PCMA, PCMU and telephone events first: what the trunk speaks needs no second coding. */
export function preferred<T extends { mimeType: string }>(codecs: readonly T[]): T[] {
  const order = ['audio/pcma', 'audio/pcmu', 'audio/telephone-event']
  const rank = (codec: T): number => {
    const at = order.indexOf(codec.mimeType.toLowerCase())
    return at < 0 ? order.length : at
  }
  return [...codecs].sort((a, b) => rank(a) - rank(b))
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      connection.removeEventListener('icegatheringstatechange', look)
      resolve()
    }
    const look = (): void => { if (connection.iceGatheringState === 'complete') done() }
    const timer = setTimeout(done, GATHERING_MS)
    connection.addEventListener('icegatheringstatechange', look)
    look()
  })
}

export class Line {
  state: LineState = 'closed'
  connection: RTCPeerConnection | null = null
  private wanted = false
  private attempts = 0
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly options: LineOptions) {}

  open(): void {
    if (this.wanted) return
    this.wanted = true
    this.attempts = 0
    void this.connect()
  }

  close(): void {
    this.wanted = false
    this.drop()
    this.become('closed', '')
  }

  /** Open anew, e.g. when the switch says that it does not hear us. */
  renew(): void {
    if (!this.wanted) return
    this.drop()
    this.attempts = 0
    void this.connect()
  }

  private async connect(): Promise<void> {
    this.become(this.attempts === 0 ? 'opening' : 'interrupted', '')
    const connection = new RTCPeerConnection({ iceServers: [] })
    this.connection = connection
    try {
      await this.negotiate(connection)
    } catch (error) {
      if (connection === this.connection) this.again(sentenceOf(error))
    }
  }

  private async negotiate(connection: RTCPeerConnection): Promise<void> {
    const voice = await this.options.voice()
    if (connection !== this.connection) return
    const track = voice.getAudioTracks()[0]
    if (track === undefined) throw new Error(t('line.noInput'))
    const transceiver = connection.addTransceiver(track, { direction: 'sendrecv', streams: [voice] })
    const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? []
    if (codecs.length > 0) transceiver.setCodecPreferences(preferred(codecs))
    connection.ontrack = (event) => this.options.onRemote(event.streams[0] ?? new MediaStream([event.track]))
    connection.onconnectionstatechange = () => this.look(connection)
    await connection.setLocalDescription(await connection.createOffer())
    await gathered(connection)
    const sdp = connection.localDescription?.sdp ?? ''
    const { answer_sdp } = await api.line(sdp)
    if (connection !== this.connection) return
    await connection.setRemoteDescription({ type: 'answer', sdp: answer_sdp })
    this.arm(OPENING_MS, () => this.again(t('line.slow')))
    this.look(connection)
  }

  private look(connection: RTCPeerConnection): void {
    if (connection !== this.connection) return
    const state = connection.connectionState
    if (state === 'connected') {
      this.disarm()
      this.attempts = 0
      this.become('connected', '')
    } else if (state === 'disconnected') {
      this.become('interrupted', '')
      this.arm(GRACE_MS, () => this.again(''))
    } else if (state === 'failed' || state === 'closed') {
      this.again('')
    }
  }

  private again(detail: string): void {
    this.drop()
    if (!this.wanted) return
    this.become(detail === '' ? 'interrupted' : 'failed', detail)
    const wait = BACK_OFF_MS[Math.min(this.attempts, BACK_OFF_MS.length - 1)] ?? 5000
    this.attempts += 1
    this.arm(wait, () => void this.connect())
  }

  private drop(): void {
    this.disarm()
    const connection = this.connection
    this.connection = null
    if (connection === null) return
    connection.ontrack = connection.onconnectionstatechange = null
    connection.close()
  }

  private arm(ms: number, run: () => void): void {
    this.disarm()
    this.timer = setTimeout(run, ms)
  }

  private disarm(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  private become(state: LineState, detail: string): void {
    this.state = state
    this.options.onState(state, detail)
  }
}
