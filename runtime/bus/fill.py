"""The alarm of stream FACTS, which refuses new facts when it is full instead of losing old ones."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from runtime.bus.port import Bus, BusAway
from runtime.metrics import gauge
from runtime.telemetry import get_logger

log = get_logger(__name__)
ALARM_AT = 0.8
_FILL = gauge("hotline_facts_fill", "How full the stream of facts is, 0 to 1")
_MINUTE = timedelta(minutes=1)


async def watch_fill(
    bus: Bus, /, *, every: timedelta = _MINUTE, on_fill: Callable[[float], None] | None = None
) -> None:
    """Look ``every`` so often for ever; log an error from 80 % on and tell ``on_fill`` each figure, 0 to 1."""
    while True:
        try:
            fill = await bus.facts_fill()
        except BusAway:
            log.info("the fill of the fact stream is not known, the bus is away")
        else:
            _FILL.set(fill)
            if fill >= ALARM_AT:
                log.error("the fact stream is nearly full; is the log writer running?", percent=round(100 * fill))
            if on_fill is not None:
                on_fill(fill)
        await asyncio.sleep(every.total_seconds())
