"""The web side of work orders, served for real."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.web import role_matrix
from tests.agent_desk.serving import Asker, TokenIsRole, served
from tests.work_orders.town import AGENT, CALLER, HOLES, NOW, ROADS, KnownContacts, orders_of, question, wanted
from vocabulary.ids import AccountId, MatterId
from vocabulary.orders import OrderBrief
from vocabulary.people import Principal, Role
from vocabulary.personal import PersonName, PhoneNumber
from vocabulary.requesters import caller
from work_orders import OrderPages, OrderService

ANSWER = {"reply": "经现场抢修，已于今日十时恢复供水。", "internal_note": "备用泵老化，请勿外传"}
ROADWORKERS = Principal(account=AccountId(UUID(int=90)), login="roads", name="养护中心", role=Role.UNIT, unit=ROADS)
UNBOUND = Principal(account=AccountId(UUID(int=91)), login="stray", name="无单位", role=Role.UNIT)


@pytest.fixture
def orders(database: Database) -> OrderService:
    return orders_of(database, clock=ManualClock(NOW))


@pytest.fixture
async def ask(orders: OrderService) -> AsyncIterator[Asker]:
    people = TokenIsRole({"roads": ROADWORKERS, "stray": UNBOUND})
    async with served(OrderPages(orders).routes(), sessions=people) as asker:
        yield asker


@pytest.fixture
async def made(orders: OrderService) -> OrderBrief:
    return await orders.accept(wanted(), principal=AGENT)


async def test_each_route_opens_to_its_roles_and_to_nobody_else(ask: Asker, orders: OrderService) -> None:
    matrix = role_matrix(OrderPages(orders).routes())
    assert {case.allowed for case in matrix} == {True, False}
    for case in matrix:
        path = case.route.path.replace("{order_no}", "000000000000000")
        body = {"reply": "", "satisfied": True} if case.route.signature.body else None
        status, _, text = await ask(case.route.method, path, role=case.role, body=body)

        wanted_status = {200, 404, 400} if case.allowed else {403 if case.role else 401}
        assert status in wanted_status, f"{case.name}: {status} {text}"


async def test_a_unit_sees_its_own_orders_only_and_answers_them(ask: Asker, made: OrderBrief) -> None:
    own, others = await ask("GET", "/api/unit/orders", role="unit"), await ask("GET", "/api/unit/orders", role="roads")
    path = f"/api/unit/orders/{made.order_no}/reply"
    foreign = await ask("POST", path, role="roads", body=ANSWER)
    answered = await ask("POST", path, role="unit", body=ANSWER)
    after = await ask("GET", "/api/unit/orders", role="unit")

    assert [row["order_no"] for row in own.body] == [made.order_no]
    assert (own.body[0]["caller_name"], own.body[0]["callback_phone"]) == ("王小明", CALLER)
    assert (others.body, after.body) == ([], [])
    assert (foreign.status, foreign.body["reason"]) == (409, "other-unit")
    assert (answered.status, answered.body["stage"]) == (200, "handle")


async def test_an_order_tells_whether_who_asked_can_be_called_back(
    database: Database, ask: Asker, made: OrderBrief
) -> None:
    anonymous = orders_of(database, clock=ManualClock(NOW), contacts=KnownContacts(caller(PhoneNumber(""))))
    other = await anonymous.accept(wanted(callback_phone=PhoneNumber("")), principal=AGENT)

    shown = [(await ask("GET", f"/api/orders/{one.order_no}", role="agent")).body for one in (made, other)]

    assert [one["reachable"] for one in shown] == [True, False]


async def test_a_unit_account_without_unit_is_told_so(ask: Asker) -> None:
    status, body, _ = await ask("GET", "/api/unit/orders", role="stray")

    assert (status, body["reason"]) == (409, "no-unit")


async def test_a_confidential_order_tells_the_unit_what_but_not_who(ask: Asker, orders: OrderService) -> None:
    text = f"王小明反映长青路12号停水，请打{CALLER}，座机0999-8001345"
    await orders.accept(wanted(confidential=True, content=text, title=f"{CALLER}反映停水"), principal=AGENT)

    status, body, raw = await ask("GET", "/api/unit/orders", role="unit")

    assert (status, body[0]["caller_name"], body[0]["callback_phone"]) == (200, "保密", "")
    assert "长青路12号停水" in body[0]["content"]
    assert all(secret not in raw for secret in ("王小明", CALLER, "8001345"))


async def test_a_confidential_order_names_nobody_even_when_the_forms_name_is_empty(
    ask: Asker, orders: OrderService, database: Database
) -> None:
    text = "你好我叫周明，长青路停水，周明说请打邹明，欧阳女士也知道"
    request = wanted(
        confidential=True, caller_name=PersonName(""), content=text, title="李小红家停水", wish="请李小红知道",
        said_names=(PersonName("李小红"),),
    )  # fmt: skip
    made = await orders.accept(request, principal=AGENT)
    answer = f"周明您好，李小红家已恢复供水，请打{CALLER}"
    done = await ask("POST", f"/api/unit/orders/{made.order_no}/reply", role="unit", body={"reply": answer})
    excuse = {"excused": True, "reason": f"李小红{CALLER}无人接听"}
    await ask("POST", f"/api/orders/{made.order_no}/follow-up", role="agent", body=excuse)

    views = [
        done,
        await ask("GET", f"/api/orders/{made.order_no}", role="analyst"),
        await ask("GET", f"/api/orders/{made.order_no}", role="admin"),
        await ask("GET", "/api/orders", role="agent"),
    ]
    async with database.reading() as reading:
        log = str(await reading.fetch("select data::text from log.events"))
        lines = str(await reading.fetch("select text from work_orders.stage_entry"))
        kept = await reading.fetchval("select reply from work_orders.work_order")

    assert [view.status for view in views] == [200] * 4
    secrets = ("周明", "邹明", "李小红", "欧阳", CALLER)
    everything = [*(view.text for view in views), log, lines]
    assert [(secret, text) for secret in secrets for text in everything if secret in text] == []
    assert kept == answer
    assert await orders.of_requester(caller(PhoneNumber(CALLER)), open_only=False) == ()


async def test_one_confidential_matter_keeps_who_asked_unknown_in_the_others_of_the_contact(
    ask: Asker, orders: OrderService
) -> None:
    text = "我叫周明，长青路12号停水，请尽快恢复"
    opened = wanted(content=text, caller_name=PersonName("周明"))
    first = await orders.accept(opened, principal=AGENT)
    before = await ask("GET", f"/api/orders/{first.order_no}", role="analyst")
    second = replace(opened, matter=MatterId(new_id()), category=HOLES, confidential=True)
    await orders.accept(second, principal=AGENT)

    after = [await ask("GET", f"/api/orders/{first.order_no}", role=role) for role in ("agent", "analyst", "admin")]
    units = [await ask("GET", "/api/unit/orders", role=role) for role in ("unit", "roads")]

    assert ("周明" in before.text, ["周明" in view.text for view in after]) == (True, [False] * 3)
    assert [view.body["confidential"] for view in after] == [True] * 3
    assert await orders.of_requester(caller(PhoneNumber(CALLER)), open_only=False) == ()
    assert [answer.body[0]["caller_name"] for answer in units] == ["周明", "保密"]


async def test_a_unit_with_a_confidential_order_is_not_told_the_name_by_another_order_of_the_contact(
    ask: Asker, orders: OrderService
) -> None:
    opened = wanted(caller_name=PersonName("周明"))
    await orders.accept(opened, principal=AGENT)
    await orders.accept(replace(opened, matter=MatterId(new_id()), confidential=True), principal=AGENT)

    shown = await ask("GET", "/api/unit/orders", role="unit")

    assert [row["caller_name"] for row in shown.body] == ["保密", "保密"]
    assert [secret for secret in ("周明", CALLER) if secret in shown.text] == []


async def test_a_units_answer_is_shown_and_logged_without_numbers(
    ask: Asker, made: OrderBrief, database: Database
) -> None:
    answer = {"reply": f"已联系{CALLER}，十时恢复供水。", "internal_note": ""}
    await ask("POST", f"/api/unit/orders/{made.order_no}/reply", role="unit", body=answer)
    view = await ask("GET", f"/api/orders/{made.order_no}", role="agent")
    async with database.reading() as reading:
        log = str(await reading.fetch("select data::text from log.events"))

    assert "十时恢复供水" in view.body["reply"]
    assert CALLER not in view.text
    assert CALLER not in log


async def test_the_first_look_of_a_unit_at_an_order_is_in_the_audit_once(
    ask: Asker, made: OrderBrief, orders: OrderService, database: Database
) -> None:
    await orders.accept(wanted(confidential=True), principal=AGENT)
    for _ in range(3):
        await ask("GET", "/api/unit/orders", role="unit")

    async with database.reading() as reading:
        looks = await reading.fetch("select what, contact from log.audit")
    assert [(row["what"], row["contact"]) for row in looks] == [("order-shown-to-unit", made.contact)]


async def test_a_row_that_cannot_be_read_leaves_the_others_in_every_list(
    ask: Asker, made: OrderBrief, orders: OrderService, database: Database
) -> None:
    poisoned = await orders.accept(wanted(), principal=AGENT)
    async with database.transaction() as tx:
        await tx.execute("update work_orders.work_order set kind = 'nothing' where order_no = $1", poisoned.order_no)

    lists = [await ask("GET", "/api/orders", role="agent"), await ask("GET", "/api/unit/orders", role="unit")]

    assert [answer.status for answer in lists] == [200, 200]
    assert [[row["order_no"] for row in answer.body] for answer in lists] == [[made.order_no]] * 2
    assert [brief.order_no for brief in await orders.of_requester(caller(PhoneNumber(CALLER)), open_only=False)] == [
        made.order_no
    ]


async def test_what_a_unit_writes_is_text_that_can_be_kept(ask: Asker, made: OrderBrief) -> None:
    body = {"reply": "已恢复供水，请放心使用\x1b[2J", "internal_note": "\u202e反"}

    status, answer, _ = await ask("POST", f"/api/unit/orders/{made.order_no}/reply", role="unit", body=body)

    assert (status, set(answer["fields"])) == (400, {"reply", "internal_note"})


async def test_what_a_unit_notes_for_itself_is_in_no_view(ask: Asker, made: OrderBrief) -> None:
    await ask("POST", f"/api/unit/orders/{made.order_no}/reply", role="unit", body=ANSWER)

    views = [
        await ask("GET", f"/api/orders/{made.order_no}", role="analyst"),
        await ask("GET", "/api/orders", role="agent"),
        await ask("GET", "/api/unit/orders", role="unit"),
    ]

    assert [view.status for view in views] == [200, 200, 200]
    assert all("备用泵" not in view.text for view in views)
    assert views[0].body["reply"] == ANSWER["reply"]


async def test_no_list_and_no_view_has_the_callers_number(ask: Asker, orders: OrderService) -> None:
    made = await orders.accept(
        wanted(title=f"请打{CALLER}回复", content=f"停水两天，请打{CALLER}", wish=f"打{CALLER}", place=CALLER),
        principal=AGENT,
    )
    views = [await ask("GET", path, role="agent") for path in ("/api/orders", f"/api/orders/{made.order_no}")]

    assert [view.status for view in views] == [200, 200]
    assert all(CALLER not in view.text for view in views)


async def test_the_timeline_names_stages_in_chinese_and_the_deadline(ask: Asker, made: OrderBrief) -> None:
    _, body, _ = await ask("GET", f"/api/orders/{made.order_no}", role="agent")

    assert [line["stage_zh"] for line in body["stages"]] == ["受理", "转办"]
    assert (body["kind_zh"], body["deadline"]["limit_text"], body["deadline"]["overdue"]) == ("投诉", "24小时", False)
    assert body["contact"] == str(made.contact)


async def test_a_follow_up_archives(ask: Asker, made: OrderBrief) -> None:
    path = f"/api/orders/{made.order_no}/follow-up"
    early = await ask("POST", path, role="agent", body={"satisfied": True})
    await ask("POST", f"/api/unit/orders/{made.order_no}/reply", role="unit", body=ANSWER)
    done = await ask("POST", path, role="agent", body={"satisfied": False})

    assert (early.status, early.body["reason"]) == (409, "nothing-to-follow-up")
    assert (done.status, done.body["stage"]) == (200, "archive")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/orders?stage=dispatch&unit=U001&limit=5", 200),
        ("/api/orders?stage=nowhere", 400),
        ("/api/orders?unit=%00", 400),
        ("/api/orders?limit=0", 400),
        ("/api/orders?limit=x", 400),
        ("/api/orders/%00", 400),
        ("/api/orders/202611230000012", 404),
        ("/api/orders/demo-000001", 404),
    ],
)
async def test_odd_questions_get_a_sentence_and_never_a_fault(ask: Asker, path: str, status: int) -> None:
    answer = await ask("GET", path, role="agent")

    assert answer.status == status, answer.text
    assert status == 200 or answer.body["detail"]


async def test_texts_without_end_are_refused_by_name(ask: Asker, made: OrderBrief) -> None:
    body = {"reply": "好" * 4001, "internal_note": "注" * 4001}

    status, answer, _ = await ask("POST", f"/api/unit/orders/{made.order_no}/reply", role="unit", body=body)

    assert (status, set(answer["fields"])) == (422, {"reply", "internal_note"})


async def test_a_direct_consultation_never_reaches_a_unit(ask: Asker, orders: OrderService) -> None:
    await orders.accept(question(), principal=AGENT)

    assert (await ask("GET", "/api/unit/orders", role="roads")).body == []
