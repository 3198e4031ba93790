"""The one clock of the media process: 20 ms by absolute deadlines, so that it never drifts."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from runtime.metrics import histogram
from telephony.media.sending import TICK_S, Histogram

_LOST_S = 0.2
_LATE = histogram(
    "hotline_tick_late_seconds", "How late the clock of sound ticks", buckets_s=(0.001, 0.002, 0.005, 0.01, 0.02, 0.1)
)


class Ticker(Protocol):
    """What lets ticks happen: the clock, or a test that steps them."""

    async def __call__(
        self, *, tick: Callable[[float], None], skip: Callable[[int], None], lateness: Histogram
    ) -> None:
        """Call ``tick`` with the instant of each tick, in seconds that only grow, until cancelled."""
        ...


async def run_ticker(*, tick: Callable[[float], None], skip: Callable[[int], None], lateness: Histogram) -> None:
    """Call ``tick`` 50 times a second with the monotonic instant, until cancelled.

    A late tick is made up for at once; when the process stood still for more than 0.2 s, the ticks that are lost are
    named to ``skip``, which keeps counting.
    """
    due = time.monotonic()
    while True:
        due += TICK_S
        late = time.monotonic() - due
        if late > _LOST_S:
            lost = int(late / TICK_S)
            skip(lost)
            due += lost * TICK_S
        await asyncio.sleep(max(0.0, -late))
        now = time.monotonic()
        late = max(0.0, now - due)
        lateness.add(late)
        _LATE.observe(late)
        tick(now)
