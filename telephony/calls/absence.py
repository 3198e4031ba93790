"""A peer of whom nothing is heard: asked again and again whether it is there, and given up in the end. No I/O."""

from dataclasses import dataclass
from enum import StrEnum

from telephony.media_protocol import Direction

PROBE_EVERY_S = 30.0
TOLD_AGAIN_S = 45.0
"""Media tells silence anew each half minute: when it does not, sound came."""
_HELD = frozenset({Direction.SENDONLY, Direction.INACTIVE})
"""Directions of ours in which nothing is to be heard of the peer (RFC 3264 §8.4)."""


class Remedy(StrEnum):
    """What to do about it now."""

    NOTHING = "nothing"
    PROBE = "probe"
    END = "end"


@dataclass(slots=True, kw_only=True)
class Absence:
    """How long nothing has been heard. Instants are monotonic seconds."""

    since: float | None = None
    asked_at: float = 0.0
    told_at: float = 0.0

    def silent(self, *, now: float) -> None:
        """Media heard nothing where sound is due: ask at once."""
        if self.since is None:
            self.since = now
        self.told_at, self.asked_at = now, now - PROBE_EVERY_S

    def heard(self) -> None:
        """Sound is due and comes."""
        self.since = None

    def look(self, direction: Direction, /, *, now: float, limit_s: float) -> Remedy:
        """Return what is to be done; while the peer holds the call it is probed each half minute."""
        if direction in _HELD:
            self.told_at = now
            if self.since is None:
                self.since = self.asked_at = now
        elif now - self.told_at > TOLD_AGAIN_S:
            self.since = None
        if self.since is None:
            return Remedy.NOTHING
        if now - self.since >= limit_s:
            return Remedy.END
        if now - self.asked_at < PROBE_EVERY_S:
            return Remedy.NOTHING
        self.asked_at = now
        return Remedy.PROBE
