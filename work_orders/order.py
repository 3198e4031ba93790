"""Where a work order stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vocabulary.ids import CategoryCode, ContactId, EventId, MatterId, UnitCode, WorkOrderNo
from vocabulary.orders import RequestKind, Stage


class State(StrEnum):
    """Everything that decides what may happen to an order next; several states may share a stage (``Stage``)."""

    NONE = "none"
    """There is no order yet."""
    TO_DISPATCH = "to-dispatch"
    TO_CLOSE_DIRECTLY = "to-close-directly"
    IN_HANDLING = "in-handling"
    ANSWERED = "answered"
    ANSWERED_DIRECTLY = "answered-directly"
    FOLLOWED_UP = "followed-up"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order after its events so far."""

    order_no: WorkOrderNo
    contact: ContactId
    matter: MatterId
    kind: RequestKind
    category: CategoryCode
    stage: Stage
    state: State
    direct: bool
    reachable: bool
    """Whether there is a number for the follow-up."""
    unit: UnitCode | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When, by whom, and under which event id a command is decided."""

    at: datetime
    actor: str
    event_id: EventId
