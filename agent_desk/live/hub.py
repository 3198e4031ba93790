"""Feeds the open pages: hears the bus, keeps the board, numbers what each seat is sent, keeps seats alive."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from agent_desk.live.board import Board
from agent_desk.live.compose import City, Composer
from agent_desk.live.feed import Feed, Message
from agent_desk.live.messages import LiveSeat
from agent_desk.live.page import OpenPages, Page
from agent_desk.ports import Knowledge, Telephony
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.telemetry import get_logger
from vocabulary.errors import HotlineError, Transient
from vocabulary.events import Event
from vocabulary.events.agent_desk import SeatAlive
from vocabulary.events.asr import PartialHeard, UtteranceFinalised
from vocabulary.events.knowledge import SuggestionsChanged, SuggestionsShown
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import AccountId, EventId, SeatNo

REMEMBERED_IDS = 20_000
ALIVE_EVERY_S = 2.0
_log = get_logger(__name__)
PATTERNS = ("fact.telephony.>", "fact.asr.>", "live.>")


class LiveDesk:
    """The live side of one desk process."""

    def __init__(
        self, *, bus: Bus, telephony: Telephony, knowledge: Knowledge, city: City, database: Database, clock: Clock
    ) -> None:
        self.board = Board()
        self.epoch: UUID = new_id()
        self._bus = bus
        self._telephony = telephony
        self._database = database
        self._clock = clock
        self._feeds: dict[SeatNo, Feed] = {}
        self.pages = OpenPages()
        self._seen: OrderedDict[EventId, None] = OrderedDict()
        self._composer = Composer(board=self.board, knowledge=knowledge, city=city, clock=clock, tell=self._tell)

    async def run(self) -> None:
        """Hear and feed until cancelled."""
        subscription = await self._bus.subscribe(self.hear, patterns=PATTERNS)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._composer.run())
                tasks.create_task(self._keep_alive())
                tasks.create_task(self._catch_up())
        finally:
            await subscription.aclose()

    async def hear(self, event: Event, /) -> None:
        """Take an event in once, whether it came by core or JetStream."""
        if event.event_id in self._seen:
            return
        self._seen[event.event_id] = None
        if len(self._seen) > REMEMBERED_IDS:
            self._seen.popitem(last=False)
        for message in self.board.apply(event):
            self.send(message)
        if isinstance(event, UtteranceFinalised | PartialHeard | CallEnded) and event.contact is not None:
            self._composer.changed(event.contact)

    def send(self, message: Message, /) -> None:
        """Append a message to the feed of its seat, or to all feeds."""
        for seat in [message.seat] if message.seat else list(self._feeds):
            if message.agent is not None and self.feed(seat).agent not in {None, message.agent}:
                continue  # the seat is somebody else's now
            numbered = self.feed(seat).append(message)
            for page in self.pages.of(seat):
                page.put(numbered)

    def feed(self, seat: SeatNo, /) -> Feed:
        """Return the feed of a seat."""
        return self._feeds.setdefault(seat, Feed(epoch=self.epoch))

    @asynccontextmanager
    async def page(
        self, seat: SeatNo, /, *, agent: AccountId, name: str = "", waits: bool = False
    ) -> AsyncIterator[Page]:
        """Attach an open page to its seat; while its active page is attached the seat counts as alive."""
        feed = self.feed(seat)
        if feed.agent is None:
            feed.agent = agent
        elif feed.agent != agent:  # what its former agent was told is not the new one's
            self._feeds[seat] = Feed(epoch=new_id(), agent=agent)
        page = Page(agent=agent, name=name)
        self.pages.come(seat, page, waits=waits)
        if page.active:
            await self._alive(seat, agent)
        try:
            yield page
        finally:
            self.pages.go(seat, page)

    async def take_over(self, seat: SeatNo, page: Page, /) -> None:
        """Make an open page the active one of its seat."""
        self.pages.take_over(seat, page)
        await self._alive(seat, page.agent)

    async def _alive(self, seat: SeatNo, agent: AccountId) -> None:
        event = SeatAlive(
            event_id=EventId(new_id()), occurred_at=self._clock.now(), contact=None, seat=seat, agent=agent
        )
        await self._bus.publish(event)

    async def _keep_alive(self) -> None:
        while True:
            for seat, page in self.pages.active():
                await self._alive(seat, page.agent)
            await asyncio.sleep(ALIVE_EVERY_S)

    async def _catch_up(self) -> None:
        """Ask the switch for seats and calls at the start and after each reconnection of the bus."""
        current = False
        while True:
            if not self._bus.connected:
                current = False
            elif not current:
                current = await self._ask_snapshots()
            await asyncio.sleep(1.0)

    async def _ask_snapshots(self) -> bool:
        contacts = self.board.contacts.values()
        before = [state for talk in contacts for state in talk.calls.values() if state.snapshot and not state.ended]
        try:
            seats, calls = await self._telephony.seats(), await self._telephony.calls()
        except HotlineError as error:
            _log.info("no snapshot from the switch yet", cause=type(error).__name__)
            return False
        for seat in seats:
            self.board.seats[seat.seat] = seat
            self.send(Message(body=LiveSeat(data=seat), seat=seat.seat))
        for call in calls:
            self.board.contact(call.contact).take(call)
        alive = {call.call for call in calls}
        for state in before:
            state.ended = state.ended or state.call not in alive
        return True

    async def _tell(self, event: Event) -> None:
        """Show a proposal to our own pages and, by the bus, to others; what was shown goes to the log."""
        await self.hear(event)
        if self._bus.connected:
            await self._bus.publish(event)
        if isinstance(event, SuggestionsChanged) and event.suggestions.items:
            await self._log_shown(event)

    async def _log_shown(self, event: SuggestionsChanged) -> None:
        talk = self.board.contacts.get(event.contact) if event.contact else None
        if talk is None or talk.seat is None:
            return
        shown = SuggestionsShown(
            event_id=EventId(new_id()),
            occurred_at=event.occurred_at,
            contact=event.contact,
            entries=tuple(item.entry for item in event.suggestions.items),
            versions=tuple(item.version for item in event.suggestions.items),
        )
        try:
            async with asyncio.timeout(timedelta(seconds=5).total_seconds()):
                async with self._database.transaction() as tx:
                    tx.emit(shown)
        except (Transient, TimeoutError) as error:
            _log.warning("shown suggestions not logged", cause=type(error).__name__)
