"""Back-pressure: what is given up, step by step, when recognition falls behind. Pure; never delays a call."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """What is given up; each includes the ones before."""

    NORMAL = 0
    COARSE = 1
    """Partials twice a second less often; a narrow beam."""
    FINALS = 2
    """No partials, larger pieces; adjacent utterances of a leg are heard as one."""
    CALLER_ONLY = 3
    """The agent's leg is left for later."""
    LIVE_EDGE = 4
    """What waits is dropped and marked as missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Lag in ms at which each level begins, and how long (ms) it must last before the level is taken."""

    lag: tuple[int, int, int, int] = (500, 1000, 2000, 4000)
    lasting: tuple[int, int, int, int] = (500, 1000, 5000, 10_000)


_HYSTERESIS_MS = 10_000


class Ladder:
    """Follows the lag. Up when a threshold was passed for its time, down one step after 10 s below.

    The patience of the upper steps is what lets a successor catch up on the seconds its killed predecessor left.
    """

    def __init__(self, steps: Steps) -> None:
        """Begin at NORMAL."""
        self._steps = steps
        self._above: list[int | None] = [None, None, None, None]
        self._calm_since: int | None = None
        self.level = Level.NORMAL

    def observe(self, *, lag_ms: int, now_ms: int) -> Level:
        """Take a measurement; ``now_ms`` is monotonic. Returns the level to act by."""
        reached = 0
        for index, threshold in enumerate(self._steps.lag):
            since = self._above[index]
            if lag_ms < threshold:
                self._above[index] = None
                continue
            self._above[index] = since = now_ms if since is None else since
            if now_ms - since >= self._steps.lasting[index]:
                reached = index + 1
        if reached >= self.level:
            self.level, self._calm_since = Level(reached), None
        elif self.level and lag_ms >= self._steps.lag[self.level - 1]:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now_ms
        elif now_ms - self._calm_since >= _HYSTERESIS_MS:
            self.level, self._calm_since = Level(self.level - 1), now_ms
        return self.level
