/** Who is logged in, and what the desk told us about the city. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { session as api, setup as fetchSetup } from '@/api/desk'
import { Problem } from '@/api/client'
import type { CategoryRow, Principal, Role, Setup } from '@/api/types'

export type Page = 'desk' | 'contacts' | 'orders' | 'callbacks' | 'analytics' | 'briefings'

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
  const ended = ref(false)

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
      if (error instanceof Problem && error.status === 401) principal.value = null
      else throw error
    }
  }

  async function open(login: string, password: string): Promise<void> {
    principal.value = await api.open(login, password)
    ended.value = false
  }

  async function close(): Promise<void> {
    try {
      await api.close()
    } finally {
      forget(false)
    }
  }

  /** The session is over: by the agent's wish, or (`expired`) because the desk no longer knows it. */
  function forget(expired: boolean): void {
    ended.value = expired && principal.value !== null
    principal.value = null
    setup.value = null
  }

  async function loadSetup(): Promise<void> {
    setup.value = await fetchSetup()
  }

  const category = (code: string): CategoryRow | undefined => categories.value.get(code)
  const may = (page: Page): boolean => pages.value.includes(page)

  return { principal, setup, asked, ended, pages, sits, zone, restore, open, close, forget, loadSetup, category, may }
})
