/** The sound line as screens see it: its state, levels, and why there is no microphone. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { computed, ref, shallowRef, watch } from 'vue'
import { Line, type LineState } from '@/rooms/telephony/line'
import { measure } from '@/rooms/telephony/level'
import { unlockSound } from '@/rooms/telephony/sound'
import { Voice, type NoMicrophone, type VoiceSource } from '@/rooms/telephony/voice'
import { useSeat } from './seat'
import { useSession } from '@/shell/stores/session'

/** How long the switch may say "no line" while we think there is one, before we open anew. */
const DISAGREE_MS = 4000

export const useLine = defineRoomStore('line', () => {
  const seat = useSeat()
  const state = ref<LineState>('closed')
  const detail = ref('')
  const micLevel = ref(0)
  const remoteLevel = ref(0)
  const source = ref<VoiceSource>('microphone')
  const lacking = ref<NoMicrophone | null>(null)
  const soundLocked = ref(false)
  const connectedAt = ref(0)
  const remote = shallowRef<MediaStream | null>(null)
  const session = useSession()
  const voice = new Voice(() => session.setup?.demo === true)
  const player = new Audio()
  player.autoplay = true
  let stopMic: (() => void) | null = null
  let stopRemote: (() => void) | null = null
  let doubt: ReturnType<typeof setTimeout> | null = null

  async function openVoice(): Promise<MediaStream> {
    const stream = await voice.open()
    source.value = voice.source
    lacking.value = voice.lacking
    stopMic?.()
    stopMic = measure(stream, (level) => { micLevel.value = level })
    return stream
  }

  async function hear(stream: MediaStream): Promise<void> {
    remote.value = stream
    player.srcObject = stream
    stopRemote?.()
    stopRemote = measure(stream, (level) => { remoteLevel.value = level })
    await playNow()
  }

  async function playNow(): Promise<void> {
    if (player.srcObject === null) return
    try {
      await player.play()
      soundLocked.value = false
    } catch {
      soundLocked.value = true // Browsers want a key or click first; `unlock` runs at the next one.
    }
  }

  async function unlock(): Promise<void> {
    await unlockSound()
    if (soundLocked.value) await playNow()
  }

  const line = new Line({
    voice: openVoice,
    onState: (next, why) => {
      if (next === 'connected' && state.value !== 'connected') connectedAt.value = Date.now()
      state.value = next
      detail.value = why
    },
    onRemote: (stream) => void hear(stream),
  })

  const ready = computed(() => state.value === 'connected')
  /** Without a voice of its own a seat takes no calls; only in a demonstration a rendered one talks for it. */
  const mute = computed(() => lacking.value !== null && source.value === 'silence')

  watch(() => mute.value && seat.state === 'ready', (unheard) => { if (unheard) void seat.notReady('break') })
  watch(() => seat.state === 'talking', (talking) => voice.setTalking(talking))
  watch(() => [seat.own?.line_connected, state.value] as const, ([served, own]) => {
    if (doubt !== null) clearTimeout(doubt)
    doubt = null
    if (served === false && own === 'connected') doubt = setTimeout(() => line.renew(), DISAGREE_MS)
  })

  function open(): void {
    addEventListener('pointerdown', unlockEvent, true)
    addEventListener('keydown', unlockEvent, true)
    line.open()
  }

  function close(): void {
    removeEventListener('pointerdown', unlockEvent, true)
    removeEventListener('keydown', unlockEvent, true)
    if (doubt !== null) clearTimeout(doubt)
    line.close()
    voice.forget()
    stopMic?.()
    stopRemote?.()
    player.srcObject = null
  }

  const unlockEvent = (): void => void unlock()

  /** Ask for the microphone anew and open the line with it. */
  function renew(): void {
    voice.forget()
    line.renew()
  }

  const connection = (): RTCPeerConnection | null => line.connection

  /** Close the line and forget who was heard. */
  function reset(): void {
    close()
    stopMic = stopRemote = doubt = null
    remote.value = lacking.value = null
    micLevel.value = remoteLevel.value = connectedAt.value = 0
    soundLocked.value = false
  }

  return {
    state, detail, micLevel, remoteLevel, source, lacking, soundLocked, remote, ready, mute, connectedAt,
    open, close, renew, unlock, connection, reset,
  }
})
