"""The page's WebSocket: what was missed or a snapshot first, then the feed."""

import asyncio
from uuid import UUID

from agent_desk.contacts.view import ContactViews
from agent_desk.live.feed import Numbered
from agent_desk.live.hub import LiveDesk
from agent_desk.live.page import Page, PageTooSlow, Standing
from agent_desk.live.shown import shown_call
from agent_desk.live.snapshot import DeskSnapshot
from runtime.codec import encode
from runtime.web import Socket
from vocabulary.errors import Transient
from vocabulary.ids import SeatNo
from vocabulary.people import Principal

TRY_AGAIN_LATER = 1013
NO_SEAT = 4403
STANDING = {active: f'{{"kind":"page","data":{{"active":{str(active).lower()}}}}}' for active in (True, False)}
TAKE_OVER = '{"kind":"take-over"}'
LONGEST_NAME = 64
PING, PING_EVERY_S = '{"kind":"ping"}', 2.0


class LiveSocket:
    """Handles ``/api/desk/live``."""

    def __init__(self, *, live: LiveDesk, views: ContactViews) -> None:
        self._live = live
        self._views = views

    async def handle(self, socket: Socket, principal: Principal | None, /) -> None:
        """Serve one page until it closes; a page that cannot keep up is closed with 1013 and comes back."""
        if principal is None or principal.seat is None:
            await socket.close(code=NO_SEAT, reason="这个账号没有工号")
            return
        seat, query = principal.seat, socket.query
        name, waits = query.get("page", "")[:LONGEST_NAME], query.get("waits") == "1"
        async with self._live.page(seat, agent=principal.account, name=name, waits=waits) as page:
            try:
                if not page.active:
                    await socket.send(STANDING[False])
                told = await self._greet(socket, principal, seat)
                async with asyncio.TaskGroup() as tasks:
                    reader = tasks.create_task(self._read(socket, seat, page))
                    writer = tasks.create_task(_write(socket, page, after=told))
                    await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
                    reader.cancel()
                    writer.cancel()
            except* (PageTooSlow, Transient):
                await socket.close(code=TRY_AGAIN_LATER, reason="请重新连接")

    async def _read(self, socket: Socket, seat: SeatNo, page: Page) -> None:
        """Read until the page closes; the only thing it says besides answers to pings is that it takes over."""
        while (text := await socket.receive()) is not None:
            if text == TAKE_OVER:
                await self._live.take_over(seat, page)

    async def _greet(self, socket: Socket, principal: Principal, seat: SeatNo) -> int:
        """Send what was missed, or a snapshot; return the number up to which the page knows everything."""
        feed, query = self._live.feed(seat), socket.query
        missed = feed.since(epoch=_uuid(query.get("epoch", "")), n=_number(query.get("after", "")))
        if missed is not None:
            for message in missed:
                await socket.send(encode(message).decode())
            return missed[-1].n if missed else _number(query.get("after", ""))
        last = feed.last
        snapshot = await self._snapshot(principal, seat)
        first = Numbered(epoch=self._live.epoch, n=last, kind="snapshot", contact=None, data=snapshot)
        await socket.send(encode(first).decode())
        return last

    async def _snapshot(self, principal: Principal, seat: SeatNo) -> DeskSnapshot:
        board = self._live.board
        state = board.seats.get(seat)
        talk = board.of_seat(seat)
        return DeskSnapshot(
            seat=state,
            call=shown_call(talk.snapshot) if talk and talk.snapshot and not talk.ended else None,
            contact_view=await self._views.view(talk.contact, principal=principal) if talk else None,
            seats=list(board.seats.values()),
            queue_waiting=board.sees_waiting(),
            recogniser=board.recogniser,
        )


async def _write(socket: Socket, page: Page, *, after: int) -> None:
    while True:
        try:
            async with asyncio.timeout(PING_EVERY_S):
                message = await page.next()
        except TimeoutError:
            await socket.send(PING)  # pages do not see the protocol's own pings
            continue
        if isinstance(message, Standing):
            await socket.send(STANDING[message.active])
        elif message.n > after:
            await socket.send(encode(message).decode())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
