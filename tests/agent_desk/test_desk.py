"""The desk served for real: roles, seats, contacts, sound, personal data."""

from collections.abc import AsyncIterator
from typing import get_args
from uuid import UUID

import pytest
import structlog

from agent_desk.contacts.projection import consumers
from agent_desk.live.page import OpenPages
from agent_desk.pages.seat import SeatPages
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.log import read_log
from runtime.postgres import Database
from runtime.web import role_matrix
from tests.agent_desk.people import AGENT_ID, CALLER, SEAT, Desk, MadeCall, seat_of
from tests.agent_desk.serving import Asker, TokenIsRole, served
from tests.agent_desk.test_projections import LogLine
from vocabulary.desk_requests import SeatDone, SeatVerb
from vocabulary.events.agent_desk import RecordingPlayed
from vocabulary.events.knowledge import SuggestionUsed
from vocabulary.ids import AccountId, SeatNo
from vocabulary.orders import Draftable
from vocabulary.people import Principal, Role

OTHER = Principal(account=AccountId(new_id()), login="agent008", name="另一位", role=Role.AGENT, seat=SeatNo("008"))
FORM = {
    "kind": "complaint", "category": "0201", "title": "长青路停水", "content": "长青路从昨天起停水",
    "district": "云山区", "callback_phone": CALLER, "caller_name": "王小明",
}  # fmt: skip
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def ask(desk: Desk) -> AsyncIterator[Asker]:
    people = TokenIsRole({"other": OTHER})
    async with served(desk.room.routes(orders=desk.orders), sockets=desk.room.sockets(), sessions=people) as asker:
        yield asker


async def past_call(database: Database, call: MadeCall) -> None:
    """Put a call that is over into the tables."""
    contacts, participants, utterances, _, callbacks = consumers()
    async with database.transaction() as tx:
        for event in (call.accepted(), call.connected(), call.ended(), call.recorded()):
            await contacts.apply(tx, LogLine(event))  # type: ignore[arg-type] # has what a row has
        await participants.apply(tx, LogLine(call.joined()))  # type: ignore[arg-type]
        await utterances.apply(tx, LogLine(call.heard("停水了")))  # type: ignore[arg-type]
        await callbacks.apply(tx, LogLine(call.abandoned()))  # type: ignore[arg-type]


async def test_each_route_opens_to_its_roles_and_to_nobody_else(ask: Asker, desk: Desk) -> None:
    bodies = {
        "/api/session": {"login": "nobody", "password": "x"}, "/api/seat/ready": {"ready": True},
        "/api/session/unlock": {"password": "x"}, "/api/session/password": {"old": "x", "new": "a new password"},
        "/api/accounts/{account}/password": {"password": "a new password"},
        "/api/seat/answer": {"offer": NOBODY}, "/api/seat/decline": {"offer": NOBODY},
        "/api/seat/hang-up": {"call": NOBODY}, "/api/seat/hold": {"call": NOBODY}, "/api/seat/resume": {"call": NOBODY},
        "/api/seat/line": {"offer_sdp": "v=0"}, "/api/test-calls": {"dialogue": "d"},
        "/api/contacts/{contact}/matters/{matter}/draft": {"revision": 0, "values": {}},
        "/api/contacts/{contact}/matters/{matter}/order": FORM, "/api/contacts/{contact}/reveal": {"why": "回访诉求人"},
        "/api/contacts/{contact}/suggestions/{entry}": {"use": "useful", "version": 1},
    }  # fmt: skip
    matrix = role_matrix(desk.room.routes(orders=desk.orders))
    assert {case.allowed for case in matrix} == {True, False}
    for case in matrix:
        path = case.route.path.replace("{entry}", "E001")
        for part in ("{contact}", "{matter}", "{call}", "{account}", "{session}"):
            path = path.replace(part, NOBODY)
        body = bodies[case.route.path] if case.route.signature.body else None
        answer = await ask(case.route.method, path, role=case.role, body=body)

        fine = answer.status < 500 and answer.status not in {400, 401, 403, 415, 422}
        if case.allowed:
            assert fine, f"{case.name}: {answer.status} {answer.text}"
        else:
            assert answer.status == (403 if case.role else 401), f"{case.name}: {answer.status}"


async def test_a_session_tells_its_person_and_what_the_routes_let_the_role_ask(ask: Asker, desk: Desk) -> None:
    told = (await ask("GET", "/api/session", role="analyst")).body

    open_ones = [
        case.route
        for case in role_matrix(desk.room.routes(orders=desk.orders))
        if case.role is Role.ANALYST and case.allowed
    ]
    assert told["principal"]["role"] == "analyst"
    assert set(told["may"]) == {f"{one.method} {one.path}" for one in open_ones}
    assert "POST /api/seat/sign-in" not in told["may"]


async def test_each_key_of_the_bar_is_one_wish_to_the_switch_for_the_own_seat(ask: Asker, desk: Desk) -> None:
    call = MadeCall()
    desk.switch.answerable[call.offer] = call.snapshot()
    answers = [
        await ask("POST", f"/api/seat/{path}", role="agent", body=body)
        for path, body in (
            ("sign-in", None), ("ready", {"ready": False, "reason": "meal"}), ("answer", {"offer": str(call.offer)}),
            ("hold", {"call": str(call.call)}), ("resume", {"call": str(call.call)}),
            ("hang-up", {"call": str(call.call)}), ("wrap-up-done", None), ("decline", {"offer": NOBODY}),
            ("line", {"offer_sdp": "v=0"}), ("sign-out", None),
        )
    ]  # fmt: skip

    assert [answer.status for answer in answers] == [200] * 10
    assert desk.switch.wishes == [
        ("sign-in", (SEAT, AGENT_ID, "名0", frozenset())), ("ready", (False, "meal")), ("answer", call.offer),
        ("hold", call.call), ("resume", call.call), ("hang-up", call.call), ("wrap-up-done", SEAT),
        ("decline", UUID(NOBODY)), ("line", "v=0"), ("sign-out", SEAT),
    ]  # fmt: skip
    assert [answer.body["seat"]["seat"] for answer in answers if "seat" in answer.body] == [SEAT] * 9
    assert answers[2].body["call"]["caller"] == "199****0101"
    assert answers[8].body == {"answer_sdp": "v=0 answer"}


async def test_an_offer_that_is_over_and_a_silent_switch_are_told_apart(ask: Asker, desk: Desk) -> None:
    late = await ask("POST", "/api/seat/answer", role="agent", body={"offer": NOBODY})
    desk.switch.away = True
    away = await ask("POST", "/api/seat/sign-in", role="agent")

    assert (late.status, late.body["reason"]) == (409, "offer-over")
    assert (away.status, away.body["reason"]) == (503, "away")


async def test_an_account_without_seat_is_told_so(ask: Asker) -> None:
    answer = await ask("POST", "/api/seat/sign-in", role="admin")

    assert (answer.status, answer.body["reason"]) == (409, "no-seat")


async def test_a_number_is_revealed_for_a_reason_and_the_look_is_written_down(ask: Asker, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)
    path = f"/api/contacts/{call.contact}/reveal"
    await ask(
        "PATCH",
        f"/api/contacts/{call.contact}/matters/{call.contact}/draft",
        role="agent",
        body={"revision": 0, "reply": "待回访"},
    )
    refused = await ask("POST", path, role="agent", body={"why": " 看 "})
    shown = await ask("POST", path, role="agent", body={"why": "回访诉求人"})

    async with database.reading() as reading:
        looks = await reading.fetch("select what, contact from log.audit")
    assert (refused.status, refused.body["reason"]) == (409, "reason-needed")
    assert shown.body == {"value": CALLER}
    assert [(row["what"], row["contact"]) for row in looks] == [("caller-number-revealed", call.contact)]


async def test_a_play_is_written_down_before_the_first_sample_is_read(
    ask: Asker, desk: Desk, database: Database
) -> None:
    call, seen = MadeCall(), []
    await past_call(database, call)

    async def look() -> None:
        async with database.reading() as reading:
            seen.append(await reading.fetchval("select count(*) from log.audit where what = 'recording-played'"))

    desk.switch.on_read.append(look)
    path = f"/api/contacts/{call.contact}/calls/{call.call}/audio?from_ms=1000&to_ms=10000"
    refused = await ask("GET", path, role="analyst")
    heard = await ask("GET", f"{path}&why=核对诉求内容", role="analyst")
    events = [row.event for row in await read_log(database, after=0, limit=9, types=None)]

    assert refused.status == 409
    assert seen == [1, 1]
    assert desk.switch.reads == [(8000, 65_536), (73_536, 6464)]
    assert heard.status == 200
    assert heard.body[:4] == b"RIFF"
    assert len(heard.body) == 44 + 72_000 * 4
    assert heard.body[44:48] == bytes((8000 % 256, 0, 8000 % 256, 0))
    played = [event for event in events if isinstance(event, RecordingPlayed)]
    assert [(event.from_ms, event.to_ms, event.why) for event in played] == [(1000, 10_000, "")]


async def test_sound_that_cannot_be_had_is_said_in_a_sentence(ask: Asker, desk: Desk, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)
    audio, why = f"/api/contacts/{call.contact}/calls/{call.call}/audio", "why=核对诉求内容"
    desk.switch.recorded_frames = 0
    answers = [
        await ask("GET", f"{audio}?{why}", role="agent"),
        await ask("GET", f"{audio}?{why}&from_ms=9000&to_ms=8000", role="agent"),
        await ask("GET", f"{audio}?{why}&from_ms=-1", role="agent"),
        await ask("GET", f"{audio}?{why}&from_ms=99999999", role="agent"),
        await ask("GET", f"{audio}?{why}", role="other"),
        await ask("GET", f"/api/contacts/{NOBODY}/calls/{call.call}/audio?{why}", role="agent"),
        await ask("GET", f"/api/contacts/no-contact/calls/{call.call}/audio?{why}", role="agent"),
    ]

    assert [answer.status for answer in answers] == [404, 409, 400, 409, 404, 404, 404]
    assert all(answer.body["detail"] for answer in answers)


async def test_a_form_goes_from_draft_to_order(ask: Asker, desk: Desk, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)
    one = f"/api/contacts/{call.contact}"
    values = {"title": {"value": "长青路停水", "typed": True}}
    form = {"revision": 0, "values": values, "confidential": True, "reply": "已告知", "way": "dispatch"}
    saved = await ask("PATCH", f"{one}/matters/{call.contact}/draft", role="agent", body=form)
    other = {"revision": 0, "values": {"title": {"value": "别处停电", "typed": True}}, "way": ""}
    conflict = await ask("PATCH", f"{one}/matters/{call.contact}/draft", role="agent", body=other)
    made = await ask("POST", f"{one}/matters/{call.contact}/order", role="agent", body=FORM | {"confidential": True})
    again = await ask("POST", f"{one}/matters/{call.contact}/order", role="agent", body=FORM)
    view = await ask("GET", one, role="agent")

    assert (saved.status, saved.body["revision"]) == (200, 1)
    assert (conflict.status, conflict.body["reason"]) == (409, "draft-changed")
    assert set(conflict.body["fields"]) == {"title", "way"}
    assert [view.body["matters"][0]["draft"][name] for name in ("confidential", "reply", "way")] == [
        True,
        "已告知",
        "dispatch",
    ]
    assert (made.status, made.body["title"]) == (200, "长青路停水")
    assert again.status == 409
    assert view.body["matters"][0]["draft"]["values"] == values
    assert view.body["matters"][0]["order"]["order_no"] == made.body["order_no"]


async def test_only_the_seat_of_a_call_fills_its_form(ask: Asker, desk: Desk, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)
    one = f"/api/contacts/{call.contact}"

    answers = [
        await ask("PATCH", f"{one}/matters/{call.contact}/draft", role="other", body={"revision": 0, "values": {}}),
        await ask("POST", f"{one}/matters/{call.contact}/order", role="other", body=FORM),
        await ask("POST", f"{one}/suggestions/E001", role="other", body={"use": "useful", "version": 1}),
        await ask("GET", one, role="other"),
    ]

    assert [answer.status for answer in answers] == [404] * 4
    assert desk.orders.made == []


async def test_a_draft_with_an_endless_or_unknown_field_is_refused(ask: Asker, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)
    path = f"/api/contacts/{call.contact}/matters/{call.contact}/draft"
    long = {Draftable.CONTENT: {"value": "水" * 4001, "typed": True}}
    answers = [
        await ask("PATCH", path, role="agent", body={"revision": 0, "values": long}),
        await ask("PATCH", path, role="agent", body={"revision": 0, "values": {"?": {"value": "", "typed": True}}}),
    ]

    assert [answer.status for answer in answers] == [422, 400]
    assert set(answers[0].body["fields"]) == {"content"}


async def test_what_was_done_with_a_suggestion_enters_the_log(ask: Asker, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)

    path = f"/api/contacts/{call.contact}/suggestions/E001"
    answer = await ask("POST", path, role="agent", body={"use": "inserted", "version": 3})
    never = [
        await ask("POST", path, role="agent", body={"use": "useful", "version": 4}),
        await ask("POST", path.replace("E001", "nothing"), role="agent", body={"use": "useful", "version": 3}),
    ]
    events = [row.event for row in await read_log(database, after=0, limit=9, types=None)]

    assert (answer.status, [other.status for other in never]) == (204, [404, 404])
    used = [event for event in events if isinstance(event, SuggestionUsed)]
    assert [(event.entry, event.version, event.use) for event in used] == [("E001", 3, "inserted")]


async def test_a_callback_is_done_once_and_by_whom_took_it(ask: Asker, database: Database) -> None:
    call = MadeCall()
    await past_call(database, call)
    one = f"/api/callbacks/{call.contact}"

    claimed = await ask("POST", f"{one}/claim", role="agent")
    others = [await ask("POST", f"{one}/{what}", role="other") for what in ("claim", "done")]
    administrator = await ask("POST", f"{one}/done", role="admin")
    held = (await ask("GET", "/api/callbacks", role="other")).body
    done = await ask("POST", f"{one}/done", role="agent")
    unknown = await ask("POST", f"/api/callbacks/{NOBODY}/done", role="agent")
    rows = (await ask("GET", "/api/callbacks", role="agent")).body

    assert (claimed.status, done.status, unknown.status, administrator.status) == (204, 204, 409, 403)
    assert [(answer.status, answer.body["reason"]) for answer in others] == [(409, "claimed")] * 2
    assert [(row["done"], row["claimed_by"]) for row in held] == [(False, "名0")]
    assert [(row["done"], row["done_by"]) for row in rows] == [(True, "名0")]


async def test_contacts_are_listed_with_their_order_to_the_seat_they_belong_to(
    ask: Asker, desk: Desk, database: Database
) -> None:
    call = MadeCall()
    await past_call(database, call)
    await ask("POST", f"/api/contacts/{call.contact}/matters/{call.contact}/order", role="agent", body=FORM)

    own, other, analyst = [await ask("GET", "/api/contacts", role=role) for role in ("agent", "other", "analyst")]

    assert [(row["contact"], row["order_nos"], row["connected"]) for row in own.body] == [
        (str(call.contact), [desk.orders.made[0][1].order_no], True)
    ]
    assert other.body == []
    assert len(analyst.body) == 1


async def test_no_list_no_view_and_no_log_line_has_the_callers_number(
    ask: Asker, desk: Desk, database: Database, clock: ManualClock
) -> None:
    past, live = MadeCall(), MadeCall(start=clock.now())
    with structlog.testing.capture_logs() as lines:
        await past_call(database, past)
        for event in (live.accepted(), live.offered(), live.connected(), live.heard("停水了")):
            await desk.room.live.hear(event)
        desk.room.live.board.seats[SeatNo("007")] = seat_of(live.call)
        desk.switch.answerable[live.offer] = live.snapshot()
        draft = {"revision": 0, "reply": "待回访"}
        await ask("PATCH", f"/api/contacts/{past.contact}/matters/{past.contact}/draft", role="agent", body=draft)
        answers = [
            await ask("GET", "/api/contacts", role="agent"),
            await ask("GET", f"/api/contacts/{past.contact}", role="agent"),
            await ask("GET", f"/api/contacts/{live.contact}", role="agent"),
            await ask("GET", "/api/callbacks", role="agent"),
            await ask("GET", "/api/desk/setup", role="agent"),
            await ask("POST", "/api/seat/answer", role="agent", body={"offer": str(live.offer)}),
            await ask("POST", f"/api/contacts/{past.contact}/reveal", role="agent", body={"why": "回访诉求人"}),
            await ask("POST", f"/api/contacts/{past.contact}/matters/{past.contact}/order", role="agent", body=FORM),
        ]

    assert [answer.status for answer in answers] == [200] * 8
    assert [CALLER in answer.text for answer in answers] == [False] * 6 + [True, False]
    assert CALLER not in repr(lines)
    assert CALLER not in repr((past.accepted(), live.snapshot(), FORM["title"]))


async def test_outside_a_demonstration_no_rendered_voice_talks_for_a_person(desk: Desk) -> None:
    pages = SeatPages(telephony=desk.switch, microphone=None, pages=OpenPages())
    async with served(pages.routes()) as ask:
        refused = await ask("GET", "/api/desk/mic", role="agent")

    assert (refused.status, refused.body["reason"]) == (404, "not-found")


async def test_every_verb_has_its_key(ask: Asker, desk: Desk) -> None:
    rows = SeatPages(telephony=desk.switch, microphone=None, pages=OpenPages()).routes()
    keys = [row.path for row in rows if row.signature.reply is SeatDone]
    for path in keys:
        await ask("POST", path, role="agent", body={"ready": True, "offer": NOBODY, "call": NOBODY})

    assert {type(verb) for verb in desk.switch.verbs} == set(get_args(SeatVerb))
    assert len(keys) == len(get_args(SeatVerb))
