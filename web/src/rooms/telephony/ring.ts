/** The ring of the seat: a soft double tone every three seconds, made here, no file. */
import { audioContext } from './sound'

const KEY = 'hotline.ring'
let timer: ReturnType<typeof setInterval> | null = null

export const ringWanted = (): boolean => localStorage.getItem(KEY) !== 'off'
export const setRingWanted = (on: boolean): void => localStorage.setItem(KEY, on ? 'on' : 'off')

function tone(at: number, hertz: number, seconds: number): void {
  const sound = audioContext()
  const gain = new GainNode(sound, { gain: 0 })
  const oscillator = new OscillatorNode(sound, { frequency: hertz })
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.12, at + 0.02)
  gain.gain.setValueAtTime(0.12, at + seconds - 0.05)
  gain.gain.linearRampToValueAtTime(0, at + seconds)
  oscillator.connect(gain).connect(sound.destination)
  oscillator.start(at)
  oscillator.stop(at + seconds)
}

function once(): void {
  if (!ringWanted() || audioContext().state !== 'running') return
  const now = audioContext().currentTime
  tone(now, 660, 0.35)
  tone(now + 0.42, 520, 0.45)
}

/** Two short tones; not a ring, so heard even where the ring is switched off. */
export function remind(): void {
  if (audioContext().state !== 'running') return
  const now = audioContext().currentTime
  tone(now, 880, 0.12)
  tone(now + 0.2, 880, 0.12)
}

export function startRing(): void {
  if (timer !== null) return
  once()
  timer = setInterval(once, 3000)
}

export function stopRing(): void {
  if (timer !== null) clearInterval(timer)
  timer = null
}
