"""What a call's machine takes, one at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from telephony.calls.hearing import Sound
from telephony.media_protocol import ClosedRecording
from vocabulary.calls import EndReason, OfferOutcome
from vocabulary.ids import AccountId, LegId, OfferId, SeatNo


@dataclass(frozen=True, slots=True)
class Begun:
    """Our 200 left and media counts call time."""


@dataclass(frozen=True, slots=True)
class PromptsOver:
    """A play came to its end or was cut."""

    play_id: UUID


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the caller at ``at_ms`` of call time."""

    digit: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechHeard:
    """The caller began or ceased to speak."""

    speaking: bool


@dataclass(frozen=True, slots=True)
class SoundHeard:
    """The first sound of a leg."""

    leg: LegId
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A seat rings for the call."""

    offer: OfferId
    seat: SeatNo
    agent: AccountId
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLost:
    """The seat stopped ringing."""

    offer: OfferId
    seat: SeatNo
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTook:
    """The seat answered in time."""

    offer: OfferId
    seat: SeatNo
    agent: AccountId


@dataclass(frozen=True, slots=True)
class SeatAttached:
    """The agent's leg has begun, at ``at_ms`` of call time."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SeatUnreachable:
    """The agent's leg could not begin: the line is gone."""


@dataclass(frozen=True, slots=True)
class SoundSet:
    """The call sounds as ``sound`` says; who hears whom has not changed since ``at_ms`` of call time.

    ``unplayed`` names plays that are silent because a prompt is missing.
    """

    at_ms: int
    sound: Sound
    unplayed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class LineMoved:
    """The sound connection of the call's seat went or came back."""

    connected: bool


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller hung up, or its signalling failed (``failed``)."""

    failed: bool = False


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """The agent hung up."""


@dataclass(frozen=True, slots=True)
class AgentHolds:
    """The agent puts the caller on hold."""


@dataclass(frozen=True, slots=True)
class AgentResumes:
    """The agent takes the caller back from hold."""


@dataclass(frozen=True, slots=True)
class NobodyOnDuty:
    """No seat can take the call soon."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The call cannot go on."""

    reason: EndReason
    q850: int


@dataclass(frozen=True, slots=True)
class MediaClosed:
    """Media has closed the call; the recording when there is one."""

    recording: ClosedRecording | None


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed: look at the deadlines."""


Input = (
    Begun
    | PromptsOver
    | KeyPressed
    | SpeechHeard
    | SoundHeard
    | Offered
    | OfferLost
    | SeatTook
    | SeatAttached
    | SeatUnreachable
    | SoundSet
    | LineMoved
    | CallerLeft
    | AgentLeft
    | AgentHolds
    | AgentResumes
    | NobodyOnDuty
    | Broken
    | MediaClosed
    | Ticked
)
