"""What the tap server of media and its readers say to each other, beside ``AudioBlock``."""

from dataclasses import dataclass

from vocabulary.audio import Party
from vocabulary.ids import CallId, ContactId, LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class TapLeg:
    """A leg that can be heard. Samples count from CallAccepted of its call; ``end_sample`` is None while it lives."""

    leg: LegId
    call: CallId
    contact: ContactId
    party: Party
    first_sample: int
    end_sample: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TapHello:
    """First message of the server: the legs that live, and ended ones whose last 30 s are kept."""

    legs: tuple[TapLeg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TapLegOpened:
    """A leg can be claimed from now on."""

    leg: TapLeg


@dataclass(frozen=True, slots=True, kw_only=True)
class TapLegClosed:
    """No sample of the leg follows at or after ``end_sample``."""

    leg: LegId
    end_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TapClaim:
    """Ask to be the only reader of ``leg``, from ``from_sample`` on; ends with the connection."""

    leg: LegId
    from_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TapClaimed:
    """The claim holds; blocks follow, the first at ``from_sample`` or later, then with a gap flag."""

    leg: LegId
    from_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TapRelease:
    """Give a claim back."""

    leg: LegId
