"""The bus as tests open it: each engine behind the same two operations."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from runtime.bus import Bus, ensure_streams, open_bus
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.ids import new_id
from runtime.nats_server import embedded_nats, free_port
from runtime.supervision import supervise
from tests import waiting
from vocabulary.audio import Party
from vocabulary.events.asr import PartialHeard
from vocabulary.events.telephony import CallQueued
from vocabulary.ids import CallId, ContactId, EventId, LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """``open`` gives one connection; several reach the same streams. ``cut`` and ``mend`` make an outage."""

    open: Callable[[], AbstractAsyncContextManager[Bus]]
    cut: Callable[[], Awaitable[None]]
    mend: Callable[[], Awaitable[None]]


@asynccontextmanager
async def memory_engine() -> AsyncIterator[Engine]:
    """Give the engine of tests."""
    broker = MemoryBroker()

    async def cut() -> None:
        broker.away = True

    async def mend() -> None:
        broker.away = False

    yield Engine(open=lambda: open_memory_bus(broker), cut=cut, mend=mend)


@asynccontextmanager
async def nats_engine() -> AsyncIterator[Engine]:
    """Give a real nats-server with empty streams; an outage is kill -9 and, later, a start on the same files."""
    with TemporaryDirectory(prefix="nats") as folder:
        data, runtime, port = Path(folder) / "data", Path(folder) / "run", free_port()
        async with supervise() as supervisor, AsyncExitStack() as stack:
            server = embedded_nats(data=data, runtime=runtime, supervisor=supervisor, port=port)
            address = await stack.enter_async_context(server)

            async def cut() -> None:
                pid = supervisor.states()["nats"].pid
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                await supervisor.stop("nats")

            async def mend() -> None:
                again = embedded_nats(data=data, runtime=runtime, supervisor=supervisor, port=port)
                await stack.enter_async_context(again)

            def connect() -> AbstractAsyncContextManager[Bus]:
                return open_bus(url=address.url, name="test", user=address.user, password=address.password)

            async with connect() as bus:
                await ensure_streams(bus, demo=True)
            yield Engine(open=connect, cut=cut, mend=mend)


async def eventually(condition: Callable[[], bool], /, *, within: float = 5) -> None:
    """Return when ``condition`` holds; fail after ``within`` seconds."""
    async with waiting.within(within):
        while not condition():
            await asyncio.sleep(0.01)


def queued(*, contact: UUID | None = None, queue: str = "general") -> CallQueued:
    """Return a durable fact."""
    return CallQueued(
        event_id=EventId(new_id()), occurred_at=datetime.now(UTC), contact=ContactId(contact or new_id()),
        call=CallId(new_id()), queue=queue,
    )  # fmt: skip


def partial(*, age: timedelta = timedelta(0), text: str = "停水") -> PartialHeard:
    """Return an ephemeral event that happened ``age`` ago."""
    return PartialHeard(
        event_id=EventId(new_id()), occurred_at=datetime.now(UTC) - age, contact=ContactId(new_id()),
        call=CallId(new_id()), leg=LegId(new_id()), party=Party.CALLER, start_ms=0, revision=1, text=text,
    )  # fmt: skip
