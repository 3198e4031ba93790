"""A desk over a real database and a memory bus, with neighbours in the test."""

from collections.abc import AsyncIterator

import pytest

from runtime.bus import Bus
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.clock import ManualClock
from runtime.postgres import Database
from runtime.workers import Workers
from tests.agent_desk.people import NOW, Desk, desk_over


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(threads=2) as pool:
        yield pool


@pytest.fixture
async def bus(clock: ManualClock) -> AsyncIterator[Bus]:
    async with open_memory_bus(MemoryBroker(clock=clock)) as memory:
        yield memory


@pytest.fixture
async def desk(database: Database, bus: Bus, clock: ManualClock, workers: Workers) -> Desk:
    return desk_over(database, bus=bus, clock=clock, workers=workers)
