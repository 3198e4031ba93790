"""What a call asks the switch to do, in order."""

from dataclasses import dataclass

from telephony.calls.hearing import Sound
from vocabulary.events import Event
from vocabulary.ids import LegId, SeatNo


@dataclass(frozen=True, slots=True)
class SetSound:
    """Let the call sound as its state says; comes back as SoundSet."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """Wait in ``queue``, or change to it."""

    queue: str


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Stop waiting."""


@dataclass(frozen=True, slots=True)
class AttachSeat:
    """Begin the agent's leg; comes back as SeatAttached or SeatUnreachable."""

    leg: LegId
    seat: SeatNo


@dataclass(frozen=True, slots=True)
class DropSeatLeg:
    """End the agent's leg."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """The seat is done with the call, after wrap-up when somebody spoke."""

    wrap_up: bool


@dataclass(frozen=True, slots=True)
class HoldSeat:
    """The seat has its caller on hold, or has it back."""

    held: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """BYE to the caller with a Q.850 cause."""

    q850: int


@dataclass(frozen=True, slots=True)
class CloseMedia:
    """End the call's legs and recording; comes back as MediaClosed."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Emit a fact."""

    fact: Event


@dataclass(frozen=True, slots=True)
class Forget:
    """The call is over and told of."""


MediaAction = SetSound | AttachSeat | DropSeatLeg | CloseMedia
"""What media is asked for, in order."""
Action = MediaAction | JoinQueue | LeaveQueue | FreeSeat | HoldSeat | HangUp | Tell | Forget
