"""The shape of a contact as a page shows it."""

from dataclasses import dataclass, field

from agent_desk.drafting.draft import SavedDraft
from vocabulary.calls import CallPhase, CallSnapshot
from vocabulary.ids import ContactId
from vocabulary.orders import DraftField, OrderBrief
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingInfo:
    """A closed recording."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """What the workspace shows of one contact; ``partly`` is True while the database is away."""

    contact: ContactId
    call: CallSnapshot | None
    caller_masked: str
    dialled: str
    line_name: str
    phase: CallPhase
    utterances: tuple[Utterance, ...] = field(repr=False)
    suggestions: Suggestions
    proposed: tuple[DraftField, ...]
    draft: SavedDraft
    open_orders: tuple[OrderBrief, ...]
    history: tuple[OrderBrief, ...]
    order: OrderBrief | None
    recording: RecordingInfo | None
    confidential: bool
    """保密: others see nothing of who asked."""
    partly: bool = False
