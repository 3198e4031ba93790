"""The one clock of the media process: 20 ms by absolute deadlines, so that it never drifts."""

import asyncio
import time
from collections.abc import Callable

from runtime.metrics import histogram
from telephony.media.sending import TICK_S, Histogram

_LOST_S = 0.2
_LATE = histogram(
    "hotline_tick_late_seconds", "How late the clock of sound ticks", buckets_s=(0.001, 0.002, 0.005, 0.01, 0.02, 0.1)
)


async def run_ticker(*, tick: Callable[[], None], skip: Callable[[int], None], lateness: Histogram) -> None:
    """Call ``tick`` 50 times a second until cancelled.

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
        late = max(0.0, time.monotonic() - due)
        lateness.add(late)
        _LATE.observe(late)
        tick()
