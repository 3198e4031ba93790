/** Which pages are open to the person at the page: those whose requests the desk would answer. */
import type { Page } from './manifest'
import { MENU, type MenuPage } from './rooms'
import type { useSession } from './stores/session'

type Session = Pick<ReturnType<typeof useSession>, 'may' | 'sits'>

export const isOpen = (page: Page, session: Session): boolean =>
  page.asks.every((operation) => session.may(operation)) && (page.seat !== true || session.sits)

/** The menu of this person, first the page where one lands after log-in. */
export const menuOf = (session: Session): MenuPage[] => MENU.filter((page) => isOpen(page, session))
