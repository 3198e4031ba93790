"""The life of a work order, decided without any database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.work_orders.town import BY_PHONE
from vocabulary.calls import Origin
from vocabulary.errors import FieldError, Permanent, Refused
from vocabulary.events.work_orders import OrderArchived, OrderFollowedUp, OrderHandled
from vocabulary.ids import CategoryCode, ContactId, EventId, MatterId, UnitCode
from vocabulary.masking import masked_text
from vocabulary.orders import OrderRequest, RequestKind, Stage
from vocabulary.personal import PersonName, PhoneNumber
from vocabulary.requesters import Channel, Requester, caller, known_by
from work_orders import form
from work_orders.catalogue import Catalogue, Category, Unit
from work_orders.commands import Accept, Archive, CloseDirectly, Command, Dispatch, FollowUp, Reply
from work_orders.deadlines import Limit, LimitUnit, WorkingCalendar, due_at
from work_orders.numbers import is_order_no, order_no
from work_orders.order import Moment, Order, State
from work_orders.transitions import TRANSITIONS, decide, evolve

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
UNIT = UnitCode("U001")


def accept(*, direct: bool = False, kind: RequestKind = RequestKind.COMPLAINT) -> Accept:
    return Accept(
        order_no=order_no(day=date(2026, 11, 23), number=1),
        contact=ContactId(UUID(int=7)),
        matter=MatterId(UUID(int=7)),
        kind=kind,
        category=CategoryCode("020301"),
        category_path=("城乡建设", "供水", "停水"),
        district="东湖区",
        place="长青路",
        title="长青路停水",
        content="长青路从昨天起停水，要求恢复供水",
        direct=direct,
        confidential=False,
        reachable=True,
        origin=Origin.LIVE,
        due_at=NOW + timedelta(hours=24),
    )


def moment(minutes: int = 0) -> Moment:
    return Moment(at=NOW + timedelta(minutes=minutes), actor="someone", event_id=EventId(UUID(int=minutes + 1)))


def after(*commands: Command) -> Order:
    order = None
    for number, command in enumerate(commands):
        order = evolve(order, decide(order, command, moment=moment(number)))
    assert order is not None
    return order


DISPATCH = Dispatch(unit=UNIT, unit_name="市供水公司", due_at=NOW + timedelta(hours=24))
REPLY = Reply(unit=UNIT, text="经核实，已于今日十时恢复供水。")
ASKED = FollowUp(excused=False, reason="", satisfied=True)
COMMANDS = st.sampled_from(
    [accept(), accept(direct=True, kind=RequestKind.CONSULT), DISPATCH, REPLY, ASKED, Archive(), CloseDirectly(),
     FollowUp(excused=True, reason="诉求人要求免回访", satisfied=None)]
)  # fmt: skip


@given(st.lists(COMMANDS, max_size=12))
def test_no_path_reaches_the_archive_without_an_answer_and_a_follow_up_or_a_direct_close(
    commands: list[Command],
) -> None:
    order, events = None, []
    for number, command in enumerate(commands):
        try:
            event = decide(order, command, moment=moment(number))
        except Refused:
            continue
        order = evolve(order, event)
        events.append(event)

    if any(isinstance(event, OrderArchived) for event in events):
        stages = [event.stage for event in events]
        assert stages in (
            [Stage.ACCEPT, Stage.HANDLE, Stage.ARCHIVE],
            [Stage.ACCEPT, Stage.DISPATCH, Stage.HANDLE, Stage.FOLLOW_UP, Stage.ARCHIVE],
        )
        assert isinstance(events[-1], OrderArchived)


def reached() -> dict[State, Order]:
    """Return an order in each state that can be reached."""
    consult = accept(direct=True, kind=RequestKind.CONSULT)
    paths: list[tuple[Command, ...]] = [
        (accept(),), (accept(), DISPATCH), (accept(), DISPATCH, REPLY), (accept(), DISPATCH, REPLY, ASKED),
        (accept(), DISPATCH, REPLY, ASKED, Archive()), (consult,), (consult, CloseDirectly()),
    ]  # fmt: skip
    return {order.state: order for order in (after(*path) for path in paths)}


EVERY_COMMAND: list[Command] = [accept(), DISPATCH, REPLY, ASKED, CloseDirectly(), Archive()]


def test_every_state_is_reached_and_every_command_stands_in_the_table() -> None:
    assert reached().keys() == set(State) - {State.NONE}
    assert {row.command for row in TRANSITIONS} == {type(command) for command in EVERY_COMMAND} - {Accept}


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize("state", sorted(set(State) - {State.NONE}))
def test_what_the_table_does_not_name_is_refused(state: State, command: Command) -> None:
    order = reached()[state]
    rows = [row for row in TRANSITIONS if state in row.states and row.command is type(command)]
    try:
        event = decide(order, command, moment=moment(60))
    except Refused:
        assert rows == []
    else:
        assert [row.event for row in rows] == [type(event)]
        assert evolve(order, event).state is rows[0].to


def test_an_event_that_cannot_follow_is_not_taken() -> None:
    archived, archive = reached()[State.ARCHIVED], decide(reached()[State.FOLLOWED_UP], Archive(), moment=moment(9))
    with pytest.raises(Permanent, match="OrderArchived cannot follow on archived"):
        evolve(archived, archive)
    with pytest.raises(Permanent, match="OrderArchived cannot follow on none"):
        evolve(None, archive)
    with pytest.raises(Permanent, match="OrderAccepted cannot follow on archived"):
        evolve(archived, decide(None, accept(), moment=moment()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """A command of a later version."""


def test_a_command_that_is_not_known_changes_nothing() -> None:
    for order in reached().values():
        with pytest.raises(LookupError):
            decide(order, Withdraw(), moment=moment(60))  # type: ignore[arg-type]  # that is the point
    assert reached()


def test_an_order_goes_through_accept_dispatch_handle_follow_up_archive() -> None:
    assert after(accept(), DISPATCH, REPLY, ASKED, Archive()).stage is Stage.ARCHIVE


def test_a_consultation_answered_in_the_call_closes_directly() -> None:
    order = after(accept(direct=True, kind=RequestKind.CONSULT), CloseDirectly(), Archive())

    assert order.stage is Stage.ARCHIVE
    assert order.due_at is None


def test_only_a_consultation_may_close_directly() -> None:
    with pytest.raises(Refused, match="只有咨询类"):
        decide(None, accept(direct=True, kind=RequestKind.COMPLAINT), moment=moment())


def test_a_contact_is_accepted_once() -> None:
    with pytest.raises(Refused, match="不能重复提交"):
        decide(after(accept()), accept(), moment=moment(1))


def test_another_unit_cannot_answer() -> None:
    with pytest.raises(Refused, match="不由贵单位承办"):
        decide(
            after(accept(), DISPATCH), Reply(unit=UnitCode("U099"), text="这件事已经办好了，请放心。"), moment=moment(3)
        )


def test_an_answer_after_the_deadline_is_marked_late() -> None:
    event = decide(after(accept(), DISPATCH), REPLY, moment=moment(24 * 60 + 1))

    assert isinstance(event, OrderHandled)
    assert not event.on_time


def test_an_excused_follow_up_names_its_reason_and_has_no_rating() -> None:
    order = after(accept(), DISPATCH, REPLY)
    with pytest.raises(Refused, match="理由"):
        decide(order, FollowUp(excused=True, reason=" ", satisfied=None), moment=moment(5))

    event = decide(order, FollowUp(excused=True, reason="匿名来电", satisfied=True), moment=moment(5))

    assert isinstance(event, OrderFollowedUp)
    assert event.satisfied is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 999_999), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_an_order_number_is_always_found(day: date, number: int, place: int, shift: int) -> None:
    right = order_no(day=day, number=number)
    digit = (int(right[place]) + shift) % 10

    assert is_order_no(right)
    assert not is_order_no(f"{right[:place]}{digit}{right[place + 1 :]}")


def test_working_days_skip_weekends_and_holidays_and_end_at_local_midnight() -> None:
    friday = datetime(2026, 9, 25, 1, 0, tzinfo=UTC)
    calendar = WorkingCalendar(holidays=frozenset({date(2026, 9, 28)}), extra_workdays=frozenset({date(2026, 9, 27)}))

    due = due_at(start=friday, limit=Limit(amount=2, unit=LimitUnit.WORKING_DAYS), zone=ZONE, calendar=calendar)

    assert due == datetime(2026, 9, 30, 0, 0, tzinfo=ZONE)


@given(st.integers(1, 30), st.timedeltas(timedelta(0), timedelta(days=365)))
def test_a_longer_limit_never_ends_earlier(days: int, later: timedelta) -> None:
    start, calendar = NOW + later, WorkingCalendar()
    ends = [due_at(start=start, limit=Limit(amount=n, unit=LimitUnit.WORKING_DAYS), zone=ZONE, calendar=calendar)
            for n in (days, days + 1)]  # fmt: skip

    assert start < ends[0] < ends[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的电话是13800138000请回", "我的电话是138****8000请回"),
        ("身份证110105198001011234", "身份证110105********1234"),
        ("打零九九九0999-8812345", "打零九九九0999****345"),
        ("电话幺九九零零零零零一二三", "电话幺九九****零一二三"),
        ("电话是1999-0000-R751 希望", "电话是199**** 希望"),
        ("长青路120号3单元502", "长青路120号3单元502"),
    ],
)
def test_numbers_that_identify_a_person_are_masked_and_addresses_stay(text: str, expected: str) -> None:
    assert masked_text(text) == expected


def catalogue() -> Catalogue:
    unit = Unit(code=UNIT, name="市供水公司", level=2, parent=None, leader="李", office="客服部", handler="周")
    limit = Limit(amount=24, unit=LimitUnit.HOURS)
    kinds = frozenset({RequestKind.COMPLAINT, RequestKind.CONSULT})
    category = Category(code=CategoryCode("020301"), path=("供水", "停水"), kinds=kinds, unit=UNIT, limit=limit)
    return Catalogue(categories=(category,), units=(unit,))


def request(**changes: object) -> OrderRequest:
    values: dict[str, object] = {
        "contact": ContactId(UUID(int=7)), "matter": MatterId(UUID(int=7)), "kind": RequestKind.COMPLAINT, "category": CategoryCode("020301"),
        "title": "长青路停水", "content": "长青路从昨天起停水", "district": "东湖区", "place": "", "occurred": "",
        "wish": "", "caller_name": PersonName("王"), "callback_phone": PhoneNumber("19900000101"), "direct": False,
    }  # fmt: skip
    return OrderRequest(**(values | changes))  # type: ignore[arg-type]  # a table of keyword arguments


def test_every_wrong_field_is_named_in_chinese_at_once() -> None:
    wrong = request(title="停", content="水", category=CategoryCode(""), callback_phone=PhoneNumber("abc"), district="")

    with pytest.raises(FieldError) as caught:
        form.check(wrong, catalogue=catalogue(), requester=BY_PHONE)

    assert set(caught.value.fields) == {"title", "content", "category", "callback_phone", "place"}
    assert "至少4个字" in caught.value.fields["title"]


@pytest.mark.parametrize(
    ("requester", "wrong"),
    [(BY_PHONE, {"callback_phone"}), (caller(PhoneNumber("")), set()), (known_by(Channel.APP, "openid-7f3a99"), set())],
)
def test_only_who_has_a_number_must_leave_one(requester: Requester, wrong: set[str]) -> None:
    found: set[str] = set()
    try:
        form.check(request(callback_phone=PhoneNumber("")), catalogue=catalogue(), requester=requester)
    except FieldError as refused:
        found = set(refused.fields)

    assert found == wrong


def test_a_right_form_passes() -> None:
    form.check(request(), catalogue=catalogue(), requester=BY_PHONE)


def test_a_category_whose_unit_names_no_handler_is_refused() -> None:
    good = catalogue()
    nobody = Unit(code=UNIT, name="市供水公司", level=2, parent=None, leader="李", office="客服部", handler="")

    with pytest.raises(Refused, match="没有经办人"):
        Catalogue(categories=tuple(good.categories.values()), units=(nobody,))
