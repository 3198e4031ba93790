"""Figures of the process between two askings."""

import time

from runtime.metrics import level_of
from telephony.media.media_state import MediaState
from telephony.media.sending import Histogram
from telephony.media_protocol import MediaStats


class Statistics:
    """Counts since it was last asked."""

    def __init__(self, state: MediaState, *, realtime: bool) -> None:
        """``realtime`` says whether SCHED_RR was granted."""
        self.lateness = Histogram()
        self._state, self._realtime = state, realtime
        level_of("hotline_legs", "Legs of calls that media carries", level=lambda: len(state.legs))
        self._begin()

    def _begin(self) -> None:
        self._since, self._cpu = time.monotonic(), time.process_time()
        self._state.intervals.clear()
        self.lateness.clear()

    def take(self, *, legs: int, lines: int) -> MediaStats:
        """Return the figures and begin anew."""
        seconds = max(1e-3, time.monotonic() - self._since)
        intervals = self._state.intervals
        figures = MediaStats(
            legs=legs,
            lines=lines,
            seconds=seconds,
            packets_per_second=intervals.mean_rate,
            send_interval_p50=intervals.percentile(0.5),
            send_interval_p99=intervals.percentile(0.99),
            send_interval_max=intervals.longest_ms,
            tick_late_p99=self.lateness.percentile(0.99),
            cpu_percent=100 * (time.process_time() - self._cpu) / seconds,
            realtime=self._realtime,
        )
        self._begin()
        return figures
