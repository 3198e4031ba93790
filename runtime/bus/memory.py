"""The engine of tests: one process, the same codec, an outage that a test can switch on. No engine of a deployment."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from runtime.background import nursery
from runtime.bus.carried import CarriedBus
from runtime.bus.port import MAX_MESSAGE, BusAway, FactReader, MessageTooLarge, StoredFact, Subscription
from runtime.bus.subjects import CONFIG_BUCKET, matches
from runtime.bus.transport import Passing
from runtime.clock import Clock, SystemClock
from runtime.failures import NoAnswer

Receive = Callable[[Passing], None]


class MemoryBroker:
    """What several memory buses share. Set ``away`` to make it unreachable; ``stored`` is the stream FACTS."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        """Begin empty."""
        self.away = False
        self.clock = clock or SystemClock()
        self.stored: list[StoredFact] = []
        self.headers: list[dict[str, str]] = []
        self.max_bytes = 256 * 1024 * 1024
        self.values: dict[str, tuple[int, bytes]] = {}
        self.readers: dict[str, _MemoryReader] = {}
        self._listeners: list[tuple[Sequence[str], Receive]] = []
        self._ids: set[str] = set()
        self.bytes = 0

    def check(self, data: bytes = b"", /) -> None:
        """Raise BusAway while it is away, MessageTooLarge for what NATS would not take."""
        if len(data) > MAX_MESSAGE:
            raise MessageTooLarge(f"{len(data)} bytes are more than the bus carries")
        if self.away:
            raise BusAway("the bus is away")

    def add(self, patterns: Sequence[str], receive: Receive, /) -> "_Listening":
        """Let ``receive`` hear what passes."""
        entry = (tuple(patterns), receive)
        self._listeners.append(entry)
        return _Listening(lambda: self._listeners.remove(entry) if entry in self._listeners else None)

    def heard(self, passing: Passing, /) -> bool:
        """Hand a message to all who listen; return whether anybody did."""
        takers = [entry for entry in self._listeners if any(matches(pattern, passing.subject) for pattern in entry[0])]
        for entry in takers:
            asyncio.get_running_loop().call_soon(self._hand, entry, passing)
        return bool(takers)

    def _hand(self, entry: tuple[Sequence[str], Receive], passing: Passing, /) -> None:
        if entry in self._listeners:
            entry[1](passing)

    def append(self, subject: str, data: bytes, headers: dict[str, str], /) -> None:
        """Append to the stream unless its id is known."""
        if headers["Nats-Msg-Id"] in self._ids:
            return
        if self.bytes + len(data) > self.max_bytes:
            raise BusAway("the stream is full")
        self.bytes += len(data)
        self._ids.add(headers["Nats-Msg-Id"])
        self.stored.append(StoredFact(len(self.stored) + 1, subject, data))
        self.headers.append(headers)
        self.heard(Passing(subject, data))


class _Listening:
    def __init__(self, stop: Callable[[], object], /) -> None:
        self._stop = stop

    async def aclose(self) -> None:
        """Stop listening."""
        self._stop()


class _MemoryReader:
    """A durable consumer; implements FactReader."""

    def __init__(self, broker: MemoryBroker, /, *, max_unacked: int, ack_wait: timedelta) -> None:
        self._broker, self._most, self._wait = broker, max_unacked, ack_wait.total_seconds()
        self._next = 0
        self._unacked: dict[int, tuple[float, int]] = {}

    async def fetch(self, *, batch: int, timeout: timedelta) -> list[StoredFact]:
        """See port.FactReader."""
        self._broker.check()
        if not (found := self._due(batch)):
            await asyncio.sleep(min(timeout.total_seconds(), 0.02))
            found = self._due(batch)
        return found

    def _due(self, batch: int, /) -> list[StoredFact]:
        now = self._broker.clock.monotonic()
        again = [sequence for sequence, (since, _) in sorted(self._unacked.items()) if now - since > self._wait]
        found = []
        for sequence in again[:batch]:
            deliveries = self._unacked[sequence][1] + 1
            self._unacked[sequence] = (now, deliveries)
            found.append(replace(self._broker.stored[sequence - 1], deliveries=deliveries))
        while len(found) < batch and self._next < len(self._broker.stored) and len(self._unacked) < self._most:
            fact = self._broker.stored[self._next]
            self._next += 1
            self._unacked[fact.sequence] = (now, 1)
            found.append(fact)
        return found

    async def ack(self, facts: Sequence[StoredFact], /) -> None:
        """See port.FactReader."""
        self._broker.check()
        for fact in facts:
            self._unacked.pop(fact.sequence, None)


class _MemoryTransport:
    """Implements transport.Transport over a broker in this process."""

    def __init__(self, broker: MemoryBroker, /) -> None:
        self._broker, self._inboxes = broker, 0
        self._listening: list[_Listening] = []

    async def aclose(self) -> None:
        """Hear nothing more."""
        for listening in self._listening:
            await listening.aclose()

    @property
    def connected(self) -> bool:
        """See Transport."""
        return not self._broker.away

    async def make_streams(self, *, max_bytes: int) -> None:
        """See Transport."""
        self._broker.max_bytes = max_bytes

    async def send(self, subject: str, data: bytes, /) -> None:
        """See Transport."""
        if self.connected:
            self._broker.check(data)
            self._broker.heard(Passing(subject, data))

    async def listen(self, receive: Receive, /, *, patterns: Sequence[str]) -> Subscription:
        """See Transport."""
        listening = self._broker.add(patterns, receive)
        self._listening.append(listening)
        return listening

    async def request(self, subject: str, data: bytes, /, *, timeout: timedelta) -> bytes:
        """See Transport."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._inboxes += 1
        inbox = f"_INBOX.{id(self)}.{self._inboxes}"

        def receive(passing: Passing, /) -> None:
            if not answer.done():
                answer.set_result(passing.data)

        listening = self._broker.add([inbox], receive)
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                if self._broker.away:
                    await asyncio.sleep(timeout.total_seconds() + 1)
                self._broker.check(data)
                if not self._broker.heard(Passing(subject, data, inbox)):
                    raise NoAnswer(f"nobody serves {subject}")
                return await answer
        except TimeoutError:
            raise NoAnswer(f"{subject}: no answer within {timeout.total_seconds():g} s") from None
        finally:
            await listening.aclose()

    async def store(self, subject: str, data: bytes, /, *, headers: dict[str, str], timeout: timedelta) -> None:
        """See Transport."""
        del timeout
        await asyncio.sleep(0)
        self._broker.check(data)
        self._broker.append(subject, data, headers)

    async def facts(self, *, durable: str, max_unacked: int, ack_wait: timedelta) -> FactReader:
        """See Transport."""
        self._broker.check()
        reader = _MemoryReader(self._broker, max_unacked=max_unacked, ack_wait=ack_wait)
        return self._broker.readers.setdefault(durable, reader)

    async def facts_fill(self) -> float:
        """See Transport."""
        self._broker.check()
        return self._broker.bytes / self._broker.max_bytes

    async def kv_put(self, key: str, value: bytes, /) -> None:
        """See Transport."""
        self._broker.check(value)
        revision, _ = self._broker.values.get(key, (0, b""))
        self._broker.values[key] = (revision + 1, value)
        self._broker.heard(Passing(self.kv_subject(key), value))

    async def kv_get(self, key: str, /) -> tuple[int, bytes] | None:
        """See Transport."""
        self._broker.check()
        return self._broker.values.get(key)

    def kv_subject(self, key: str, /) -> str:
        """See Transport."""
        return f"$KV.{CONFIG_BUCKET}.{key}"


@asynccontextmanager
async def open_memory_bus(broker: MemoryBroker | None = None, /) -> AsyncIterator[CarriedBus]:
    """Open a bus of this process; give the same ``broker`` to several to let them talk."""
    broker = broker or MemoryBroker()
    async with nursery() as tasks:
        transport = _MemoryTransport(broker)
        try:
            yield CarriedBus(transport, clock=broker.clock, tasks=tasks)
        finally:
            await transport.aclose()
