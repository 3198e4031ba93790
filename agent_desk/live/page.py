"""The open pages of seats: what each still has to be sent, and which one of a seat is the active page."""

import asyncio

from agent_desk.live.feed import Numbered
from agent_desk.live.messages import Standing
from vocabulary.errors import Transient
from vocabulary.ids import AccountId, SeatNo

PAGE_QUEUE = 500


class PageTooSlow(Transient):
    """A page did not read 500 messages; it is closed and comes back for a snapshot."""


class Page:
    """One open page of a seat; ``next`` gives its messages in order. ``name`` is the page's own, kept over a reload."""

    def __init__(self, *, agent: AccountId, name: str = "") -> None:
        self.agent = agent
        self.name = name
        self.active = False
        self._queue: asyncio.Queue[Numbered | Standing] = asyncio.Queue(PAGE_QUEUE)
        self._lost = False

    def put(self, message: Numbered | Standing, /) -> None:
        """Hand a message over; a page that does not read is marked lost."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._lost = True

    def stand(self, *, active: bool) -> None:
        """Tell the page when it became, or is no longer, the active one."""
        if active is not self.active:
            self.active = active
            self.put(Standing(active))

    async def next(self) -> Numbered | Standing:
        """Return the next message; PageTooSlow when messages were lost."""
        if self._lost:
            raise PageTooSlow("the page did not keep up")
        return await self._queue.get()


class OpenPages:
    """Pages by seat. A seat has at most one active page: the first, until another one takes over."""

    def __init__(self) -> None:
        self._pages: dict[SeatNo, list[Page]] = {}
        self._holders: dict[SeatNo, str] = {}

    def of(self, seat: SeatNo, /) -> tuple[Page, ...]:
        """Return the open pages of a seat."""
        return tuple(self._pages.get(seat, ()))

    def active(self) -> tuple[tuple[SeatNo, Page], ...]:
        """Return each seat that has an active page open, with that page."""
        return tuple((seat, page) for seat, pages in self._pages.items() for page in pages if page.active)

    def come(self, seat: SeatNo, page: Page, /, *, waits: bool) -> None:
        """Add a page. It is active unless another one is, or it ``waits``: it was told before that another one is.

        A page that comes back under the name it had takes the place of what is left of its former connection.
        """
        others = self._pages.setdefault(seat, [])
        held = any(other.active and other.name != page.name for other in others)
        others.append(page)
        if not held and not waits:
            self.take_over(seat, page)

    def take_over(self, seat: SeatNo, page: Page, /) -> None:
        """Make a page the active one; the others are told at once."""
        self._holders[seat] = page.name
        for other in self.of(seat):
            other.stand(active=other is page)

    def go(self, seat: SeatNo, page: Page, /) -> None:
        """Remove a page. No other page of the seat becomes active by that."""
        pages = self._pages[seat]
        pages.remove(page)
        if not pages:
            del self._pages[seat]

    def may_act(self, seat: SeatNo, name: str, /) -> bool:
        """Whether the page of that name may use the seat's keys; a client without pages has no name and may."""
        return name == "" or self._holders.get(seat, name) == name
