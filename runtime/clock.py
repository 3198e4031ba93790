"""Time comes in as an argument: the real clock, and one that tests move by hand."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What everything that needs time asks."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for durations."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until ``advance``."""

    def __init__(self, start: datetime) -> None:
        """Begin at ``start``, which must be aware."""
        self._start = self._now = start

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since its start."""
        return (self._now - self._start).total_seconds()

    def advance(self, by: timedelta, /) -> None:
        """Move on by ``by``."""
        self._now += by
