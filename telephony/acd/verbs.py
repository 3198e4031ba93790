"""What each verb of an agent does to seats and offers."""

from typing import assert_never

from telephony.acd import sitting
from telephony.acd.distributor import Distributor
from telephony.acd.events import AcdEvent
from telephony.moments import Moment
from vocabulary.desk_requests import (
    SeatAnswer,
    SeatDecline,
    SeatReady,
    SeatSignIn,
    SeatSignOut,
    SeatWrapUpDone,
)

OfTheSeat = SeatSignIn | SeatSignOut | SeatReady | SeatAnswer | SeatDecline | SeatWrapUpDone
"""Every verb but those within a call, which are for the call to follow."""


def done_at_seat(acd: Distributor, verb: OfTheSeat, /, *, moment: Moment) -> list[AcdEvent]:
    """Return what follows; Refused as the verb's class says."""
    match verb:
        case SeatSignIn():
            return sitting.sign_in(acd, verb, moment=moment)
        case SeatSignOut():
            return sitting.sign_out(acd, verb.seat, agent=verb.agent, moment=moment)
        case SeatReady():
            return sitting.set_ready(acd, verb, moment=moment)
        case SeatAnswer():
            return acd.answer(verb.seat, agent=verb.agent, offer=verb.offer, moment=moment)
        case SeatDecline():
            return acd.decline(verb.seat, agent=verb.agent, offer=verb.offer, moment=moment)
        case SeatWrapUpDone():
            return sitting.wrap_up_done(acd, verb.seat, agent=verb.agent, moment=moment)
        case _:
            assert_never(verb)
