"""What can be asked of a work order."""

from dataclasses import dataclass, field
from datetime import datetime

from vocabulary.calls import Origin
from vocabulary.ids import CategoryCode, ContactId, MatterId, UnitCode, WorkOrderNo
from vocabulary.orders import RequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """受理. ``title``, ``content`` and ``place`` are masked already."""

    order_no: WorkOrderNo
    contact: ContactId
    matter: MatterId
    kind: RequestKind
    category: CategoryCode
    category_path: tuple[str, ...]
    district: str
    place: str = field(repr=False)
    title: str = field(repr=False)
    content: str = field(repr=False)
    direct: bool
    confidential: bool
    reachable: bool
    """Whether there is a number for the follow-up."""
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
