"""The shape of a contact as pages show it."""

from dataclasses import dataclass, field
from datetime import datetime

from agent_desk.drafting.draft import SavedDraft
from vocabulary.calls import CallPhase, CallSnapshot
from vocabulary.ids import CallId, ContactId, MatterId, SeatNo, WorkOrderNo
from vocabulary.orders import DraftField, OrderBrief
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingInfo:
    """A closed recording."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One call of a contact; ``recording`` is None until it is closed."""

    call: CallId
    dialled: str
    line_name: str
    seat: SeatNo | None
    accepted_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    reason: str
    recording: RecordingInfo | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterView:
    """One thing the person asks for: its form, and the order once it is made."""

    matter: MatterId
    draft: SavedDraft = field(repr=False)
    order: OrderBrief | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """What the workspace shows of one contact; ``partly`` is True while the database is away."""

    contact: ContactId
    call: CallSnapshot | None
    caller_masked: str
    dialled: str
    line_name: str
    phase: CallPhase
    """Of the newest call, as ``dialled`` and ``line_name`` are."""
    calls: tuple[CallView, ...]
    """All calls that the log knows, the first one first; each utterance names its call."""
    utterances: tuple[Utterance, ...] = field(repr=False)
    suggestions: Suggestions
    proposed: tuple[DraftField, ...]
    matters: tuple[MatterView, ...]
    """In the order in which they were opened; the first is always there."""
    open_orders: tuple[OrderBrief, ...]
    history: tuple[OrderBrief, ...]
    confidential: bool
    """保密: others see nothing of who asked."""
    partly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """One contact in the list."""

    contact: ContactId
    at: datetime
    caller_masked: str
    line_name: str
    seat: SeatNo | None
    connected: bool
    seconds: float
    """Of all calls together."""
    calls: int
    order_nos: tuple[WorkOrderNo, ...]
    reason: str
