"""The life of a work order: a pure ``decide`` from state and command to events, and ``evolve`` back to state."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict

from vocabulary.calls import Origin
from vocabulary.errors import Refused
from vocabulary.events.work_orders import (
    OrderAccepted,
    OrderArchived,
    OrderClosedDirectly,
    OrderDispatched,
    OrderEvent,
    OrderFollowedUp,
    OrderHandled,
)
from vocabulary.ids import CategoryCode, ContactId, EventId, UnitCode, WorkOrderNo
from vocabulary.orders import RequestKind, Stage

MIN_REPLY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Where an order stands after its events."""

    order_no: WorkOrderNo
    contact: ContactId
    kind: RequestKind
    category: CategoryCode
    stage: Stage
    direct: bool
    unit: UnitCode | None = None
    due_at: datetime | None = None
    replied: bool = False
    followed_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """受理. ``title``, ``content`` and ``place`` are masked already."""

    order_no: WorkOrderNo
    contact: ContactId
    kind: RequestKind
    category: CategoryCode
    category_path: tuple[str, ...]
    district: str
    place: str = field(repr=False)
    title: str = field(repr=False)
    content: str = field(repr=False)
    direct: bool
    confidential: bool
    origin: Origin
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """转办 to the competent unit."""

    unit: UnitCode
    unit_name: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """办理: what the unit answers the public."""

    unit: UnitCode
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """回访: asked (``satisfied`` known), or excused with a reason."""

    excused: bool
    reason: str
    satisfied: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """归档."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDirectly:
    """直办: answered in the call."""


Command = Accept | Dispatch | Reply | FollowUp | Archive | CloseDirectly


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When, by whom, and under which event id a command is decided."""

    at: datetime
    actor: str
    event_id: EventId


def decide(order: Order | None, command: Command, /, *, moment: Moment) -> OrderEvent:
    """Return the event a command leads to; Refused says in Chinese why it is not possible now."""
    if isinstance(command, Accept):
        return _accept(order, command, moment)
    if order is None:
        raise Refused("no-order", "没有这张工单")
    if isinstance(command, Dispatch):
        return _dispatch(order, command, moment)
    if isinstance(command, Reply):
        return _handle(order, command, moment)
    if isinstance(command, FollowUp):
        return _follow_up(order, command, moment)
    if isinstance(command, CloseDirectly):
        return _close_directly(order, moment)
    return _archive(order, moment)


class _Head(TypedDict):
    """What every order event begins with."""

    event_id: EventId
    occurred_at: datetime
    contact: ContactId
    order_no: WorkOrderNo
    stage: Stage
    actor: str


def _head(order_no: WorkOrderNo, contact: ContactId, stage: Stage, moment: Moment) -> _Head:
    return _Head(
        event_id=moment.event_id,
        occurred_at=moment.at,
        contact=contact,
        order_no=order_no,
        stage=stage,
        actor=moment.actor,
    )


def _accept(order: Order | None, command: Accept, moment: Moment) -> OrderAccepted:
    if order is not None:
        raise Refused("already-accepted", f"本次来电已生成工单 {order.order_no}，不能重复提交")
    if command.direct and command.kind is not RequestKind.CONSULT:
        raise Refused("direct-consult-only", "只有咨询类诉求可以直办，其他诉求请转办")
    return OrderAccepted(
        **_head(command.order_no, command.contact, Stage.ACCEPT, moment),
        kind=command.kind,
        category=command.category,
        category_path=command.category_path,
        district=command.district,
        place=command.place,
        title=command.title,
        content=command.content,
        direct=command.direct,
        confidential=command.confidential,
        due_at=None if command.direct else command.due_at,
        origin=command.origin,
    )


def _dispatch(order: Order, command: Dispatch, moment: Moment) -> OrderDispatched:
    if order.direct or order.stage is not Stage.ACCEPT:
        raise Refused("not-to-dispatch", "这张工单已直办或已转办，不能再次转办")
    return OrderDispatched(
        **_head(order.order_no, order.contact, Stage.DISPATCH, moment),
        unit=command.unit,
        unit_name=command.unit_name,
        due_at=command.due_at,
    )


def _handle(order: Order, command: Reply, moment: Moment) -> OrderHandled:
    if order.stage is not Stage.DISPATCH or order.unit is None or order.due_at is None:
        raise Refused("not-in-handling", "这张工单不在办理中，不能答复")
    if order.unit != command.unit:
        raise Refused("other-unit", "这张工单不由贵单位承办")
    if len(command.text.strip()) < MIN_REPLY:
        raise Refused("reply-too-short", f"公开答复内容不能少于{MIN_REPLY}个字")
    return OrderHandled(
        **_head(order.order_no, order.contact, Stage.HANDLE, moment),
        unit=order.unit,
        reply=command.text.strip(),
        on_time=moment.at <= order.due_at,
    )


def _follow_up(order: Order, command: FollowUp, moment: Moment) -> OrderFollowedUp:
    if order.stage is not Stage.HANDLE or not order.replied:
        raise Refused("nothing-to-follow-up", "单位尚未答复，不能回访")
    if command.excused and not command.reason.strip():
        raise Refused("excuse-needs-reason", "免回访必须写明理由")
    if not command.excused and command.satisfied is None:
        raise Refused("answer-missing", "请登记诉求人是否满意")
    return OrderFollowedUp(
        **_head(order.order_no, order.contact, Stage.FOLLOW_UP, moment),
        excused=command.excused,
        reason=command.reason.strip(),
        satisfied=None if command.excused else command.satisfied,
    )


def _close_directly(order: Order, moment: Moment) -> OrderClosedDirectly:
    if not order.direct or order.stage is not Stage.ACCEPT:
        raise Refused("not-direct", "这张工单不是直办件")
    return OrderClosedDirectly(
        **_head(order.order_no, order.contact, Stage.HANDLE, moment),
    )


def _archive(order: Order, moment: Moment) -> OrderArchived:
    closed_directly = order.direct and order.stage is Stage.HANDLE
    if not (closed_directly or (order.replied and order.followed_up)) or order.stage is Stage.ARCHIVE:
        raise Refused("not-to-archive", "工单须经答复与回访（或免回访）后才能归档")
    return OrderArchived(
        **_head(order.order_no, order.contact, Stage.ARCHIVE, moment),
    )


def evolve(order: Order | None, event: OrderEvent, /) -> Order:
    """Return the state after ``event``; the first event of an order is OrderAccepted."""
    if isinstance(event, OrderAccepted):
        if event.contact is None:
            raise Refused("no-contact", "工单必须对应一次来电")
        return Order(
            order_no=event.order_no,
            contact=event.contact,
            kind=event.kind,
            category=event.category,
            stage=event.stage,
            direct=event.direct,
            due_at=event.due_at,
        )
    if order is None:
        raise Refused("no-order", "没有这张工单")
    if isinstance(event, OrderDispatched):
        return replace(order, stage=event.stage, unit=event.unit, due_at=event.due_at)
    if isinstance(event, OrderHandled):
        return replace(order, stage=event.stage, replied=True)
    if isinstance(event, OrderFollowedUp):
        return replace(order, stage=event.stage, followed_up=True)
    return replace(order, stage=event.stage)
