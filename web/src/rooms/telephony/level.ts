/** Loudness of a stream, 0..1, measured ten times a second. */
import { audioContext } from './sound'

const EVERY_MS = 100
/** Quieter than this counts as silence on the meter. */
const FLOOR_DB = -60

export function levelOf(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const rms = Math.sqrt(sum / Math.max(1, samples.length))
  if (rms <= 0) return 0
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(rms)) / FLOOR_DB))
}

export function measure(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const sound = audioContext()
  const source = sound.createMediaStreamSource(stream)
  const analyser = new AnalyserNode(sound, { fftSize: 1024 })
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    onLevel(levelOf(samples))
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    source.disconnect()
    onLevel(0)
  }
}
