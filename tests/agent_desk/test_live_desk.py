"""Open pages: the live socket, what a page that comes back is sent, and what is computed while people talk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import structlog

from agent_desk.live.feed import Feed, Message
from agent_desk.live.hub import ALIVE_EVERY_S
from agent_desk.live.messages import LiveFinal
from agent_desk.live.page import PAGE_QUEUE, Page, PageTooSlow
from agent_desk.live.socket import LiveSocket
from runtime.bus import Bus
from runtime.ids import new_id
from runtime.log import read_log
from runtime.postgres import Database
from tests.agent_desk.people import AGENT_ID, CALLER, SEAT, Desk, MadeCall, seat_of
from tests.agent_desk.serving import ROLE_PRINCIPALS, Asker, served
from vocabulary.calls import SeatState
from vocabulary.events import Event
from vocabulary.events.agent_desk import DraftProposed, SeatAlive
from vocabulary.events.knowledge import SuggestionsChanged, SuggestionsShown
from vocabulary.events.telephony import CallChanged, SeatChanged
from vocabulary.ids import EventId

LIVE = "/api/desk/live"
WITHIN_S = 10


@pytest.fixture
async def ask(desk: Desk) -> AsyncIterator[Asker]:
    async with served(desk.room.routes(orders=desk.orders), sockets=desk.room.sockets()) as asker:
        yield asker


@pytest.fixture
async def heard(bus: Bus) -> list[Event]:
    """What another process hears of the desk."""
    events: list[Event] = []

    async def keep(event: Event, /) -> None:
        events.append(event)

    await bus.subscribe(keep, patterns=["live.>"])
    return events


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(desk.room.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def page(ask: Asker, query: str = "", role: str = "agent") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    headers = {"Authorization": f"Bearer {role}"}
    async with ask.session.ws_connect(f"{LIVE}{query}", headers=headers) as socket:
        yield socket


async def message(socket: aiohttp.ClientWebSocketResponse) -> Any:
    """The next numbered message."""
    while (told := await anything(socket))["kind"] == "page":
        pass
    return told


async def anything(socket: aiohttp.ClientWebSocketResponse) -> Any:
    async with asyncio.timeout(WITHIN_S):
        return await socket.receive_json()


async def standing(socket: aiohttp.ClientWebSocketResponse) -> bool:
    """Whether the page is told next that it is, or is not, the active one."""
    while (told := await anything(socket))["kind"] != "page":
        pass
    active: bool = told["data"]["active"]
    return active


async def until(condition: Any) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await asyncio.sleep(0.02)


async def hear(desk: Desk, *events: Event) -> None:
    for event in events:
        await desk.room.live.hear(event)


async def test_a_page_is_sent_a_snapshot_and_then_what_happens_in_numbers(ask: Asker, desk: Desk) -> None:
    call = MadeCall()
    async with page(ask) as socket:
        first = await message(socket)
        await hear(desk, call.accepted(), call.offered(), call.connected(), call.heard("停水了"))
        rest = [await message(socket) for _ in range(3)]

    assert (first["kind"], first["n"], first["data"]["contact_view"]) == ("snapshot", 0, None)
    assert [(m["n"], m["kind"]) for m in rest] == [(1, "offer"), (2, "connected"), (3, "final")]
    assert {m["contact"] for m in rest} == {str(call.contact)}
    assert {m["epoch"] for m in (first, *rest)} == {str(desk.room.live.epoch)}


async def test_an_offer_says_how_long_it_lasts_and_masks_who_calls(ask: Asker, desk: Desk) -> None:
    call = MadeCall()
    async with page(ask) as socket:
        await message(socket)
        await hear(desk, call.offered(), call.ended())
        offer, ended = await message(socket), await message(socket)

    data = offer["data"]
    assert (data["caller_masked"], data["expires_in_ms"], data["waited_ms"]) == ("199****0101", 6000, 6000)
    assert CALLER not in str((offer, ended))


async def test_a_page_that_comes_back_is_sent_what_it_missed(ask: Asker, desk: Desk) -> None:
    call = MadeCall()
    await hear(desk, call.offered(), call.connected(), call.heard("停水了"))
    epoch = desk.room.live.epoch
    async with page(ask, f"?epoch={epoch}&after=1") as socket:
        missed = [await message(socket) for _ in range(2)]
        await hear(desk, call.heard("喂", 9000))
        fresh = await message(socket)

    assert [(m["n"], m["kind"]) for m in (*missed, fresh)] == [(2, "connected"), (3, "final"), (4, "final")]


@pytest.mark.parametrize(
    "query", ["?epoch={other}&after=1", "?epoch={same}&after=99", "?epoch=?&after=1", "?epoch={same}&after=x", ""]
)
async def test_a_page_whose_place_is_not_known_is_sent_a_snapshot(ask: Asker, desk: Desk, query: str) -> None:
    call = MadeCall()
    await hear(desk, call.accepted(), call.offered(), call.connected())
    desk.room.live.board.contact(call.contact).take(call.snapshot())

    async with page(ask, query.format(other=new_id(), same=desk.room.live.epoch)) as socket:
        first = await message(socket)

    assert (first["kind"], first["n"]) == ("snapshot", 2)
    assert first["data"]["contact_view"]["contact"] == str(call.contact)
    assert CALLER not in str(first)


async def test_a_page_opened_while_the_agent_wraps_up_still_shows_the_contact(ask: Asker, desk: Desk) -> None:
    call = MadeCall()
    await hear(desk, call.accepted(), call.connected(), call.ended())
    desk.room.live.board.seats[SEAT] = seat_of(call.call, state=SeatState.WRAP)
    async with page(ask) as socket:
        wrapping = await message(socket)
    desk.room.live.board.seats[SEAT] = seat_of()
    async with page(ask) as socket:
        ready = await message(socket)

    assert wrapping["data"]["contact_view"]["contact"] == str(call.contact)
    assert wrapping["data"]["call"] is None
    assert ready["data"]["contact_view"] is None


async def test_another_seats_talk_is_not_sent(ask: Asker, desk: Desk) -> None:
    other = MadeCall(seat="008")  # type: ignore[arg-type] # a seat number is text
    mine = MadeCall()
    async with page(ask) as socket:
        await message(socket)
        await hear(desk, other.offered(), other.heard("不关你事"), mine.offered())
        only = await message(socket)

    assert (only["kind"], only["contact"]) == ("offer", str(mine.contact))


async def test_an_account_without_seat_and_a_stranger_get_no_feed(ask: Asker) -> None:
    async with page(ask, role="admin") as socket:
        closed = await socket.receive()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with page(ask, role="nobody"):
            pass

    assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 4403)
    assert refused.value.status == 401


async def test_a_message_that_came_while_the_page_was_greeted_is_sent_once(desk: Desk) -> None:
    call = MadeCall()

    class SlowSocket:
        """A page that reads slowly; while it reads its first message a second one happens."""

        query = {"epoch": str(desk.room.live.epoch), "after": "0"}  # noqa: RUF012 - one test's
        remote = ""

        def __init__(self) -> None:
            self.sent: list[str] = []
            self.over = asyncio.Event()

        async def send(self, text: str, /) -> None:
            if not self.sent:
                desk.room.live.send(Message(body=LiveFinal(data=call.heard("two").utterance), seat=SEAT))
            if '"kind":"page"' in text:
                return
            self.sent.append(text)
            if len(self.sent) == 2:
                self.over.set()

        async def receive(self) -> str | None:
            await self.over.wait()
            await asyncio.sleep(0.1)
            return None

        async def close(self, *, code: int = 1000, reason: str = "") -> None:
            self.over.set()

    socket = SlowSocket()
    desk.room.live.send(Message(body=LiveFinal(data=call.heard("one").utterance), seat=SEAT))
    handler = LiveSocket(live=desk.room.live, views=desk.room.contacts)
    async with asyncio.timeout(WITHIN_S):
        await handler.handle(socket, ROLE_PRINCIPALS["agent"])

    assert ['"one"' in socket.sent[0], '"two"' in socket.sent[1], len(socket.sent)] == [True, True, 2]


async def test_a_page_that_does_not_read_is_given_up() -> None:
    slow = Page(agent=AGENT_ID)
    feed, words = Feed(epoch=new_id()), MadeCall().heard("喂").utterance
    for _ in range(PAGE_QUEUE + 1):
        slow.put(feed.append(Message(body=LiveFinal(data=words))))

    with pytest.raises(PageTooSlow):
        await slow.next()


async def test_an_open_page_keeps_its_seat_alive(ask: Asker, desk: Desk, heard: list[Event]) -> None:
    async with running(desk), page(ask) as socket:
        await message(socket)
        await until(lambda: any(isinstance(event, SeatAlive) and event.seat == SEAT for event in heard))


async def test_words_of_the_caller_become_suggestions_and_a_draft_for_everybody(
    desk: Desk, heard: list[Event], database: Database
) -> None:
    call = MadeCall()
    async with running(desk):
        await hear(desk, call.accepted(), call.offered(), call.connected(), call.heard("长青路停水了"))
        await until(lambda: any(isinstance(event, DraftProposed) for event in heard))
        await until(lambda: desk.room.live.board.contacts[call.contact].proposed)

    changed = [event for event in heard if isinstance(event, SuggestionsChanged)]
    proposed = [event for event in heard if isinstance(event, DraftProposed)]
    logged = [row.event for row in await read_log(database, after=0, limit=9, types=None)]
    assert [event.suggestions.items[0].entry for event in changed] == ["E001"]
    assert {field.name.value for field in proposed[0].fields} >= {"title", "kind", "category", "place", "content"}
    assert [event.entries for event in logged if isinstance(event, SuggestionsShown)] == [("E001",)]


async def test_nothing_is_published_when_nothing_changed(desk: Desk, heard: list[Event]) -> None:
    call = MadeCall()
    async with running(desk):
        await hear(desk, call.accepted(), call.connected(), call.heard("长青路停水了"))
        await until(lambda: any(isinstance(event, DraftProposed) for event in heard))
        asked = len(desk.knowledge.asked)
        desk.room.live._composer.changed(call.contact)
        await until(lambda: len(desk.knowledge.asked) > asked)
        await hear(desk, call.heard("我叫陈建国，电话是19900000101", 5000))
        await until(lambda: len({event.fields for event in heard if isinstance(event, DraftProposed)}) == 2)

    assert len([event for event in heard if isinstance(event, SuggestionsChanged)]) == 1
    assert len([event for event in heard if isinstance(event, DraftProposed)]) == 2


async def test_a_knowledge_base_that_fails_once_is_asked_again_at_the_next_word(desk: Desk, heard: list[Event]) -> None:
    call = MadeCall()
    desk.knowledge.away = True
    async with running(desk):
        await hear(desk, call.accepted(), call.connected(), call.heard("停水"))
        await until(lambda: desk.knowledge.refused)
        desk.knowledge.away = False
        await hear(desk, call.heard("真的停水了", 5000))
        await until(lambda: any(isinstance(event, SuggestionsChanged) for event in heard))


async def test_after_the_call_what_was_remembered_of_it_is_dropped(desk: Desk) -> None:
    call = MadeCall()
    async with running(desk):
        await hear(desk, call.accepted(), call.connected(), call.ended())
        await until(lambda: desk.knowledge.forgotten == [call.contact])


async def test_at_its_start_the_desk_asks_the_switch_and_ends_talks_that_are_gone(desk: Desk) -> None:
    gone, live = MadeCall(), MadeCall()
    await hear(desk, gone.accepted())
    desk.room.live.board.contact(gone.contact).take(gone.snapshot())
    desk.switch.seats_now, desk.switch.calls_now = (seat_of(live.call),), (live.snapshot(),)
    async with running(desk):
        await until(lambda: live.contact in desk.room.live.board.contacts)

    board = desk.room.live.board
    assert (board.contacts[gone.contact].ended, board.contacts[live.contact].ended) == (True, False)
    assert board.seats[SEAT].call == live.call


async def test_a_switch_that_was_started_again_is_believed_though_it_counts_from_one(desk: Desk) -> None:
    def changed(revision: int, minutes: int, state: SeatState) -> SeatChanged:
        seat = replace(seat_of(state=state, revision=revision), since=MadeCall().start + timedelta(minutes=minutes))
        return SeatChanged(event_id=EventId(new_id()), occurred_at=seat.since, contact=None, seat=seat)

    await hear(desk, changed(9, 0, SeatState.TALKING), changed(8, 0, SeatState.RINGING))
    stale = desk.room.live.board.seats[SEAT].state
    await hear(desk, changed(1, 5, SeatState.READY))

    assert (stale, desk.room.live.board.seats[SEAT].state) == (SeatState.TALKING, SeatState.READY)


async def test_the_state_of_a_call_reaches_the_page_masked(ask: Asker, desk: Desk) -> None:
    call = MadeCall()
    event = CallChanged(event_id=EventId(new_id()), occurred_at=call.start, contact=call.contact, call=call.snapshot())
    async with page(ask) as socket:
        await message(socket)
        await hear(desk, event)
        told = await message(socket)

    assert (told["kind"], told["data"]["caller"]) == ("call", "199****0101")


async def test_the_second_page_of_a_seat_is_told_that_it_is_elsewhere_and_the_first_keeps_the_seat(ask: Asker) -> None:
    async with page(ask, "?page=one") as first:
        before = await standing(first)
        async with page(ask, "?page=two") as second:
            elsewhere = await standing(second)
            refused = await ask("POST", "/api/seat/line?page=two", role="agent", body={"offer_sdp": "v=0"})
            kept = await ask("POST", "/api/seat/line?page=one", role="agent", body={"offer_sdp": "v=0"})

    assert (before, elsewhere) == (True, False)
    assert (refused.status, refused.body["reason"], kept.status) == (409, "elsewhere", 200)


async def test_taking_over_moves_the_seat_and_tells_the_old_page_at_once(ask: Asker) -> None:
    async with page(ask, "?page=one") as first, page(ask, "?page=two") as second:
        told = [await standing(first), await standing(second)]
        await second.send_str('{"kind":"take-over"}')
        moved = [await standing(first), await standing(second)]
        refused = await ask("POST", "/api/seat/ready?page=one", role="agent", body={"ready": True})
        taken = await ask("POST", "/api/seat/ready?page=two", role="agent", body={"ready": True})

    assert (told, moved) == ([True, False], [False, True])
    assert (refused.status, refused.body["reason"], taken.status) == (409, "elsewhere", 200)


async def test_what_no_desk_understands_changes_nothing_and_is_logged_once(ask: Asker) -> None:
    with structlog.testing.capture_logs() as lines:
        told, moved = await _strange_words(ask)

    assert (told, moved) == ([True, False], [False, True])
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == [
        "a page said what no desk understands"
    ]


async def _strange_words(ask: Asker) -> tuple[list[bool], list[bool]]:
    async with page(ask, "?page=one") as first, page(ask, "?page=two") as second:
        told = [await standing(first), await standing(second)]
        for text in ("", "{", "null", '{"kind":"from-the-future"}', '{"kind":"pong"}', '{"kind":"take-over","more":1}'):
            await second.send_str(text)
        return told, [await standing(first), await standing(second)]


async def test_a_page_that_waits_does_not_get_the_seat_when_the_active_one_is_lost_for_a_moment(ask: Asker) -> None:
    async with page(ask, "?page=one") as first:
        await standing(first)
    async with page(ask, "?page=two&waits=1") as second:
        waiting = await standing(second)
        async with page(ask, "?page=one") as again:
            back = await standing(again)

    assert (waiting, back) == (False, True)


async def test_a_page_loaded_anew_takes_the_place_of_what_is_left_of_it(ask: Asker) -> None:
    async with page(ask, "?page=one") as stale, page(ask, "?page=one") as loaded:
        assert await standing(loaded)
        assert [await standing(stale), await standing(stale)] == [True, False]


async def test_only_the_active_page_keeps_the_seat_alive(ask: Asker, desk: Desk, heard: list[Event]) -> None:
    def alive() -> int:
        return sum(isinstance(event, SeatAlive) for event in heard)

    async with running(desk), page(ask, "?page=two&waits=1") as second:
        await standing(second)
        await asyncio.sleep(ALIVE_EVERY_S + 0.5)
        waiting = alive()
        await second.send_str('{"kind":"take-over"}')
        await until(lambda: alive() > 0)

    assert waiting == 0
