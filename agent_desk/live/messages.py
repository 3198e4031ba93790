"""All that the live socket says, and all that a page says to it: one class a kind.

The interface document carries the unions and the pages' types are made from it: there a kind without a handler does not
compile.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args
from uuid import UUID

from agent_desk.live.shown import OfferShown
from agent_desk.live.snapshot import DeskSnapshot
from runtime.web import OneOf
from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.events.agent_desk import DraftProposed
from vocabulary.events.asr import PartialHeard, RecogniserStatus, SpeechEnded, SpeechStarted, TranscriptClosed
from vocabulary.events.telephony import CallConnected, CallEnded, OfferEnded
from vocabulary.ids import ContactId
from vocabulary.orders import OrderBrief
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSnapshot:
    """Everything a page shows, when it opens or its place is not known any more."""

    data: DeskSnapshot = field(repr=False)
    kind: Literal["snapshot"] = "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSeat:
    """One's own seat as it is now."""

    data: SeatSnapshot = field(repr=False)
    kind: Literal["seat"] = "seat"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """The call at hand as it is now, its caller masked."""

    data: CallSnapshot = field(repr=False)
    kind: Literal["call"] = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOffer:
    """A call rings."""

    data: OfferShown = field(repr=False)
    kind: Literal["offer"] = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOfferEnded:
    """It does not ring any more."""

    data: OfferEnded = field(repr=False)
    kind: Literal["offer-ended"] = "offer-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConnected:
    """Agent and caller hear each other."""

    data: CallConnected = field(repr=False)
    kind: Literal["connected"] = "connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEnded:
    """The call is over."""

    data: CallEnded = field(repr=False)
    kind: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSpeechStarted:
    """Somebody began to speak."""

    data: SpeechStarted = field(repr=False)
    kind: Literal["speech-started"] = "speech-started"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSpeechEnded:
    """Somebody stopped speaking."""

    data: SpeechEnded = field(repr=False)
    kind: Literal["speech-ended"] = "speech-ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePartial:
    """Words so far."""

    data: PartialHeard = field(repr=False)
    kind: Literal["partial"] = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFinal:
    """A final utterance."""

    data: Utterance = field(repr=False)
    kind: Literal["final"] = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTranscriptClosed:
    """No more finals of a leg."""

    data: TranscriptClosed = field(repr=False)
    kind: Literal["transcript-closed"] = "transcript-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSuggestions:
    """What the knowledge base suggests now."""

    data: Suggestions = field(repr=False)
    kind: Literal["suggestions"] = "suggestions"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDraft:
    """What is proposed for the order form now."""

    data: DraftProposed = field(repr=False)
    kind: Literal["draft"] = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRecogniser:
    """Who hears, and how late."""

    data: RecogniserStatus = field(repr=False)
    kind: Literal["recogniser"] = "recogniser"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOrder:
    """The order of a contact moved on; this is where it stands now."""

    data: OrderBrief = field(repr=False)
    kind: Literal["order"] = "order"


LiveMessage = (
    LiveSnapshot | LiveSeat | LiveCall | LiveOffer | LiveOfferEnded | LiveConnected | LiveEnded
    | LiveSpeechStarted | LiveSpeechEnded | LivePartial | LiveFinal | LiveTranscriptClosed
    | LiveSuggestions | LiveDraft | LiveRecogniser | LiveOrder
)  # fmt: skip
"""Every numbered message; the pages have a handler for each (``live.ts`` of a room in ``web/src/rooms``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNumber:
    """The place of a message: epoch of the desk process, running number of the seat's feed, what it is about."""

    epoch: UUID
    n: int
    contact: ContactId | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a page is the active one of its seat: only that one holds the line, writes and keeps the seat alive."""

    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePage:
    """How the page stands among those of its seat; not numbered."""

    data: Standing
    kind: Literal["page"] = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePing:
    """A sign of life, for pages do not see the protocol's own; not numbered."""

    kind: Literal["ping"] = "ping"


LiveControl = LivePage | LivePing
"""What is said about the connection itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSays:
    """All that a page may say: that it takes its seat over, or the answer to a ping."""

    kind: Literal["take-over", "pong"]


SENDS = (
    OneOf(name="LiveMessage", members=get_args(LiveMessage), beside=LiveNumber),
    OneOf(name="LiveControl", members=get_args(LiveControl)),
)
