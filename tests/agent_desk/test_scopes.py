"""What each person is answered by each address of a contact: other seats, nobody's contacts, confidence, the audit."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from agent_desk.contacts.projection import consumers
from runtime.clock import ManualClock
from runtime.log import read_log
from runtime.postgres import Database
from tests.agent_desk.people import CALLER, Desk, MadeCall
from tests.agent_desk.serving import Asker, TokenIsRole, served
from tests.agent_desk.test_desk import FORM, OTHER
from tests.agent_desk.test_projections import LogLine
from vocabulary.events.agent_desk import ContactConfidential
from vocabulary.personal import PhoneNumber

WHY = {"why": "回访诉求人"}
SAID = f"你好我叫周明，长青路停水，打{CALLER}"


@pytest.fixture
async def ask(desk: Desk) -> AsyncIterator[Asker]:
    people = TokenIsRole({"other": OTHER})
    async with served(desk.room.routes(orders=desk.orders), sessions=people) as asker:
        yield asker


async def project(database: Database, *events: object) -> None:
    async with database.transaction() as tx:
        for event in events:
            for consumer in consumers():
                if isinstance(event, consumer.types):
                    await consumer.apply(tx, LogLine(event))  # type: ignore[arg-type] # has what a row has


@pytest.fixture
async def answered(database: Database) -> MadeCall:
    """A call of seat 007 that is over, and whose form was not begun."""
    call = MadeCall()
    await project(
        database, call.accepted(), call.joined(), call.connected(), call.heard(SAID), call.ended(), call.recorded()
    )
    return call


@pytest.fixture
async def missed(database: Database) -> MadeCall:
    """A call that nobody answered, on the call-back list."""
    call = MadeCall()
    await project(database, call.accepted(), call.heard(SAID), call.abandoned(), call.recorded())
    return call


async def looks(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as reading:
        rows = await reading.fetch("select what, account from log.audit order by number")
    return [(row["what"], row["account"].int) for row in rows]


#            view, draft, order, use, sound, reveal
ANSWERED = {
    "agent": (200, 200, 200, 204, 200, 404),
    "other": (404, 404, 404, 404, 404, 404),
    "analyst": (200, 403, 403, 403, 200, 403),
    "admin": (200, 404, 404, 404, 200, 200),
    "unit": (403, 403, 403, 403, 403, 403),
}
MISSED = {
    "agent": (200, 404, 404, 404, 404, 404),
    "other": (200, 404, 404, 404, 404, 404),
    "analyst": (200, 403, 403, 403, 200, 403),
    "admin": (200, 404, 404, 404, 200, 200),
    "unit": (403, 403, 403, 403, 403, 403),
}


async def asked(ask: Asker, call: MadeCall, role: str) -> tuple[int, ...]:
    one = f"/api/contacts/{call.contact}"
    answers = [
        await ask("GET", one, role=role),
        await ask("PATCH", f"{one}/matters/{call.contact}/draft", role=role, body={"revision": 0, "reply": ""}),
        await ask("POST", f"{one}/matters/{call.contact}/order", role=role, body=FORM),
        await ask("POST", f"{one}/suggestions/E001", role=role, body={"use": "useful", "version": 3}),
        await ask("GET", f"{one}/calls/{call.call}/audio?why=核对诉求内容", role=role),
        await ask("POST", f"{one}/reveal", role=role, body=WHY),
    ]
    return tuple(answer.status for answer in answers)


@pytest.mark.parametrize("role", ANSWERED)
async def test_each_person_is_answered_for_an_answered_contact_as_written(
    ask: Asker, answered: MadeCall, role: str
) -> None:
    assert await asked(ask, answered, role) == ANSWERED[role]


@pytest.mark.parametrize("role", MISSED)
async def test_each_person_is_answered_for_a_contact_that_nobody_answered_as_written(
    ask: Asker, missed: MadeCall, role: str
) -> None:
    assert await asked(ask, missed, role) == MISSED[role]


async def test_a_contact_that_nobody_answered_shows_agents_no_words(ask: Asker, missed: MadeCall) -> None:
    view = (await ask("GET", f"/api/contacts/{missed.contact}", role="agent")).body

    assert (view["utterances"], view["matters"], view["calls"][0]["recording"]) == ([], [], None)
    assert view["caller_masked"] == PhoneNumber(CALLER).masked()


async def test_the_number_of_a_missed_caller_is_shown_to_whom_took_the_call_back_only(
    ask: Asker, missed: MadeCall, database: Database
) -> None:
    reveal = f"/api/contacts/{missed.contact}/reveal"
    before = await ask("POST", reveal, role="agent", body=WHY)
    await ask("POST", f"/api/callbacks/{missed.contact}/claim", role="agent")
    mine, others = [await ask("POST", reveal, role=role, body=WHY) for role in ("agent", "other")]
    await ask("POST", f"/api/callbacks/{missed.contact}/done", role="agent")
    after = await ask("POST", reveal, role="agent", body=WHY)

    assert [answer.status for answer in (before, mine, others, after)] == [404, 200, 404, 404]
    assert mine.body == {"value": CALLER}
    assert await looks(database) == [("caller-number-revealed", 100)]


async def test_the_number_behind_an_own_open_order_is_shown_for_the_follow_up(
    ask: Asker, desk: Desk, answered: MadeCall
) -> None:
    await ask("POST", f"/api/contacts/{answered.contact}/matters/{answered.contact}/order", role="agent", body=FORM)
    reveal = f"/api/contacts/{answered.contact}/reveal"
    closed = await ask("POST", reveal, role="agent", body=WHY)
    desk.orders.hands = OTHER.account
    opened = await ask("POST", reveal, role="other", body=WHY)

    assert (closed.status, opened.status) == (404, 200)


async def test_numbers_are_shown_ten_times_in_ten_minutes(ask: Asker, answered: MadeCall, clock: ManualClock) -> None:
    reveal = f"/api/contacts/{answered.contact}/reveal"
    statuses = [(await ask("POST", reveal, role="admin", body=WHY)).status for _ in range(11)]
    clock.advance(timedelta(minutes=10))
    later = await ask("POST", reveal, role="admin", body=WHY)

    assert statuses == [200] * 10 + [429]
    assert later.status == 200


async def test_looks_at_somebody_elses_words_are_in_the_audit(
    ask: Asker, answered: MadeCall, database: Database
) -> None:
    for role in ("agent", "analyst", "admin", "other"):
        await ask("GET", f"/api/contacts/{answered.contact}", role=role)

    assert await looks(database) == [("contact-viewed", 101), ("contact-viewed", 102)]


async def test_confidence_hides_who_asked_from_everybody_but_the_agent(
    ask: Asker, answered: MadeCall, database: Database
) -> None:
    one = f"/api/contacts/{answered.contact}"
    values = {"caller_name": {"value": "周明", "typed": True}, "wish": {"value": "周明想知道", "typed": True}}
    patch = {"revision": 0, "confidential": True, "values": values, "reply": "请周先生等候"}
    await ask("PATCH", f"{one}/matters/{answered.contact}/draft", role="agent", body=patch)
    said = [row.event for row in await read_log(database) if isinstance(row.event, ContactConfidential)]
    await project(database, *said)

    own = await ask("GET", one, role="agent")
    others = [await ask("GET", one, role=role) for role in ("analyst", "admin")]
    lists = [await ask("GET", "/api/contacts", role=role) for role in ("analyst", "admin")]
    closed = [
        await ask("GET", f"{one}/calls/{answered.call}/audio?why=核对诉求内容", role="analyst"),
        await ask("GET", f"{one}/calls/{answered.call}/audio?why=核对诉求内容", role="admin"),
        await ask("POST", f"{one}/reveal", role="admin", body=WHY),
    ]

    assert [(event.contact, event.confidential) for event in said] == [(answered.contact, True)]
    assert "周明" in own.text
    assert all(view.body["confidential"] for view in (own, *others))
    assert [secret for secret in ("周明", "周先生", CALLER) for view in others if secret in view.text] == []
    assert [row["caller_masked"] for listed in lists for row in listed.body] == ["保密", "保密"]
    assert "停水" in others[0].text
    assert [answer.status for answer in closed] == [404, 404, 404]


async def test_an_order_sent_in_confidence_makes_its_contact_confidential(
    ask: Asker, desk: Desk, answered: MadeCall, database: Database
) -> None:
    one = f"/api/contacts/{answered.contact}"
    masked = {"confidential": True, "callback_phone": PhoneNumber(CALLER).masked(), "caller_name": ""}
    await ask("POST", f"{one}/matters/{answered.contact}/order", role="agent", body=FORM | masked)

    request, _ = desk.orders.made[0]
    views = [await ask("GET", one, role=role) for role in ("agent", "analyst")]
    assert (request.callback_phone, request.confidential) == (PhoneNumber(CALLER), True)
    assert "周明" in {name.reveal() for name in request.said_names}
    assert ["周明" in view.text for view in views] == [False, False]


async def test_an_utterance_that_cannot_be_read_leaves_the_others(
    ask: Asker, answered: MadeCall, database: Database
) -> None:
    await project(database, answered.heard("每天都停", at_ms=9000))
    async with database.transaction() as tx:
        await tx.execute(
            "insert into agent_desk.utterance (event_id, contact, start_ms, data) values ($1, $1, 1, '{}')",
            answered.leg,
        )
        await tx.execute(
            "insert into agent_desk.utterance (event_id, contact, start_ms, data) values ($1, $2, 1, '[1]')",
            answered.offer, answered.contact,
        )  # fmt: skip

    view = await ask("GET", f"/api/contacts/{answered.contact}", role="agent")

    assert (view.status, len(view.body["utterances"])) == (200, 2)


async def test_a_draft_that_cannot_be_read_neither_ends_the_view_nor_keeps_the_form_from_being_saved(
    ask: Asker, answered: MadeCall, database: Database
) -> None:
    one = f"/api/contacts/{answered.contact}"
    await ask("PATCH", f"{one}/matters/{answered.contact}/draft", role="agent", body={"revision": 0, "reply": "已告知"})
    async with database.transaction() as tx:
        await tx.execute("update agent_desk.draft set fields = '{\"nothing\": 1}', way = '?'")

    view = await ask("GET", one, role="agent")
    body = {"revision": view.body["matters"][0]["draft"]["revision"], "reply": "已再次告知"}
    saved = await ask("PATCH", f"{one}/matters/{answered.contact}/draft", role="agent", body=body)

    assert (view.status, view.body["matters"][0]["draft"]["values"]) == (200, {})
    assert (saved.status, saved.body["reply"]) == (200, "已再次告知")


async def test_a_contact_has_an_order_for_each_matter_and_each_is_made_once(
    ask: Asker, desk: Desk, answered: MadeCall
) -> None:
    one = f"/api/contacts/{answered.contact}"
    early = await ask("POST", f"{one}/matters", role="agent")
    first = await ask("POST", f"{one}/matters/{answered.contact}/order", role="agent", body=FORM)
    opened = [await ask("POST", f"{one}/matters", role="agent") for _ in range(2)]
    second = opened[0].body["matter"]
    path = f"{one}/matters/{second}"
    await ask("PATCH", f"{path}/draft", role="agent", body={"revision": 0, "reply": "已告知"})
    sent = [await ask("POST", f"{path}/order", role="agent", body=FORM | {"title": "北门有坑洼"}) for _ in range(2)]
    strange = await ask("POST", f"{one}/matters/{answered.call}/order", role="agent", body=FORM)
    view = (await ask("GET", one, role="agent")).body
    listed = (await ask("GET", "/api/contacts", role="agent")).body

    numbers = [brief.order_no for _, brief in desk.orders.made]
    assert [answer.status for answer in (first, *sent, strange)] == [200, 200, 409, 409]
    assert (early.body["matter"], opened[1].body["matter"]) == (str(answered.contact), second)
    assert [(matter["matter"], matter["order"]["order_no"]) for matter in view["matters"]] == [
        (str(answered.contact), numbers[0]), (second, numbers[1]),
    ]  # fmt: skip
    assert [row["order_nos"] for row in listed] == [numbers]


async def test_one_confidential_matter_makes_the_contact_confidential_until_no_matter_is(
    ask: Asker, answered: MadeCall, database: Database
) -> None:
    one = f"/api/contacts/{answered.contact}"
    await ask("PATCH", f"{one}/matters/{answered.contact}/draft", role="agent", body={"revision": 0, "reply": "已告知"})
    second = (await ask("POST", f"{one}/matters", role="agent")).body["matter"]
    path = f"{one}/matters/{second}/draft"
    await ask("PATCH", path, role="agent", body={"revision": 0, "confidential": True})
    await ask("POST", f"{one}/matters/{answered.contact}/order", role="agent", body=FORM)
    said = [row.event for row in await read_log(database) if isinstance(row.event, ContactConfidential)]
    await project(database, *said)
    hidden = await ask("GET", one, role="analyst")
    await ask("PATCH", path, role="agent", body={"revision": 1, "confidential": False})
    taken_back = [row.event for row in await read_log(database) if isinstance(row.event, ContactConfidential)]
    await project(database, *taken_back)
    shown = await ask("GET", one, role="analyst")

    assert [view.body["confidential"] for view in (hidden, shown)] == [True, False]
    assert hidden.body["caller_masked"] == "保密"
