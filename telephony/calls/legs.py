"""The legs of a call: who takes part in it, where, and whether they can be heard yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vocabulary.audio import Party
from vocabulary.ids import AccountId, LegId, SeatNo
from vocabulary.personal import PhoneNumber


class LegStage(StrEnum):
    """Where a leg is between being asked of media and the end of it."""

    JOINING = "joining"
    """Media was asked for it."""
    JOINED = "joined"
    HELD = "held"
    """On hold: it hears music, and nobody hears it."""
    LOST = "lost"
    """Its line is gone and may come back."""
    LEFT = "left"
    """The call is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkEndpoint:
    """Somebody at the other end of a trunk."""

    number: PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserEndpoint:
    """An agent at the sound line of a seat."""

    seat: SeatNo
    agent: AccountId


Endpoint = TrunkEndpoint | BrowserEndpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One party's time in one call."""

    id: LegId
    party: Party
    """The part it plays in the talk."""
    endpoint: Endpoint
    stage: LegStage = LegStage.JOINING
    joined_at: datetime | None = None
    """When it could be heard last; None before."""
    hold_told: bool = False
    """Whether the last fact about it says that it is on hold."""
