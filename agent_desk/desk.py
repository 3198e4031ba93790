"""The room put together: what the desk process runs, serves and reads."""

from dataclasses import dataclass
from typing import get_args

from agent_desk.accounts.service import Accounts
from agent_desk.auditing import Looks
from agent_desk.contacts.matters import Matters
from agent_desk.contacts.projection import consumers
from agent_desk.contacts.store import ContactStore
from agent_desk.contacts.view import ContactViews
from agent_desk.live.compose import City
from agent_desk.live.feed import Message
from agent_desk.live.hub import LiveDesk
from agent_desk.live.messages import SENDS, LiveOrder, PageSays
from agent_desk.live.socket import LiveSocket
from agent_desk.pages.accounts import AccountPages
from agent_desk.pages.call import CallPages
from agent_desk.pages.contacts import ContactPages
from agent_desk.pages.numbers import NumberPages
from agent_desk.pages.seat import SeatPages
from agent_desk.pages.session import DeskChoices, SessionPages
from agent_desk.pages.sound import SoundPages
from agent_desk.ports import Knowledge, Orders, Telephony
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.log import Consumer, LogRow
from runtime.postgres import Database, Transaction
from runtime.web import Route, WebSocketRoute
from vocabulary.events.work_orders import AnyOrderEvent
from vocabulary.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNeeds:
    """Everything the room gets from outside; ``microphone`` is a WAV file, None outside demonstrations."""

    database: Database
    bus: Bus
    clock: Clock
    accounts: Accounts
    telephony: Telephony
    knowledge: Knowledge
    city: City
    choices: DeskChoices
    microphone: bytes | None


class AgentDesk:
    """The desk of agents: give it the orders, then run it and serve its routes."""

    def __init__(self, needs: DeskNeeds, /) -> None:
        self._needs = needs
        self.live = LiveDesk(
            bus=needs.bus,
            telephony=needs.telephony,
            knowledge=needs.knowledge,
            city=needs.city,
            database=needs.database,
            clock=needs.clock,
        )
        self._store = ContactStore(database=needs.database, clock=needs.clock)
        self._looks = Looks(database=needs.database, clock=needs.clock)
        self._matters = Matters(database=needs.database, clock=needs.clock)
        self.contacts = ContactViews(
            board=self.live.board, store=self._store, matters=self._matters, looks=self._looks, clock=needs.clock
        )

    def routes(self, *, orders: Orders) -> tuple[Route, ...]:
        """Return all rows of the room."""
        needs = self._needs
        self.contacts.connect(orders)
        pages = (
            SessionPages(accounts=needs.accounts, choices=needs.choices, board=self.live.board),
            AccountPages(accounts=needs.accounts),
            SeatPages(telephony=needs.telephony, microphone=needs.microphone, pages=self.live.pages),
            ContactPages(views=self.contacts),
            CallPages(
                views=self.contacts,
                matters=self._matters,
                orders=orders,
                knowledge=needs.knowledge,
                database=needs.database,
                clock=needs.clock,
            ),
            NumberPages(views=self.contacts, store=self._store, looks=self._looks, clock=needs.clock),
            SoundPages(
                telephony=needs.telephony,
                store=self._store,
                views=self.contacts,
                database=needs.database,
                clock=needs.clock,
            ),
        )
        return tuple(route for page in pages for route in page.routes())

    def sockets(self) -> tuple[WebSocketRoute, ...]:
        """Return the live socket."""
        handler = LiveSocket(live=self.live, views=self.contacts).handle
        return (
            WebSocketRoute(
                path="/api/desk/live",
                handler=handler,
                roles=frozenset({Role.AGENT, Role.ADMIN}),
                summary="Numbered events of one's own seat",
                sends=SENDS,
                hears=PageSays,
            ),
        )

    def consumers(self, *, orders: Orders) -> tuple[Consumer, ...]:
        """Return the log consumers of the room; one of them tells a contact's seat that an order of it moved on."""

        async def notify(tx: Transaction, row: LogRow, /) -> None:
            del tx
            talk = self.live.board.contacts.get(row.event.contact) if row.event.contact else None
            if talk is None or talk.seat is None:
                return
            for order in await orders.of_contacts((talk.contact,)):
                if isinstance(row.event, AnyOrderEvent) and order.order_no == row.event.order_no:
                    self.live.send(
                        Message(
                            body=LiveOrder(data=order),
                            seat=talk.seat,
                            agent=self.live.board.agent_of(talk),
                            contact=talk.contact,
                        )
                    )

        moved = get_args(AnyOrderEvent)
        notices = Consumer(name="agent_desk.order-notices", kind="action", types=moved, apply=notify)
        return (*consumers(), notices)

    async def run(self) -> None:
        """Hear the bus and feed pages until cancelled."""
        await self.live.run()
