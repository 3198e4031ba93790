/** The page's one AudioContext; it runs from the first key or click on. */
let context: AudioContext | null = null

export function audioContext(): AudioContext {
  context ??= new AudioContext()
  return context
}

export async function unlockSound(): Promise<void> {
  if (audioContext().state === 'suspended') await audioContext().resume()
}
