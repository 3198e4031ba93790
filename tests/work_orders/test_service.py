"""Orders in a real database: what is kept, what enters the log, what two at once may do."""

import asyncio
from datetime import timedelta

import pytest

from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.log import read_log
from runtime.postgres import Database
from tests.work_orders.town import (
    AGENT,
    CALLER,
    HOLES,
    NOW,
    ROADS,
    STOPPED,
    WATER,
    KnownContacts,
    orders_of,
    question,
    wanted,
)
from vocabulary.errors import FieldError, Refused
from vocabulary.events.work_orders import (
    OrderAccepted,
    OrderArchived,
    OrderClosedDirectly,
    OrderDispatched,
    OrderEvent,
    OrderFollowedUp,
    OrderHandled,
)
from vocabulary.ids import CategoryCode, ContactId, MatterId, WorkOrderNo
from vocabulary.orders import Stage
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import Channel, caller, known_by
from work_orders import OrderService
from work_orders.commands import FollowUp
from work_orders.numbers import is_order_no

ANSWER = "经现场抢修，已于今日十时恢复供水。"
PLEASED = FollowUp(excused=False, reason="", satisfied=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def orders(database: Database, clock: ManualClock) -> OrderService:
    return orders_of(database, clock=clock)


async def told(database: Database) -> list[OrderEvent]:
    rows = await read_log(database, after=0, limit=1000, types=None)
    return [row.event for row in rows if isinstance(row.event, OrderEvent)]


async def test_an_order_goes_from_acceptance_to_archive_and_the_log_has_each_stage_in_order(
    orders: OrderService, database: Database, clock: ManualClock
) -> None:
    made = await orders.accept(wanted(), principal=AGENT)
    clock.advance(timedelta(hours=2))
    await orders.reply(made.order_no, unit=WATER, text=ANSWER, note="备用泵老化")
    clock.advance(timedelta(hours=1))
    done = await orders.follow_up(made.order_no, PLEASED, principal=AGENT)

    events = await told(database)

    assert [(type(event), event.stage) for event in events] == [
        (OrderAccepted, Stage.ACCEPT),
        (OrderDispatched, Stage.DISPATCH),
        (OrderHandled, Stage.HANDLE),
        (OrderFollowedUp, Stage.FOLLOW_UP),
        (OrderArchived, Stage.ARCHIVE),
    ]
    assert {event.order_no for event in events} == {made.order_no}
    assert {event.contact for event in events} == {made.contact}
    assert [event.actor for event in events] == [str(AGENT.account)] * 2 + [WATER] + [str(AGENT.account)] * 2
    assert (made.stage, made.unit, made.due_at) == (Stage.DISPATCH, WATER, NOW + timedelta(hours=24))
    assert (done.stage, done.closed_at) == (Stage.ARCHIVE, NOW + timedelta(hours=3))


async def test_the_timeline_says_the_same_stages_with_names_and_words(orders: OrderService) -> None:
    made = await orders.accept(wanted(), principal=AGENT)
    await orders.reply(made.order_no, unit=WATER, text=ANSWER, note="")
    await orders.follow_up(made.order_no, PLEASED, principal=AGENT)

    found = await orders.whole(made.order_no)

    assert found is not None
    assert [(line["stage"], line["actor_name"], line["text"]) for line in found[1]] == [
        ("accept", "钱工", "受理诉求"),
        ("dispatch", "钱工", "转办至市供水公司，时限24小时"),
        ("handle", "市供水公司", "市供水公司已答复"),
        ("follow-up", "钱工", "回访：满意"),
        ("archive", "钱工", "归档"),
    ]


async def test_a_consultation_answered_in_the_call_is_numbered_and_archived_at_once(
    orders: OrderService, database: Database
) -> None:
    made = await orders.accept(question(), principal=AGENT)

    assert [type(event) for event in await told(database)] == [OrderAccepted, OrderClosedDirectly, OrderArchived]
    assert (made.stage, made.unit, made.due_at, made.closed_at) == (Stage.ARCHIVE, None, None, NOW)
    assert is_order_no(made.order_no)


async def test_a_second_send_is_refused_and_names_the_order_of_the_first(
    orders: OrderService, database: Database
) -> None:
    request = wanted()
    made = await orders.accept(request, principal=AGENT)

    with pytest.raises(Refused, match=made.order_no) as refused:
        await orders.accept(request, principal=AGENT)

    assert refused.value.reason == "already-accepted"
    assert len(await told(database)) == 2


async def test_sends_of_one_matter_at_the_same_moment_make_one_order(orders: OrderService, database: Database) -> None:
    request = wanted()

    results = await asyncio.gather(*(orders.accept(request, principal=AGENT) for _ in range(8)), return_exceptions=True)

    made = [result for result in results if not isinstance(result, BaseException)]
    refused = [result for result in results if isinstance(result, Refused)]
    assert (len(made), len(refused)) == (1, 7)
    assert all(made[0].order_no in error.text for error in refused)
    assert len(await told(database)) == 2


async def test_each_matter_of_a_contact_has_its_own_order_and_unit(orders: OrderService, database: Database) -> None:
    first = wanted()
    second = wanted(contact=first.contact, matter=MatterId(new_id()), category=HOLES, title="长青路有坑洼")

    results: list[object] = []
    for request in (first, second, second):
        try:
            results.append((await orders.accept(request, principal=AGENT)).unit)
        except Refused as refused:
            results.append(refused.reason)

    assert results == [WATER, ROADS, "already-accepted"]
    assert [brief.matter for brief in await orders.of_contacts((first.contact,))] == [first.matter, second.matter]
    assert [e.matter for e in await told(database) if isinstance(e, OrderAccepted)] == [first.matter, second.matter]


async def test_numbers_of_a_day_are_one_after_another_however_many_are_made_at_once(orders: OrderService) -> None:
    made = await asyncio.gather(*(orders.accept(wanted(), principal=AGENT) for _ in range(25)))

    numbers = sorted(brief.order_no for brief in made)

    assert all(is_order_no(number) for number in numbers)
    assert [number[:14] for number in numbers] == [f"20261123{n:06d}" for n in range(1, 26)]


async def test_the_day_of_a_number_is_the_citys_day(orders: OrderService, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=15))

    made = await orders.accept(wanted(), principal=AGENT)

    assert made.order_no.startswith("20261124000001")


async def test_a_refused_order_uses_no_number_and_tells_nobody(orders: OrderService, database: Database) -> None:
    with pytest.raises(Refused) as refused:
        await orders.accept(wanted(direct=True), principal=AGENT)
    made = await orders.accept(wanted(), principal=AGENT)

    assert refused.value.reason == "direct-consult-only"
    assert made.order_no.startswith("20261123000001")
    assert len(await told(database)) == 2


async def test_wrong_fields_are_all_named_in_chinese(orders: OrderService) -> None:
    with pytest.raises(FieldError) as wrong:
        await orders.accept(
            wanted(title="水", content="停", category=CategoryCode("?"), callback_phone=PhoneNumber("abc")),
            principal=AGENT,
        )

    assert set(wrong.value.fields) == {"title", "content", "category", "callback_phone"}
    assert all(any("\u4e00" <= c <= "\u9fff" for c in text) for text in wrong.value.fields.values())


async def test_a_contact_that_nobody_knows_gets_no_order(database: Database, clock: ManualClock) -> None:
    contacts, request = KnownContacts(), wanted()
    contacts.unknown.add(request.contact)

    with pytest.raises(Refused):
        await orders_of(database, clock=clock, contacts=contacts).accept(request, principal=AGENT)

    assert await told(database) == []


async def test_only_the_competent_unit_may_answer_once_and_with_enough_words(orders: OrderService) -> None:
    made = await orders.accept(wanted(), principal=AGENT)
    reasons = []
    for unit, text in ((ROADS, ANSWER), (WATER, "已办"), (WATER, ANSWER), (WATER, ANSWER)):
        try:
            await orders.reply(made.order_no, unit=unit, text=text, note="")
            reasons.append("ok")
        except Refused as refused:
            reasons.append(refused.reason)

    assert reasons == ["other-unit", "reply-too-short", "ok", "not-in-handling"]


async def test_a_refused_answer_leaves_no_note_behind(orders: OrderService, database: Database) -> None:
    made = await orders.accept(wanted(), principal=AGENT)

    with pytest.raises(Refused):
        await orders.reply(made.order_no, unit=WATER, text="已办", note="内部意见")

    async with database.reading() as reading:
        assert await reading.fetchval("select count(*) from work_orders.internal_note") == 0


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (FollowUp(excused=True, reason=" ", satisfied=None), "excuse-needs-reason"),
        (FollowUp(excused=False, reason="", satisfied=None), "answer-missing"),
    ],
)
async def test_a_follow_up_says_how_it_went_or_why_none_was_made(
    orders: OrderService, command: FollowUp, reason: str
) -> None:
    made = await orders.accept(wanted(), principal=AGENT)
    with pytest.raises(Refused) as early:
        await orders.follow_up(made.order_no, PLEASED, principal=AGENT)
    await orders.reply(made.order_no, unit=WATER, text=ANSWER, note="")

    with pytest.raises(Refused) as refused:
        await orders.follow_up(made.order_no, command, principal=AGENT)

    assert (early.value.reason, refused.value.reason) == ("nothing-to-follow-up", reason)
    assert (await orders.brief(made.order_no)).stage is Stage.HANDLE


async def test_an_answer_after_the_deadline_is_late_in_the_log_and_overdue_before(
    orders: OrderService, database: Database, clock: ManualClock
) -> None:
    made = await orders.accept(wanted(), principal=AGENT)
    on_the_minute = orders.deadline_of(made).overdue
    clock.advance(timedelta(hours=24, seconds=1))
    late = orders.deadline_of(made)
    answered = await orders.reply(made.order_no, unit=WATER, text=ANSWER, note="")

    handled = [event for event in await told(database) if isinstance(event, OrderHandled)]

    assert (on_the_minute, late.overdue, late.limit_text) == (False, True, "24小时")
    assert not handled[0].on_time
    assert not orders.deadline_of(answered).overdue


async def test_an_order_of_a_category_that_is_gone_can_still_be_read(orders: OrderService, database: Database) -> None:
    made = await orders.accept(wanted(), principal=AGENT)
    async with database.transaction() as tx:
        await tx.execute("update work_orders.work_order set category = '9999'")

    assert orders.deadline_of(await orders.brief(made.order_no)).limit_text == ""


async def test_the_callers_history_has_open_orders_first_and_nothing_for_a_withheld_number(
    orders: OrderService, clock: ManualClock
) -> None:
    other = PhoneNumber("19900000202")
    open_one = await orders.accept(wanted(), principal=AGENT)
    clock.advance(timedelta(minutes=1))
    closed = await orders.accept(question(callback_phone=other), principal=AGENT)

    history = await orders.of_requester(caller(PhoneNumber(CALLER)), open_only=False)

    assert [brief.order_no for brief in history] == [open_one.order_no, closed.order_no]
    assert [b.order_no for b in await orders.of_requester(caller(PhoneNumber(CALLER)), open_only=True)] == [
        open_one.order_no
    ]
    assert [b.order_no for b in await orders.of_requester(caller(other), open_only=False)] == [closed.order_no]
    assert await orders.of_requester(caller(PhoneNumber("")), open_only=False) == ()
    assert await orders.of_contacts((ContactId(closed.contact),)) == (closed,)


async def test_who_withholds_the_number_is_answered_and_the_follow_up_is_excused_with_a_reason(
    database: Database, clock: ManualClock
) -> None:
    orders = orders_of(database, clock=clock, contacts=KnownContacts(caller(PhoneNumber(""))))
    made = await orders.accept(wanted(callback_phone=PhoneNumber("")), principal=AGENT)
    await orders.reply(made.order_no, unit=WATER, text=ANSWER, note="")

    with pytest.raises(Refused) as asked:
        await orders.follow_up(made.order_no, PLEASED, principal=AGENT)
    excuse = FollowUp(excused=True, reason="来电未显示号码，也没有留电话", satisfied=None)
    done = await orders.follow_up(made.order_no, excuse, principal=AGENT)

    assert (asked.value.reason, made.unit, done.stage) == ("nobody-to-call", WATER, Stage.ARCHIVE)
    assert [event.reachable for event in await told(database) if isinstance(event, OrderAccepted)] == [False]


async def test_who_has_a_number_leaves_one_for_the_follow_up(orders: OrderService) -> None:
    with pytest.raises(FieldError) as wrong:
        await orders.accept(wanted(callback_phone=PhoneNumber("")), principal=AGENT)

    assert set(wrong.value.fields) == {"callback_phone"}


async def test_who_asks_by_another_channel_is_known_again_by_the_account_there_and_by_no_number(
    database: Database, clock: ManualClock
) -> None:
    by_app = known_by(Channel.APP, "openid-7f3a99")
    orders = orders_of(database, clock=clock, contacts=KnownContacts(by_app))
    made = await orders.accept(wanted(callback_phone=PhoneNumber("")), principal=AGENT)

    others = (known_by(Channel.WEB, "openid-7f3a99"), caller(PhoneNumber(CALLER)), known_by(Channel.APP, ""))
    found = [await orders.of_requester(who, open_only=False) for who in (by_app, *others)]

    assert [[brief.order_no for brief in briefs] for briefs in found] == [[made.order_no], [], [], []]


async def test_numbers_of_people_are_masked_in_the_log_and_in_briefs_and_kept_whole_for_the_unit(
    orders: OrderService, database: Database
) -> None:
    text = f"停水两天了，请打{CALLER}找王小明"
    made = await orders.accept(wanted(title=f"停水请打{CALLER}", content=text, place=CALLER), principal=AGENT)
    await orders.reply(made.order_no, unit=WATER, text=ANSWER, note="")
    await orders.follow_up(
        made.order_no, FollowUp(excused=True, reason=f"打{CALLER}无人接听", satisfied=None), principal=AGENT
    )

    async with database.reading() as reading:
        log = str(await reading.fetch("select data::text from log.events"))
        lines = str(await reading.fetch("select text from work_orders.stage_entry"))
        kept = await reading.fetchval("select content from work_orders.work_order")

    assert CALLER not in log
    assert CALLER not in lines
    assert made.title == "停水请打199****0101"
    assert kept == text


async def test_orders_of_one_category_are_listed_by_stage_and_unit(orders: OrderService) -> None:
    made = await orders.accept(wanted(category=STOPPED), principal=AGENT)
    await orders.accept(question(), principal=AGENT)

    waiting = await orders.listed(stage=Stage.DISPATCH, unit=WATER, limit=10)

    assert [brief.order_no for brief in waiting] == [made.order_no]
    assert await orders.listed(stage=Stage.DISPATCH, unit=ROADS, limit=10) == ()
    assert len(await orders.listed(stage=None, unit=None, limit=1)) == 1


async def test_an_order_that_does_not_exist_is_refused(orders: OrderService) -> None:
    with pytest.raises(Refused, match="没有工单"):
        await orders.reply(WorkOrderNo("202611230000015"), unit=WATER, text=ANSWER, note="")
