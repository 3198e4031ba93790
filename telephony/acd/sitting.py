"""Wishes of agents about their seat: sign in and out, ready, line, signs of life, wrap-up."""

from dataclasses import dataclass, replace

from telephony.acd.distributor import Distributor
from telephony.acd.events import AcdEvent
from telephony.acd.seats import BUSY, IN_TALK, Seat, became
from telephony.moments import Moment
from vocabulary.calls import OfferOutcome, SeatState
from vocabulary.desk_requests import SeatReady, SeatSignIn
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, SeatNo


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatedAgent:
    """Who sits where and wants what: enough for a restarted switch to go on."""

    sign_in: SeatSignIn
    ready: bool
    reason: str


_FREE = frozenset({SeatState.READY, SeatState.NOT_READY})


def sign_in(acd: Distributor, wish: SeatSignIn, /, *, moment: Moment) -> list[AcdEvent]:
    """An agent takes a seat, or comes back to it; Refused ``seat-taken`` while another agent sits there."""
    held = acd.seats.get(wish.seat)
    if held is not None and held.state is not SeatState.OFFLINE:
        if held.agent != wish.agent:
            raise Refused("seat-taken", f"{wish.seat} 号座席已由{held.agent_name}使用，请换一个座席。")
        back = replace(held, agent_name=wish.agent_name, skills=wish.skills, alive_at=moment.mono, away=False)
        if back.state in _FREE:
            return acd.rest(back, moment=moment)
        return acd.keep(back)
    fresh = Seat(seat=wish.seat, agent=wish.agent, agent_name=wish.agent_name, skills=wish.skills, since=moment.wall,
                 since_mono=moment.mono, alive_at=moment.mono, line=held.line if held else False)  # fmt: skip
    return acd.keep(fresh)


def seated(acd: Distributor, /) -> tuple[SeatedAgent, ...]:
    """Return who sits where."""
    return tuple(
        SeatedAgent(
            sign_in=SeatSignIn(seat=held.seat, agent=held.agent, agent_name=held.agent_name, skills=held.skills),
            ready=held.wish,
            reason=held.wish_reason,
        )
        for held in acd.seats.values()
        if held.state is not SeatState.OFFLINE
    )


def seat_again(acd: Distributor, agents: tuple[SeatedAgent, ...], /, *, moment: Moment) -> list[AcdEvent]:
    """Put agents of a former switch back on their seats; they are Ready once media says that their lines are up."""
    events: list[AcdEvent] = []
    for agent in agents:
        wish, seat = agent.sign_in, agent.sign_in.seat
        events += sign_in(acd, wish, moment=moment)
        ready = SeatReady(seat=seat, agent=wish.agent, ready=agent.ready, reason=agent.reason)
        events += set_ready(acd, ready, moment=moment)
    return events


def sign_out(acd: Distributor, seat: SeatNo, /, *, agent: AccountId, moment: Moment) -> list[AcdEvent]:
    """The agent leaves; Refused ``in-call`` while talking. What rings there goes to the next seat."""
    held = acd.seat_of(seat, agent=agent)
    if held.state in IN_TALK:
        raise Refused("in-call", "通话还没有结束，请先挂机再签出。")
    events = acd.give_up_ringing(held, OfferOutcome.DECLINED, moment=moment)
    gone = replace(acd.seats[seat], wish=False, wish_reason="", line=False)
    events += acd.keep(became(gone, SeatState.OFFLINE, moment=moment))
    return [*events, *acd.match(moment=moment)]


def set_ready(acd: Distributor, wish: SeatReady, /, *, moment: Moment) -> list[AcdEvent]:
    """The agent wants calls or not. In a call or wrap-up the wish is kept; without a line it is NotReady (no-line)."""
    held = acd.seat_of(wish.seat, agent=wish.agent)
    held = replace(held, wish=wish.ready, wish_reason="" if wish.ready else wish.reason or "break",
                   alive_at=moment.mono, away=False)  # fmt: skip
    return acd.rest(held, moment=moment) if held.state in _FREE else acd.keep(held)


def wrap_up_done(acd: Distributor, seat: SeatNo, /, *, agent: AccountId, moment: Moment) -> list[AcdEvent]:
    """After-call work is finished; nothing to do in any other state."""
    held = acd.seat_of(seat, agent=agent)
    return acd.rest(held, moment=moment) if held.state is SeatState.WRAP else []


def line_changed(acd: Distributor, seat: SeatNo, /, *, connected: bool, moment: Moment) -> list[AcdEvent]:
    """The sound connection of a seat came or went. A lost line stops the ringing; a talk waits for it to come back."""
    held = acd.seats.get(seat)
    if held is None or held.state is SeatState.OFFLINE:
        return []
    acd.seats[seat] = changed = replace(held, line=connected)
    if changed.state is SeatState.RINGING and not connected:
        acd.seats[seat] = held
        events = acd.give_up_ringing(held, OfferOutcome.WITHDRAWN, moment=moment)
        return [*events, *line_changed(acd, seat, connected=False, moment=moment)]
    acd.seats[seat] = held
    return acd.rest(changed, moment=moment) if changed.state in _FREE else acd.keep(changed)


def sign_of_life(acd: Distributor, seat: SeatNo, /, *, agent: AccountId, moment: Moment) -> list[AcdEvent]:
    """The desk says that the seat's page is open; a seat that was away gets back what it wished."""
    held = acd.seats.get(seat)
    if held is None or held.agent != agent or held.state is SeatState.OFFLINE:
        return []
    alive = replace(held, alive_at=moment.mono, away=False)
    if held.away and held.state not in BUSY | {SeatState.WRAP}:
        return acd.rest(alive, moment=moment)
    acd.seats[seat] = alive
    return []
