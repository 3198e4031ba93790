"""The page's WebSocket: what was missed or a snapshot first, then the feed."""

import asyncio
from typing import assert_never
from uuid import UUID

from agent_desk.contacts.view import ContactViews
from agent_desk.live.feed import Numbered
from agent_desk.live.hub import LiveDesk
from agent_desk.live.messages import LiveControl, LiveNumber, LivePage, LivePing, LiveSnapshot, PageSays, Standing
from agent_desk.live.page import Page, PageTooSlow
from agent_desk.live.shown import shown_call
from agent_desk.live.snapshot import DeskSnapshot
from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.web import Socket
from vocabulary.errors import Transient
from vocabulary.ids import SeatNo
from vocabulary.people import Principal

TRY_AGAIN_LATER = 1013
NO_SEAT = 4403
LONGEST_NAME = 64
PING_EVERY_S = 2.0
_log = get_logger(__name__)


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
                    await socket.send(_text(LivePage(data=Standing(False))))
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
        """Read until the page closes. What is none of ``PageSays`` changes nothing; the first of it is logged."""
        strange = False
        while (text := await socket.receive()) is not None:
            try:
                said = decode(text, PageSays)
            except MalformedMessage:
                if not strange:
                    _log.warning("a page said what no desk understands", seat=str(seat), length=len(text))
                strange = True
                continue
            match said.kind:
                case "take-over":
                    await self._live.take_over(seat, page)
                case "pong":
                    pass  # the socket was read: it lives
                case _:
                    assert_never(said.kind)

    async def _greet(self, socket: Socket, principal: Principal, seat: SeatNo) -> int:
        """Send what was missed, or a snapshot; return the number up to which the page knows everything."""
        feed, query = self._live.feed(seat), socket.query
        missed = feed.since(epoch=_uuid(query.get("epoch", "")), n=_number(query.get("after", "")))
        if missed is not None:
            for message in missed:
                await socket.send(message.text())
            return missed[-1].place.n if missed else _number(query.get("after", ""))
        last = feed.last
        snapshot = await self._snapshot(principal, seat)
        place = LiveNumber(epoch=feed.epoch, n=last, contact=None)
        await socket.send(Numbered(place=place, body=LiveSnapshot(data=snapshot)).text())
        return last

    async def _snapshot(self, principal: Principal, seat: SeatNo) -> DeskSnapshot:
        board = self._live.board
        state = board.seats.get(seat)
        talk = board.of_seat(seat)
        if talk is not None and board.agent_of(talk) != principal.account:
            talk = None  # what the seat's former agent has before it is not the new one's
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
            await socket.send(_text(LivePing()))
            continue
        if isinstance(message, Standing):
            await socket.send(_text(LivePage(data=message)))
        elif message.place.n > after:
            await socket.send(message.text())


def _text(control: LiveControl) -> str:
    return encode(control).decode()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
