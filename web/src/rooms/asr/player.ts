/** One sound at a time: an utterance of a recording, fetched with the reason that is audited. */
import { defineRoomStore } from '@/shell/stores/room_store'
import { ref } from 'vue'
import { sentenceOf } from '@/api/client'
import { t, type Key } from '@/i18n'
import { audio as fetchAudio } from './requests'
import { useNotices } from '@/shell/stores/notices'

export const REASONS = ['why.check', 'why.handle', 'why.quality', 'why.analysis'] as const satisfies readonly Key[]
/** A little before and after, so that a first syllable is not cut. */
const MARGIN_MS = 300

export const usePlayer = defineRoomStore('player', () => {
  const notices = useNotices()
  const playing = ref('')
  const loading = ref('')
  const why = ref<(typeof REASONS)[number]>('why.check')
  let audio: HTMLAudioElement | null = null
  let turn = 0

  function stop(): void {
    turn += 1
    if (audio !== null) {
      audio.pause()
      URL.revokeObjectURL(audio.src)
    }
    audio = null
    playing.value = loading.value = ''
  }

  /** Play `from`..`to` ms of call time; `key` marks the button that shows it. The same key again stops. */
  async function toggle(key: string, contact: string, call: string, from: number, to: number): Promise<void> {
    const same = playing.value === key || loading.value === key
    stop()
    if (same) return
    const mine = turn
    loading.value = key
    try {
      const sound = await fetchAudio(contact, call, Math.max(0, Math.round(from) - MARGIN_MS), Math.round(to) + MARGIN_MS, t(why.value))
      if (mine !== turn) return
      audio = new Audio(URL.createObjectURL(sound))
      audio.onended = stop
      await audio.play()
      loading.value = ''
      playing.value = key
    } catch (error) {
      if (mine !== turn) return
      stop()
      notices.bad(sentenceOf(error))
    }
  }

  const reset = (): void => {
    stop()
    why.value = 'why.check'
  }

  return { playing, loading, why, toggle, stop, reset }
})
