/** What stands around pages; each is loaded when the first page needs it, so the log-in carries no softphone. */
import { shallowRef, type Component } from 'vue'
import type { Page } from './manifest'

const LAYOUTS = {
  alone: () => import('./AloneLayout.vue'),
  plain: () => import('@/rooms/session/PlainLayout.vue'),
  seat: () => import('@/rooms/agent_desk/seat/SeatLayout.vue'),
} satisfies Record<string, () => Promise<{ default: Component }>>

export type LayoutName = keyof typeof LAYOUTS

/** The layout that is shown. */
export const layout = shallowRef<Component | null>(null)

/** A page in the frame has the softphone above it for who has a seat, and a plain bar for everybody else. */
export const layoutOf = (page: Page | undefined, sits: boolean): LayoutName =>
  page?.layout === 'alone' ? 'alone' : sits ? 'seat' : 'plain'

export const loadLayout = async (name: LayoutName): Promise<Component> => (await LAYOUTS[name]()).default
