"""The bus between processes. The NATS client is loaded by ``open_bus`` only; ``runtime.bus.memory`` is for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from runtime.bus.carried import CarriedBus
from runtime.bus.emitter import FactEmitter
from runtime.bus.fill import watch_fill
from runtime.bus.port import (
    Bus,
    BusAway,
    FactReader,
    FactsFull,
    MessageTooLarge,
    StoredFact,
    Subscription,
)
from runtime.failures import NoAnswer

__all__ = [
    "Bus",
    "BusAway",
    "FactEmitter",
    "FactReader",
    "FactsFull",
    "MessageTooLarge",
    "NoAnswer",
    "StoredFact",
    "Subscription",
    "ensure_streams",
    "open_bus",
    "watch_fill",
]

_DEMO_BYTES, _CITY_BYTES = 256 * 1024**2, 4 * 1024**3


@asynccontextmanager
async def open_bus(
    *, url: str, name: str, user: str = "", password: str = "", within: timedelta = timedelta(seconds=10)
) -> AsyncIterator[Bus]:
    """Connect process ``name`` to NATS for the length of the block; BusAway when it does not answer ``within``."""
    from runtime.background import nursery  # noqa: PLC0415  the root of the package loads no engine
    from runtime.bus.nats import connect  # noqa: PLC0415
    from runtime.clock import SystemClock  # noqa: PLC0415

    connecting = connect(url=url, name=name, user=user, password=password, within=within)
    async with nursery() as tasks, connecting as transport:
        yield CarriedBus(transport, clock=SystemClock(), tasks=tasks)


async def ensure_streams(bus: Bus, /, *, demo: bool) -> None:
    """Make stream FACTS (7 days; 4 GiB, 256 MiB for a demo; refuses new facts when full) and bucket ``config``."""
    await bus.make_streams(max_bytes=_DEMO_BYTES if demo else _CITY_BYTES)
