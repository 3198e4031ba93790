"""A contact with a second call: nothing of either is lost, from the facts to words, sound and figures."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from agent_desk.contacts.projection import consumers
from agent_desk.contacts.rights import What
from agent_desk.live.board import Board
from analytics.facts import consumers as facts
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.web import NotFound
from tests.agent_desk.people import NOW, SEAT, Desk, MadeCall, seat_of
from tests.agent_desk.serving import ROLE_PRINCIPALS, Asker, TokenIsRole, served
from tests.agent_desk.test_projections import take_in
from vocabulary.calls import SeatState
from vocabulary.events.telephony import CallChanged, SeatChanged
from vocabulary.ids import AccountId, EventId
from vocabulary.people import Principal, Role

FIRST = MadeCall(start=NOW - timedelta(hours=2))
LATER = replace(MadeCall(), contact=FIRST.contact)
WHY = "why=核对诉求内容"
SUCCESSOR = Principal(account=AccountId(new_id()), login="new007", name="孙工", role=Role.AGENT, seat=SEAT)


def facts_of(call: MadeCall, text: str) -> list[object]:
    recorded = replace(call.recorded(), name=f"{call.call}.wav")
    return [call.accepted(), call.joined(), call.connected(), call.heard(text), call.ended(), recorded]


@pytest.fixture
async def kept(database: Database) -> None:
    """Both calls as the log has them, the later one first."""
    events = [*facts_of(LATER, "现在又停水了"), *facts_of(FIRST, "昨天停水了")]
    await take_in(database, events, (*consumers(), *facts()))  # type: ignore[arg-type] # events all


@pytest.fixture
async def ask(desk: Desk) -> AsyncIterator[Asker]:
    async with served(desk.room.routes(orders=desk.orders), sessions=TokenIsRole({"successor": SUCCESSOR})) as asker:
        yield asker


@pytest.mark.usefixtures("kept")
async def test_both_calls_are_shown_in_order_each_with_its_words_and_its_sound(ask: Asker, desk: Desk) -> None:
    one = f"/api/contacts/{FIRST.contact}"
    view = (await ask("GET", one, role="agent")).body
    sounds = [await ask("GET", f"{one}/calls/{call.call}/audio?{WHY}", role="admin") for call in (FIRST, LATER)]
    strange = await ask("GET", f"{one}/calls/{FIRST.offer}/audio?{WHY}", role="admin")
    listed = (await ask("GET", "/api/contacts", role="agent")).body

    assert [call["call"] for call in view["calls"]] == [str(FIRST.call), str(LATER.call)]
    assert [call["recording"] for call in view["calls"]] == [{"seconds": 10.0}] * 2
    assert [(heard["call"], heard["start_ms"], heard["text"]) for heard in view["utterances"]] == [
        (str(FIRST.call), 2000, "昨天停水了"), (str(LATER.call), 2000, "现在又停水了"),
    ]  # fmt: skip
    assert [answer.status for answer in (*sounds, strange)] == [200, 200, 404]
    assert list(dict.fromkeys(what for name, what in desk.switch.wishes if name == "recording")) == [
        ("h1", f"{call.call}.wav") for call in (FIRST, LATER)
    ]
    assert [(row["contact"], row["calls"]) for row in listed] == [(str(FIRST.contact), 2)]


@pytest.mark.usefixtures("kept")
async def test_figures_have_both_calls_and_the_words_of_each(database: Database) -> None:
    async with database.reading() as reading:
        counted = await reading.fetch("select call from analytics.call_fact order by invite_at")
        spoken = await reading.fetch("select call, text from analytics.spoken_fact")

    assert [row["call"] for row in counted] == [FIRST.call, LATER.call]
    assert {(row["call"], row["text"]) for row in spoken} == {
        (FIRST.call, "昨天停水了"), (LATER.call, "现在又停水了"),
    }  # fmt: skip


def test_a_call_that_comes_later_is_followed_though_its_revisions_begin_anew() -> None:
    board = Board()
    for event in (FIRST.accepted(), FIRST.connected(), FIRST.heard("昨天停水了"), FIRST.ended()):
        board.apply(event)
    board.apply(changed(FIRST, 9))
    over = board.contact(FIRST.contact).ended
    for event in (LATER.accepted(), LATER.connected(), LATER.heard("现在又停水了")):
        board.apply(event)
    board.apply(changed(LATER, 1))
    board.apply(FIRST.ended())
    contact = board.contact(FIRST.contact)

    assert (over, contact.ended, contact.call) == (True, False, LATER.call)
    assert contact.snapshot == LATER.snapshot(1)
    assert [heard.text for heard in contact.utterances] == ["昨天停水了", "现在又停水了"]


def changed(call: MadeCall, revision: int) -> CallChanged:
    return CallChanged(
        event_id=EventId(new_id()), occurred_at=NOW, contact=call.contact, call=call.snapshot(revision)
    )  # fmt: skip


@pytest.mark.usefixtures("kept")
async def test_who_has_the_seat_now_sees_nothing_of_its_former_agent(ask: Asker, desk: Desk) -> None:
    await desk.room.live.hear(SeatChanged(event_id=EventId(new_id()), occurred_at=NOW, contact=None, seat=seat_of()))
    one = f"/api/contacts/{FIRST.contact}"
    answers = [
        await ask("GET", one, role="successor"),
        await ask("GET", f"{one}/calls/{FIRST.call}/audio?{WHY}", role="successor"),
        await ask(
            "PATCH", f"{one}/matters/{FIRST.contact}/draft", role="successor", body={"revision": 0, "reply": "x"}
        ),
    ]
    listed = await ask("GET", "/api/contacts", role="successor")
    own = await ask("GET", "/api/contacts", role="agent")

    assert [answer.status for answer in answers] == [404] * 3
    assert (listed.body, len(own.body)) == ([], 1)


async def test_what_a_former_agent_was_told_is_not_sent_to_the_next_one_of_the_seat(desk: Desk) -> None:
    live, former = desk.room.live, ROLE_PRINCIPALS["agent"].account
    async with live.page(SEAT, agent=former):
        for event in (LATER.accepted(), LATER.offered(), LATER.connected(), LATER.heard("停水了")):
            await live.hear(event)
    told = len(live.feed(SEAT).since(epoch=live.feed(SEAT).epoch, n=0) or [])
    old = live.feed(SEAT).epoch
    async with live.page(SEAT, agent=SUCCESSOR.account):
        again = live.feed(SEAT).since(epoch=old, n=0)
        await live.hear(LATER.heard("还在停", at_ms=9000))
        late = live.feed(SEAT).since(epoch=live.feed(SEAT).epoch, n=0)

    assert told > 0
    assert (again, late) == (None, [])


async def test_an_old_contact_is_nobodys_until_the_log_says_who_took_part(desk: Desk, database: Database) -> None:
    without = [consumer for consumer in consumers() if consumer.name != "agent_desk.participants"]
    await take_in(database, facts_of(FIRST, "昨天停水了"), without)  # type: ignore[arg-type] # events all
    views = desk.room.contacts

    with pytest.raises(NotFound):
        await views.view(FIRST.contact, principal=ROLE_PRINCIPALS["agent"])
    with pytest.raises(NotFound):
        await views.demand(FIRST.contact, What.SOUND, principal=ROLE_PRINCIPALS["agent"])
    shown = await views.view(FIRST.contact, principal=ROLE_PRINCIPALS["analyst"])

    assert shown.contact == FIRST.contact
    assert seat_of().state is SeatState.READY
