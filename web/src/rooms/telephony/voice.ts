/** What the line sends: the microphone, or, where the browser gives none, silence; in a demonstration a rendered voice. */
import { renderedVoice } from './requests'
import { rawMicrophone } from './raw_microphone'
import { audioContext } from './sound'

export type VoiceSource = 'microphone' | 'rendered' | 'silence'
/** Why there is no microphone: page not on localhost or https; refused by the person; none plugged in. */
export type NoMicrophone = 'insecure' | 'refused' | 'missing'

function reasonOf(error: unknown): NoMicrophone {
  return error instanceof DOMException && ['NotAllowedError', 'SecurityError'].includes(error.name) ? 'refused' : 'missing'
}

export class Voice {
  source: VoiceSource = 'microphone'
  lacking: NoMicrophone | null = null
  private stream: MediaStream | null = null
  private rendered: AudioBuffer | null = null
  private destination: MediaStreamAudioDestinationNode | null = null
  private playing: AudioBufferSourceNode | null = null
  private talking = false

  /** `demo`: whether a rendered voice may talk for a person; asked when the microphone is missing. */
  constructor(private readonly demo: () => boolean) {}

  /** The stream to send; a live one is kept, so a new connection asks for no new permission. */
  async open(): Promise<MediaStream> {
    if (this.stream?.getAudioTracks().some((track) => track.readyState === 'live')) return this.stream
    this.stream = (await this.microphone()) ?? (await this.instead())
    return this.stream
  }

  /** Ask for the microphone again, e.g. after the person allowed it or changed the settings. */
  forget(): void {
    this.stream?.getTracks().forEach((track) => track.stop())
    this.stream = null
  }

  /** The rendered voice is looped only while a caller is there to hear it. */
  setTalking(talking: boolean): void {
    this.talking = talking
    if (talking) this.play()
    else this.hush()
  }

  private async microphone(): Promise<MediaStream | null> {
    const devices = navigator.mediaDevices as MediaDevices | undefined
    if (devices === undefined || !window.isSecureContext) {
      this.lacking = 'insecure'
      return null
    }
    const tidy = !rawMicrophone()
    try {
      const stream = await devices.getUserMedia({
        audio: { echoCancellation: tidy, noiseSuppression: tidy, autoGainControl: tidy, channelCount: 1 },
      })
      this.source = 'microphone'
      this.lacking = null
      return stream
    } catch (error) {
      this.lacking = reasonOf(error)
      return null
    }
  }

  /** The line opens all the same: the agent hears, and outside demonstrations sends silence. */
  private async instead(): Promise<MediaStream> {
    this.source = this.demo() ? 'rendered' : 'silence'
    const sound = audioContext()
    this.destination ??= sound.createMediaStreamDestination()
    if (this.source === 'rendered' && this.rendered === null) {
      try {
        this.rendered = await sound.decodeAudioData(await (await renderedVoice()).arrayBuffer())
      } catch {
        this.rendered = null // The line still opens: the agent hears the caller, the caller hears silence.
      }
    }
    if (this.talking) this.play()
    return this.destination.stream
  }

  private play(): void {
    if (this.source !== 'rendered' || this.rendered === null || this.destination === null || this.playing !== null) return
    this.playing = new AudioBufferSourceNode(audioContext(), { buffer: this.rendered, loop: true })
    this.playing.connect(this.destination)
    this.playing.start()
  }

  private hush(): void {
    this.playing?.stop()
    this.playing?.disconnect()
    this.playing = null
  }
}
