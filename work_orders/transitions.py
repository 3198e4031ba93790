"""The life of a work order as one table: from which state, by which command, under which guards, to which event.

What the table does not name is refused, both as a command (``decide``) and as an event of the log (``evolve``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypedDict, TypeVar, assert_never

from vocabulary.errors import Permanent, Refused
from vocabulary.events.work_orders import (
    AnyOrderEvent,
    OrderAccepted,
    OrderArchived,
    OrderClosedDirectly,
    OrderDispatched,
    OrderFollowedUp,
    OrderHandled,
)
from vocabulary.ids import ContactId, EventId, WorkOrderNo
from vocabulary.orders import RequestKind, Stage, first_matter
from work_orders.commands import Accept, Archive, CloseDirectly, Command, Dispatch, FollowUp, Reply
from work_orders.order import Moment, Order, State

MIN_REPLY = 10
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Guard(Generic[C]):
    """A condition of a command; when it does not hold the command is refused with ``reason`` and ``text``."""

    reason: str
    text: str
    holds: Callable[[Order, C], bool]


@dataclass(frozen=True, slots=True)
class Transition(Generic[C]):
    """From one of ``states`` by ``command`` to ``to``, when every guard holds."""

    states: tuple[State, ...]
    command: type[C]
    to: State
    event: type[AnyOrderEvent]
    make: Callable[[Order, C, Moment], AnyOrderEvent]
    guards: tuple[Guard[C], ...] = ()


class _Head(TypedDict):
    """What every order event begins with."""

    event_id: EventId
    occurred_at: datetime
    contact: ContactId
    order_no: WorkOrderNo
    stage: Stage
    actor: str


def _head(order: Order | Accept, stage: Stage, moment: Moment) -> _Head:
    return _Head(
        event_id=moment.event_id,
        occurred_at=moment.at,
        contact=order.contact,
        order_no=order.order_no,
        stage=stage,
        actor=moment.actor,
    )


def _accepted(command: Accept, moment: Moment) -> OrderAccepted:
    return OrderAccepted(
        **_head(command, Stage.ACCEPT, moment),
        matter=command.matter,
        kind=command.kind,
        category=command.category,
        category_path=command.category_path,
        district=command.district,
        place=command.place,
        title=command.title,
        content=command.content,
        direct=command.direct,
        confidential=command.confidential,
        reachable=command.reachable,
        due_at=None if command.direct else command.due_at,
        origin=command.origin,
    )


def _dispatched(order: Order, command: Dispatch, moment: Moment) -> OrderDispatched:
    return OrderDispatched(
        **_head(order, Stage.DISPATCH, moment), unit=command.unit, unit_name=command.unit_name, due_at=command.due_at
    )


def _handled(order: Order, command: Reply, moment: Moment) -> OrderHandled:
    on_time = order.due_at is not None and moment.at <= order.due_at
    head = _head(order, Stage.HANDLE, moment)
    return OrderHandled(**head, unit=command.unit, reply=command.text.strip(), on_time=on_time)


def _followed_up(order: Order, command: FollowUp, moment: Moment) -> OrderFollowedUp:
    return OrderFollowedUp(
        **_head(order, Stage.FOLLOW_UP, moment),
        excused=command.excused,
        reason=command.reason.strip(),
        satisfied=None if command.excused else command.satisfied,
    )


def _closed_directly(order: Order, _: CloseDirectly, moment: Moment) -> OrderClosedDirectly:
    return OrderClosedDirectly(**_head(order, Stage.HANDLE, moment))


def _archived(order: Order, _: Archive, moment: Moment) -> OrderArchived:
    return OrderArchived(**_head(order, Stage.ARCHIVE, moment))


OWN_UNIT: Guard[Reply] = Guard("other-unit", "这张工单不由贵单位承办", lambda order, reply: order.unit == reply.unit)
LONG_ENOUGH: Guard[Reply] = Guard(
    "reply-too-short",
    f"公开答复内容不能少于{MIN_REPLY}个字",
    lambda _, reply: len(reply.text.strip()) >= MIN_REPLY,
)
EXCUSE_HAS_REASON: Guard[FollowUp] = Guard(
    "excuse-needs-reason", "免回访必须写明理由", lambda _, asked: not asked.excused or bool(asked.reason.strip())
)
REACHABLE: Guard[FollowUp] = Guard(
    "nobody-to-call",
    "诉求人没有留下电话，无法回访，请选择免回访并写明理由",
    lambda order, asked: asked.excused or order.reachable,
)
ANSWER_KNOWN: Guard[FollowUp] = Guard(
    "answer-missing", "请登记诉求人是否满意", lambda _, asked: asked.excused or asked.satisfied is not None
)

TRANSITIONS: tuple[Transition[Any], ...] = (
    Transition((State.TO_DISPATCH,), Dispatch, State.IN_HANDLING, OrderDispatched, _dispatched),
    Transition((State.IN_HANDLING,), Reply, State.ANSWERED, OrderHandled, _handled, (OWN_UNIT, LONG_ENOUGH)),
    Transition(
        (State.ANSWERED,),
        FollowUp,
        State.FOLLOWED_UP,
        OrderFollowedUp,
        _followed_up,
        (REACHABLE, EXCUSE_HAS_REASON, ANSWER_KNOWN),
    ),
    Transition(
        (State.TO_CLOSE_DIRECTLY,), CloseDirectly, State.ANSWERED_DIRECTLY, OrderClosedDirectly, _closed_directly
    ),
    Transition((State.FOLLOWED_UP, State.ANSWERED_DIRECTLY), Archive, State.ARCHIVED, OrderArchived, _archived),
)
"""Everything that may happen to an order; its beginning is ``_accept``, which looks at no order."""

_BY_COMMAND = {(state, row.command): row for row in TRANSITIONS for state in row.states}
_BY_EVENT = {(state, row.event): row.to for row in TRANSITIONS for state in row.states}
_NOT_NOW: Mapping[type[Command], tuple[str, str]] = {
    Dispatch: ("not-to-dispatch", "这张工单已直办或已转办，不能再次转办"),
    Reply: ("not-in-handling", "这张工单不在办理中，不能答复"),
    FollowUp: ("nothing-to-follow-up", "单位尚未答复，不能回访"),
    CloseDirectly: ("not-direct", "这张工单不是直办件"),
    Archive: ("not-to-archive", "工单须经答复与回访（或免回访）后才能归档"),
}


def decide(order: Order | None, command: Command, /, *, moment: Moment) -> AnyOrderEvent:
    """Return the event a command leads to; Refused says in Chinese why it is not possible now."""
    if isinstance(command, Accept):
        return _accept(order, command, moment)
    if order is None:
        raise Refused("no-order", "没有这张工单")
    row = _BY_COMMAND.get((order.state, type(command)))
    if row is None:
        raise Refused(*_NOT_NOW[type(command)])
    for guard in row.guards:
        if not guard.holds(order, command):
            raise Refused(guard.reason, guard.text)
    return row.make(order, command, moment)


def _accept(order: Order | None, command: Accept, moment: Moment) -> OrderAccepted:
    if order is not None:
        raise Refused("already-accepted", f"这件诉求已生成工单 {order.order_no}，不能重复提交")
    if command.direct and command.kind is not RequestKind.CONSULT:
        raise Refused("direct-consult-only", "只有咨询类诉求可以直办，其他诉求请转办")
    return _accepted(command, moment)


def evolve(order: Order | None, event: AnyOrderEvent, /) -> Order:
    """Return the state after ``event``; Permanent when no such event may follow."""
    if isinstance(event, OrderAccepted):
        return _begun(order, event)
    to = None if order is None else _BY_EVENT.get((order.state, type(event)))
    if order is None or to is None:
        stands = State.NONE if order is None else order.state
        raise Permanent(f"{type(event).__name__} cannot follow on {stands} (order {event.order_no})")
    moved = replace(order, state=to, stage=event.stage)
    match event:
        case OrderDispatched():
            return replace(moved, unit=event.unit, due_at=event.due_at)
        case OrderHandled() | OrderFollowedUp() | OrderClosedDirectly() | OrderArchived():
            return moved
        case _:
            assert_never(event)


def _begun(order: Order | None, event: OrderAccepted) -> Order:
    if order is not None:
        raise Permanent(f"OrderAccepted cannot follow on {order.state} (order {event.order_no})")
    if event.contact is None:
        raise Refused("no-contact", "工单必须对应一次来电")
    return Order(
        order_no=event.order_no,
        contact=event.contact,
        matter=event.matter or first_matter(event.contact),
        kind=event.kind,
        category=event.category,
        stage=event.stage,
        state=State.TO_CLOSE_DIRECTLY if event.direct else State.TO_DISPATCH,
        direct=event.direct,
        reachable=event.reachable,
        due_at=event.due_at,
    )
