"""One seat: who sits there, what it does, and since when."""

from dataclasses import dataclass, replace
from datetime import datetime

from telephony.moments import Moment
from vocabulary.calls import SeatSnapshot, SeatState
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo

IN_TALK = frozenset({SeatState.TALKING, SeatState.HOLD})
"""States in which an agent and a caller are in one call."""
BUSY = frozenset({SeatState.RESERVED, SeatState.RINGING}) | IN_TALK
"""States in which a seat has a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """State of a seat. ``wish`` is whether the agent wants calls; ``away`` is set while the desk is silent."""

    seat: SeatNo
    agent: AccountId
    agent_name: str
    skills: frozenset[str]
    since: datetime
    since_mono: float
    alive_at: float
    state: SeatState = SeatState.NOT_READY
    reason: str = "signed-in"
    wish: bool = False
    wish_reason: str = "signed-in"
    line: bool = False
    away: bool = False
    call: CallId | None = None
    offer: OfferId | None = None
    wrap_ends: float | None = None
    revision: int = 1

    def snapshot(self) -> SeatSnapshot:
        """What others see."""
        return SeatSnapshot(
            seat=self.seat,
            agent=self.agent,
            agent_name=self.agent_name,
            state=self.state,
            reason=self.reason,
            since=self.since,
            revision=self.revision,
            call=self.call,
            offer=self.offer,
            line_connected=self.line,
        )


def became(seat: Seat, state: SeatState, /, *, moment: Moment, reason: str = "") -> Seat:
    """Return the seat in another state; the same one keeps ``since``, one without a call forgets the call."""
    call, offer = (seat.call, seat.offer) if state in BUSY or state is SeatState.WRAP else (None, None)
    wrap_ends = seat.wrap_ends if state is SeatState.WRAP else None
    if state is seat.state and reason == seat.reason:
        return replace(seat, call=call, offer=offer, wrap_ends=wrap_ends)
    return replace(seat, state=state, reason=reason, since=moment.wall, since_mono=moment.mono, call=call,
                   offer=offer, wrap_ends=wrap_ends)  # fmt: skip


def settled(seat: Seat, /, *, moment: Moment) -> Seat:
    """Return a seat without a call in the state that wish, line and desk allow: Ready, or NotReady with the reason."""
    if seat.away:
        return became(seat, SeatState.NOT_READY, moment=moment, reason="desk-away")
    if not seat.wish:
        return became(seat, SeatState.NOT_READY, moment=moment, reason=seat.wish_reason)
    if not seat.line:
        return became(seat, SeatState.NOT_READY, moment=moment, reason="no-line")
    return became(seat, SeatState.READY, moment=moment)
