"""Events of room work_orders. Every one carries the stage it belongs to and who acted."""

from dataclasses import dataclass, field
from datetime import datetime

from vocabulary.calls import Origin
from vocabulary.events.base import Event, event
from vocabulary.ids import CategoryCode, MatterId, UnitCode, WorkOrderNo
from vocabulary.orders import RequestKind, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    """What all order events have; ``actor`` is an account id, a unit code or ``system``."""

    order_no: WorkOrderNo
    stage: Stage
    actor: str


@event("work-orders.order-accepted.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccepted(OrderEvent):
    """受理: the order exists. ``title`` and ``content`` are masked of phone and identity numbers."""

    kind: RequestKind
    category: CategoryCode
    category_path: tuple[str, ...]
    district: str
    place: str = field(repr=False)
    title: str = field(repr=False)
    content: str = field(repr=False)
    direct: bool
    confidential: bool
    due_at: datetime | None
    origin: Origin
    matter: MatterId | None = None
    """None until 0.1: the first matter of the contact, the only one there was."""
    reachable: bool = True
    """Whether there is a number for the follow-up; until 0.1 none was made without."""


@event("work-orders.order-dispatched.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDispatched(OrderEvent):
    """转办: sent to the competent unit with its deadline (时限)."""

    unit: UnitCode
    unit_name: str
    due_at: datetime


@event("work-orders.order-handled.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHandled(OrderEvent):
    """办理: the unit answered; ``reply`` is what the public may read."""

    unit: UnitCode
    reply: str = field(repr=False)
    on_time: bool


@event("work-orders.order-closed-directly.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosedDirectly(OrderEvent):
    """直办: the agent answered the consultation in the call."""


@event("work-orders.order-followed-up.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFollowedUp(OrderEvent):
    """回访: the caller was asked, or the follow-up was excused with a reason."""

    excused: bool
    reason: str
    satisfied: bool | None


@event("work-orders.order-archived.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderArchived(OrderEvent):
    """归档: nothing more happens."""


AnyOrderEvent = OrderAccepted | OrderDispatched | OrderHandled | OrderClosedDirectly | OrderFollowedUp | OrderArchived
"""Every event of an order; a match over it names each."""
