"""The facts of a live call, made from what is known of it."""

from datetime import datetime
from typing import TypedDict

from telephony.calls.inputs import KeyPressed, Offered
from telephony.calls.legs import BrowserEndpoint, Leg
from telephony.calls.record import Call
from telephony.moments import Moment
from vocabulary.audio import Party
from vocabulary.calls import OfferOutcome
from vocabulary.events.telephony import (
    CallAccepted,
    CallConnected,
    CallOffered,
    CallQueued,
    DigitPressed,
    LegHeld,
    LegJoined,
    LegLeft,
    OfferEnded,
)
from vocabulary.ids import AccountId, CallId, ContactId, EventId, LegId, OfferId, SeatNo


class _Head(TypedDict):
    """What every fact of a call begins with."""

    event_id: EventId
    occurred_at: datetime
    contact: ContactId
    call: CallId


def _head(call: Call, moment: Moment) -> _Head:
    return _Head(event_id=EventId(moment.new_id()), occurred_at=moment.wall, contact=call.contact, call=call.call)


class _Who(TypedDict):
    """Whose leg a fact is about."""

    leg: LegId
    party: Party
    seat: SeatNo | None
    agent: AccountId | None


def _who(leg: Leg) -> _Who:
    line = leg.endpoint if isinstance(leg.endpoint, BrowserEndpoint) else None
    return _Who(leg=leg.id, party=leg.party, seat=line.seat if line else None, agent=line.agent if line else None)


def accepted(call: Call, /, *, moment: Moment) -> CallAccepted:
    """Our 200 left."""
    return CallAccepted(
        event_id=EventId(moment.new_id()),
        occurred_at=call.accepted_at,
        contact=call.contact,
        call=call.call,
        caller=call.caller,
        dialled=call.dialled,
        line_name=call.line_name,
        user_agent=call.user_agent,
        host=call.host,
        invite_at=call.invite_at,
        caller_leg=call.caller_leg.id,
    )


def joined(call: Call, leg: Leg, /, *, at_ms: int, moment: Moment) -> LegJoined:
    """A leg can be heard."""
    return LegJoined(
        **_head(call, moment),
        **_who(leg),
        at_ms=at_ms,
    )


def held(call: Call, leg: Leg, /, *, at_ms: int, moment: Moment) -> LegHeld:
    """A leg is on hold."""
    return LegHeld(**_head(call, moment), **_who(leg), at_ms=at_ms)


def left(call: Call, leg: Leg, /, *, moment: Moment) -> LegLeft:
    """A leg that had joined is gone."""
    return LegLeft(
        **_head(call, moment),
        **_who(leg),
        joined_at=leg.joined_at or moment.wall,
    )


def queued(call: Call, /, *, queue: str, moment: Moment) -> CallQueued:
    """The call waits in ``queue`` from now on."""
    return CallQueued(**_head(call, moment), queue=queue)


def digit_pressed(call: Call, /, *, key: KeyPressed, moment: Moment) -> DigitPressed:
    """The caller pressed a key."""
    return DigitPressed(
        **_head(call, moment),
        leg=call.caller_leg.id,
        party=Party.CALLER,
        digit=key.digit,
        at_ms=key.at_ms,
    )


def offered(call: Call, /, *, offer: Offered, moment: Moment) -> CallOffered:
    """A seat rings for the call."""
    return CallOffered(
        **_head(call, moment),
        offer=offer.offer,
        seat=offer.seat,
        agent=offer.agent,
        expires_at=offer.expires_at,
        caller=call.caller,
        dialled=call.dialled,
        line_name=call.line_name,
        queued_at=call.queued_at or moment.wall,
        invite_at=call.invite_at,
    )


def offer_ended(call: Call, /, *, offer: OfferId, seat: SeatNo, outcome: OfferOutcome, moment: Moment) -> OfferEnded:
    """A seat stopped ringing."""
    return OfferEnded(
        **_head(call, moment),
        offer=offer,
        seat=seat,
        outcome=outcome,
    )


def connected(call: Call, /, *, agent_leg: LegId, at_ms: int, moment: Moment) -> CallConnected | None:
    """Caller and agent hear each other; None when no seat has answered."""
    if call.seat is None:
        return None
    return CallConnected(
        **_head(call, moment),
        offer=call.seat.offer,
        seat=call.seat.seat,
        agent=call.seat.agent,
        invite_at=call.invite_at,
        accepted_at=call.accepted_at,
        queued_at=call.queued_at or moment.wall,
        at_ms=at_ms,
        agent_leg=agent_leg,
    )
