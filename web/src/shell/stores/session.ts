/** Who is logged in and may ask what, whether the page is locked, and what the desk told us about the city. */
import { computed, ref, shallowRef } from 'vue'
import { Problem } from '@/api/client'
import { session as api, setup as fetchSetup } from '@/shell/requests'
import type { Operation } from '@/api/operations'
import type { CategoryRow, Principal, Setup, SignedIn } from '@/api/types'
import { defineRoomStore } from './room_store'

/** `idle`: nobody typed for a while, the password opens it; `ended`: the desk no longer knows the session. */
export type Lock = '' | 'idle' | 'ended'

export const useSession = defineRoomStore('session', () => {
  const principal = shallowRef<Principal | null>(null)
  /** What the desk lets the person's role ask. */
  const granted = shallowRef<ReadonlySet<string>>(new Set())
  const setup = shallowRef<Setup | null>(null)
  const asked = ref(false)
  const lock = ref<Lock>('')

  /** Without a seat there is no desk to sit at. */
  const sits = computed(() => principal.value?.seat != null && may('POST /api/seat/sign-in'))
  const zone = computed(() => setup.value?.city.zone ?? 'Asia/Shanghai')
  const categories = computed(() => new Map((setup.value?.categories ?? []).map((row) => [row.code, row])))

  function know(signedIn: SignedIn): void {
    principal.value = signedIn.principal
    granted.value = new Set(signedIn.may)
  }

  async function restore(): Promise<void> {
    asked.value = true
    try {
      know(await api.current())
    } catch (error) {
      if (error instanceof Problem && error.status === 401) end()
      else throw error
    }
  }

  /** Log in. Returns whether it is another person than the one whose text this page still keeps, behind its lock. */
  async function open(login: string, password: string): Promise<boolean> {
    const before = principal.value
    await api.open(login, password)
    know(await api.current())
    const other = before !== null && before.account !== principal.value?.account
    if (!other) lock.value = ''
    return other
  }

  /** Nobody typed for a while: the page hides what it shows until the password is given. */
  function lockIdle(): void {
    if (principal.value !== null && lock.value === '') lock.value = 'idle'
  }

  async function unlock(password: string): Promise<void> {
    await api.unlock(password)
    if (lock.value === 'idle') lock.value = ''
  }

  /** Log out; the desk may know nothing of the session any more. */
  async function close(): Promise<void> {
    await api.close().catch((error: unknown) => {
      if (!(error instanceof Problem && error.status === 401)) throw error
    })
  }

  /** The desk no longer knows the session. The page stays as it is, behind a lock, until somebody logs in. */
  function end(): void {
    if (principal.value !== null) lock.value = 'ended'
  }

  function reset(): void {
    principal.value = setup.value = null
    granted.value = new Set()
    lock.value = ''
  }

  async function loadSetup(): Promise<void> {
    setup.value = await fetchSetup()
  }

  const category = (code: string): CategoryRow | undefined => categories.value.get(code)
  const may = (operation: Operation): boolean => granted.value.has(operation)

  return { principal, granted, setup, asked, lock, sits, zone, know, restore, open, lockIdle, unlock, close, end, reset, loadSetup, category, may }
})
