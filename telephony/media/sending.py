"""How evenly packets leave: a histogram of the intervals between two packets of one leg. No I/O."""

from vocabulary.audio import FRAME_MS

_STEP_MS = 0.1
_BINS = 2000


class Histogram:
    """Counts durations in steps of 0.1 ms up to 200 ms; longer ones count as the longest."""

    def __init__(self) -> None:
        self._bins = [0] * (_BINS + 1)
        self.longest_ms = 0.0
        self.count = 0
        self._sum_ms = 0.0

    @property
    def mean_rate(self) -> float:
        """Intervals a second, 0 when nothing was counted."""
        return 1000 * self.count / self._sum_ms if self._sum_ms else 0.0

    def add(self, seconds: float, /) -> None:
        """Count one duration."""
        ms = seconds * 1000
        self._bins[min(_BINS, max(0, int(ms / _STEP_MS)))] += 1
        self.count += 1
        self._sum_ms += ms
        self.longest_ms = max(self.longest_ms, ms)

    def percentile(self, share: float, /) -> float:
        """Return the duration in ms that ``share`` (0 to 1) of all do not exceed; 0 when nothing was counted."""
        wanted, seen = share * self.count, 0
        for number, count in enumerate(self._bins):
            seen += count
            if count and seen >= wanted:
                return min(self.longest_ms, (number + 1) * _STEP_MS)
        return 0.0

    def clear(self) -> None:
        """Begin anew."""
        self.__init__()  # type: ignore[misc]  # the same empty state


TICK_S = FRAME_MS / 1000
