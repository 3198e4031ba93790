/** Who is logged in, whether the page is locked, and what the desk told us about the city. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { session as api, setup as fetchSetup } from '@/api/desk'
import { Problem } from '@/api/client'
import type { CategoryRow, Principal, Role, Setup } from '@/api/types'

export type Page = 'desk' | 'contacts' | 'orders' | 'callbacks' | 'analytics' | 'briefings'
/** `idle`: nobody typed for a while, the password opens it; `ended`: the desk no longer knows the session. */
export type Lock = '' | 'idle' | 'ended'

const PAGES: Record<Role, Page[]> = {
  agent: ['desk', 'contacts', 'orders', 'callbacks'],
  analyst: ['analytics', 'briefings', 'contacts', 'orders'],
  admin: ['desk', 'analytics', 'briefings', 'contacts', 'orders', 'callbacks'],
  unit: [],
}

export const useSession = defineStore('session', () => {
  const principal = shallowRef<Principal | null>(null)
  const setup = shallowRef<Setup | null>(null)
  const asked = ref(false)
  const lock = ref<Lock>('')

  /** Without a seat there is no desk to sit at. */
  const pages = computed<Page[]>(() => (principal.value === null ? []
    : PAGES[principal.value.role].filter((page) => page !== 'desk' || principal.value?.seat != null)))
  const sits = computed(() => pages.value.includes('desk'))
  const zone = computed(() => setup.value?.city.zone ?? 'Asia/Shanghai')
  const categories = computed(() => new Map((setup.value?.categories ?? []).map((row) => [row.code, row])))

  async function restore(): Promise<void> {
    asked.value = true
    try {
      principal.value = await api.current()
    } catch (error) {
      if (error instanceof Problem && error.status === 401) end()
      else throw error
    }
  }

  /** Log in. Returns whether it is another person than the one whose text this page still keeps, behind its lock. */
  async function open(login: string, password: string): Promise<boolean> {
    const before = principal.value
    principal.value = await api.open(login, password)
    const other = before !== null && before.account !== principal.value.account
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
    lock.value = ''
  }

  async function loadSetup(): Promise<void> {
    setup.value = await fetchSetup()
  }

  const category = (code: string): CategoryRow | undefined => categories.value.get(code)
  const may = (page: Page): boolean => pages.value.includes(page)

  return { principal, setup, asked, lock, pages, sits, zone, restore, open, lockIdle, unlock, close, end, reset, loadSetup, category, may }
})
