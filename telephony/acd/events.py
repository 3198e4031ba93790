"""What the distributor tells its surroundings."""

from dataclasses import dataclass
from datetime import datetime

from vocabulary.calls import OfferOutcome, SeatSnapshot
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo


@dataclass(frozen=True, slots=True)
class SeatMoved:
    """The whole state of a seat after a change."""

    seat: SeatSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """A seat was reserved for a call and rings until ``expires_at``."""

    call: CallId
    offer: OfferId
    seat: SeatNo
    agent: AccountId
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLapsed:
    """The seat stopped ringing and did not get the call."""

    call: CallId
    offer: OfferId
    seat: SeatNo
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTaken:
    """The seat answered in time."""

    call: CallId
    offer: OfferId
    seat: SeatNo
    agent: AccountId


@dataclass(frozen=True, slots=True)
class Unattended:
    """A call waits in a queue for which nobody is on duty; said with every tick while it lasts."""

    call: CallId


AcdEvent = SeatMoved | OfferMade | OfferLapsed | OfferTaken | Unattended
