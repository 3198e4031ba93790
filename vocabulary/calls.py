"""Calls and seats as other rooms see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vocabulary.ids import AccountId, CallId, ContactId, LegId, OfferId, SeatNo
from vocabulary.personal import PhoneNumber


class SeatState(StrEnum):
    """States of a seat; ``telephony/acd`` is their only writer."""

    OFFLINE = "offline"
    READY = "ready"
    NOT_READY = "not-ready"
    RESERVED = "reserved"
    RINGING = "ringing"
    TALKING = "talking"
    HOLD = "hold"
    WRAP = "wrap"


class CallPhase(StrEnum):
    """Where a live call is, for screens and ``hotline status``."""

    GREETING = "greeting"
    QUESTION = "question"
    QUEUED = "queued"
    RINGING = "ringing"
    ANNOUNCING = "announcing"
    TALKING = "talking"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTimes:
    """Times of the running city that an agent sees, in seconds."""

    wrap_up_s: float
    """After-call work ends by itself."""
    hold_reminder_s: float
    """A caller on hold for so long is called to mind."""


class EndReason(StrEnum):
    """Why a call ended."""

    CALLER_HUNG_UP = "caller-hung-up"
    AGENT_HUNG_UP = "agent-hung-up"
    ABANDONED = "abandoned"
    """The caller hung up before a person's voice."""
    NOBODY_ON_DUTY = "nobody-on-duty"
    CANCELLED = "cancelled"
    MEDIA_TIMEOUT = "media-timeout"
    MEDIA_LOST = "media-lost"
    SWITCH_LOST = "switch-lost"
    OVERLOADED = "overloaded"
    FAILED = "failed"


class OfferOutcome(StrEnum):
    """How an offer to a seat ended."""

    ANSWERED = "answered"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    """RONA: the lease ran out while the seat rang."""
    WITHDRAWN = "withdrawn"
    """The caller left while the seat rang."""


class Origin(StrEnum):
    """Whether a contact really happened; every live figure filters LIVE."""

    LIVE = "live"
    DEMO = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSnapshot:
    """Whole state of one seat; a higher ``revision`` replaces a lower one."""

    seat: SeatNo
    agent: AccountId
    agent_name: str
    state: SeatState
    reason: str
    """Why NOT_READY, empty otherwise: ``break``, ``no-answer``, ``desk-away``, ``no-line`` …"""
    since: datetime
    revision: int
    call: CallId | None = None
    offer: OfferId | None = None
    line_connected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSnapshot:
    """Whole state of one live call."""

    call: CallId
    contact: ContactId
    phase: CallPhase
    caller: PhoneNumber
    dialled: str
    line_name: str
    queue: str
    accepted_at: datetime
    revision: int
    invite_at: datetime
    connected_at: datetime | None = None
    seat: SeatNo | None = None
    offer: OfferId | None = None
    caller_leg: LegId | None = None
    agent_leg: LegId | None = None


class CallOutEnd(StrEnum):
    """How a call that a host placed to try a line came to its end."""

    DONE = "done"
    """It lasted as long as it was to last, and was hung up."""
    PEER_LEFT = "peer-left"
    DECLINED = "declined"
    """It was not answered; the status says why."""
    FAILED = "failed"
    """Media of this host refused it or went away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegPackets:
    """RTP packets of one leg."""

    sent: int
    received: int
    lost: int
