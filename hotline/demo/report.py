"""What one call left behind, as the JSON object that ``demo --once --json`` ends with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vocabulary.audio import Party
from vocabulary.events.telephony import CallConnected
from vocabulary.orders import DraftField
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReport:
    """The file that names the tracks."""

    path: str
    sha256: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceReport:
    """One final, in call time."""

    party: Party
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionReport:
    """One suggestion as the agent saw it."""

    id: str
    title: str
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReport:
    """One proposal for the form."""

    field: str
    value: str
    source_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """One stage of the order."""

    stage: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReport:
    """The figure that the call moved by one, and the query that gives ``after``."""

    name: str
    before: int
    after: int
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReport:
    """The topic that the order belongs to."""

    label: str
    terms: tuple[str, ...]
    contacts: int


@dataclass(slots=True, kw_only=True)
class CallReport:
    """Filled stage by stage; what never came stays empty and its stage is not in ``stages``."""

    call_id: str = ""
    user_agent: str = ""
    accepted_ms: int | None = None
    connected_ms: int | None = None
    engine: str = ""
    recording: RecordingReport | None = None
    utterances: list[UtteranceReport] = field(default_factory=list)
    cer: float | None = None
    suggestions: list[SuggestionReport] = field(default_factory=list)
    why: str = ""
    draft: list[DraftReport] = field(default_factory=list)
    order_no: str = ""
    order_stages: list[StageReport] = field(default_factory=list)
    figure: FigureReport | None = None
    topic: TopicReport | None = None
    briefing: str = ""
    stages: list[str] = field(default_factory=list)
    missing: str = ""

    def connected(self, event: CallConnected, /) -> None:
        """Take the instants of a connected call: ms from INVITE."""
        self.accepted_ms = _ms(event.invite_at, event.accepted_at)
        self.connected_ms = _ms(event.invite_at, event.occurred_at)

    def heard(self, utterances: Sequence[Utterance], /) -> None:
        """Take the finals in order of call time."""
        self.utterances = [
            UtteranceReport(party=heard.party, start_ms=heard.start_ms, end_ms=heard.end_ms, text=heard.text)
            for heard in sorted(utterances, key=lambda heard: (heard.start_ms, heard.party))
        ]
        self.engine = utterances[0].engine if utterances else self.engine

    @property
    def caller_text(self) -> str:
        """What the caller said, joined."""
        return "".join(heard.text for heard in self.utterances if heard.party is Party.CALLER)

    def suggested(self, found: Suggestions, /) -> None:
        """Take what was laid before the agent; ``why`` is the first card's reason, or why there is none."""
        self.suggestions = [
            SuggestionReport(id=item.entry, title=item.title, matched=item.matched) for item in found.items
        ]
        self.why = found.items[0].why if found.items else found.reason

    def drafted(self, fields: Sequence[DraftField], /) -> None:
        """Take the proposals."""
        self.draft = [
            DraftReport(field=proposal.name.value, value=proposal.value, source_ms=proposal.source_ms)
            for proposal in fields
        ]


def _ms(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds() * 1000)
