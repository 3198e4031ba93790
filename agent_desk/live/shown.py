"""What pages see of calls: numbers masked; the plain number is asked for by a reveal, with a reason."""

from dataclasses import dataclass, replace
from datetime import datetime

from vocabulary.calls import CallSnapshot
from vocabulary.events.telephony import CallEnded, CallOffered
from vocabulary.ids import AccountId, CallId, ContactId, OfferId, SeatNo
from vocabulary.personal import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferShown:
    """A ringing call. ``expires_in_ms`` and ``waited_ms`` count from when the switch made the offer."""

    contact: ContactId
    call: CallId
    offer: OfferId
    seat: SeatNo
    agent: AccountId
    caller_masked: str
    dialled: str
    line_name: str
    occurred_at: datetime
    expires_at: datetime
    queued_at: datetime
    invite_at: datetime
    expires_in_ms: int
    waited_ms: int


def masked_number(number: PhoneNumber, /) -> PhoneNumber:
    """Return the number as it may be shown; a withheld one stays empty."""
    return PhoneNumber(number.masked()) if number.reveal() else number


def shown_call(call: CallSnapshot, /) -> CallSnapshot:
    """Return a call with its caller masked."""
    return replace(call, caller=masked_number(call.caller))


def shown_end(event: CallEnded, /) -> CallEnded:
    """Return the end of a call with its caller masked."""
    return replace(event, caller=masked_number(event.caller))


def shown_offer(event: CallOffered, /, *, contact: ContactId) -> OfferShown:
    """Return an offer with its caller masked."""
    return OfferShown(
        contact=contact,
        call=event.call,
        offer=event.offer,
        seat=event.seat,
        agent=event.agent,
        caller_masked=event.caller.masked(),
        dialled=event.dialled,
        line_name=event.line_name,
        occurred_at=event.occurred_at,
        expires_at=event.expires_at,
        queued_at=event.queued_at,
        invite_at=event.invite_at,
        expires_in_ms=_ms(event.occurred_at, event.expires_at),
        waited_ms=_ms(event.invite_at, event.occurred_at),
    )


def _ms(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() * 1000))
