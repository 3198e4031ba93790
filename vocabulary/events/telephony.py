"""Events of room telephony. Instants are aware UTC; ``at_ms`` is call time."""

from dataclasses import dataclass
from datetime import datetime

from vocabulary.audio import Party
from vocabulary.calls import CallSnapshot, EndReason, OfferOutcome, SeatSnapshot
from vocabulary.events.base import Event, event
from vocabulary.ids import AccountId, CallId, LegId, OfferId, SeatNo
from vocabulary.personal import PhoneNumber


@event("telephony.call-accepted.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallAccepted(Event):
    """Our 200 OK left; call time starts here."""

    call: CallId
    caller: PhoneNumber
    dialled: str
    line_name: str
    user_agent: str
    host: str
    invite_at: datetime
    caller_leg: LegId


@event("telephony.call-queued.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(Event):
    """The call began to wait for a seat."""

    call: CallId
    queue: str


@event("telephony.call-offered.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffered(Event):
    """A seat was reserved and rings; the lease ends at ``expires_at``."""

    call: CallId
    offer: OfferId
    seat: SeatNo
    agent: AccountId
    expires_at: datetime
    caller: PhoneNumber
    dialled: str
    line_name: str
    queued_at: datetime
    invite_at: datetime


@event("telephony.offer-ended.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded(Event):
    """The seat stopped ringing for this offer."""

    call: CallId
    offer: OfferId
    seat: SeatNo
    outcome: OfferOutcome


@event("telephony.call-connected.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallConnected(Event):
    """A person's voice: caller and agent hear each other, from ``at_ms`` of call time on."""

    call: CallId
    offer: OfferId
    seat: SeatNo
    agent: AccountId
    invite_at: datetime
    accepted_at: datetime
    queued_at: datetime
    at_ms: int
    agent_leg: LegId


@event("telephony.leg-joined.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class LegJoined(Event):
    """A party can be heard in the call, from ``at_ms`` of call time on; again after a hold, or after its line was lost.

    ``seat`` and ``agent`` are those of who sits at a desk, None for others.
    """

    call: CallId
    leg: LegId
    party: Party
    seat: SeatNo | None
    agent: AccountId | None
    at_ms: int


@event("telephony.leg-held.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class LegHeld(Event):
    """A party is on hold from ``at_ms`` of call time on, until ``LegJoined`` says that it is heard again."""

    call: CallId
    leg: LegId
    party: Party
    seat: SeatNo | None
    agent: AccountId | None
    at_ms: int


@event("telephony.leg-left.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class LegLeft(Event):
    """A party that had joined is gone from the call, or its line is lost."""

    call: CallId
    leg: LegId
    party: Party
    seat: SeatNo | None
    agent: AccountId | None
    joined_at: datetime


@event("telephony.call-ended.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    """All legs are gone; who took part, ``LegJoined`` tells. Instants that never came are None.

    ``q850`` is the ITU-T Q.850 cause.
    """

    call: CallId
    reason: EndReason
    q850: int
    caller: PhoneNumber
    dialled: str
    line_name: str
    queue: str
    invite_at: datetime
    accepted_at: datetime
    queued_at: datetime | None
    offered_at: tuple[datetime, ...]
    connected_at: datetime | None
    first_audio_at: datetime | None


@event("telephony.call-recorded.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecorded(Event):
    """The recording is closed on its host: ``samples`` of call time at 8 kHz.

    ``name`` is the file that names its tracks with their digests; of versions up to 0.1 it is one two-channel WAV.
    ``sha256`` is of that file.
    """

    call: CallId
    host: str
    name: str
    sha256: str
    samples: int


@event("telephony.digit-pressed.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(Event):
    """A caller pressed a key (RFC 4733)."""

    call: CallId
    leg: LegId
    party: Party
    digit: str
    at_ms: int


@event("telephony.seat-changed.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChanged(Event):
    """Whole state of a seat, after each change."""

    seat: SeatSnapshot


@event("telephony.call-changed.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallChanged(Event):
    """Whole state of a live call, after each change."""

    call: CallSnapshot
