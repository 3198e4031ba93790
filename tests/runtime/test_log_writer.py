"""From the stream into the log: in stream order, committed before acknowledged, nothing dropped silently."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from runtime.bus import BusAway, FactReader, StoredFact, ensure_streams, open_bus
from runtime.clock import Clock, ManualClock, SystemClock
from runtime.codec import encode_event
from runtime.log import read_log, refused_count, run_log_writer
from runtime.nats_server import NatsAddress
from runtime.postgres import Database, open_database
from tests.runtime.facts import pressed, queued, spoke
from tests.runtime.proxy import road_to
from tests.waiting import within
from vocabulary.events import Event, subject_of

DEADLINE_S = 60


class Stream:
    """A bus and its consumer, whose deliveries a test decides; it notes what was in the log when an ack came."""

    def __init__(self, *, witness: Database) -> None:
        self._witness = witness
        self._queue: asyncio.Queue[StoredFact] = asyncio.Queue()
        self.acked: list[int] = []
        self.in_log_at_ack: list[int] = []
        self.acks_fail = False
        self._fetches = 0

    def deliver(self, event: Event | bytes, sequence: int, deliveries: int = 1) -> None:
        data = event if isinstance(event, bytes) else encode_event(event)
        subject = "fact.tests.odd.v1.-" if isinstance(event, bytes) else subject_of(event)
        self._queue.put_nowait(StoredFact(sequence, subject, data, deliveries))

    async def done_with_what_was_delivered(self) -> None:
        """Return when the writer has taken all and come back for more, twice."""
        wanted = self._fetches + 2

        async def came_back() -> bool:
            return self._queue.empty() and self._fetches >= wanted

        await eventually(came_back)

    async def fetch(self, *, batch: int, timeout: timedelta) -> list[StoredFact]:
        self._fetches += 1
        found: list[StoredFact] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(min(timeout.total_seconds(), 0.05)):
                found.append(await self._queue.get())
        while not self._queue.empty() and len(found) < batch:
            found.append(self._queue.get_nowait())
        return found

    async def ack(self, facts: Sequence[StoredFact], /) -> None:
        self.in_log_at_ack.append(len(await read_log(self._witness, limit=1000)))
        if self.acks_fail:
            raise BusAway("the bus is away")
        self.acked += [fact.sequence for fact in facts]

    async def facts(self, *, durable: str) -> FactReader:
        assert durable == "log-writer"
        return self


@asynccontextmanager
async def writing(db: Database, stream: Stream, clock: Clock | None = None) -> AsyncIterator[None]:
    task = asyncio.create_task(run_log_writer(db, bus=stream, clock=clock or SystemClock()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    async with within(DEADLINE_S):
        while True:
            if await look():
                return
            await asyncio.sleep(0.02)


async def acked(stream: Stream, wanted: Sequence[int]) -> None:
    async def all_there() -> bool:
        return sorted(stream.acked) == sorted(wanted)

    await eventually(all_there)


@pytest.fixture
def stream(database: Database) -> Stream:
    return Stream(witness=database)


async def test_facts_enter_in_stream_order_and_are_acknowledged_after_their_commit(
    database: Database, stream: Stream
) -> None:
    facts = [queued() for _ in range(5)]
    for sequence in (3, 1, 2, 5, 4):
        stream.deliver(facts[sequence - 1], sequence)

    async with writing(database, stream):
        await acked(stream, [1, 2, 3, 4, 5])

    assert [row.event for row in await read_log(database)] == facts
    assert stream.in_log_at_ack == [5]


async def test_nothing_is_acknowledged_while_the_database_is_away_and_nothing_is_missing_after_it(
    database_url: str, stream: Stream
) -> None:
    """A writer that acknowledged before its commit would lose the fact here."""
    async with road_to(database_url) as (road, url), open_database(url) as db, writing(db, stream):
        first, second = queued(), queued()
        stream.deliver(first, 1)
        await acked(stream, [1])

        road.close()
        stream.deliver(second, 2)
        await asyncio.sleep(1.0)

        assert stream.acked == [1]
        road.open()
        await acked(stream, [1, 2])

    assert stream.in_log_at_ack == [1, 2]


async def test_a_fact_that_comes_again_enters_once_and_is_acknowledged_again(
    database: Database, stream: Stream
) -> None:
    fact = queued()
    stream.deliver(fact, 1)
    async with writing(database, stream):
        await acked(stream, [1])
        stream.deliver(fact, 1, deliveries=2)
        await acked(stream, [1, 1])

    assert len(await read_log(database)) == 1


async def test_a_lost_acknowledgement_does_not_stop_the_writer(database: Database, stream: Stream) -> None:
    stream.acks_fail = True
    stream.deliver(queued(), 1)
    async with writing(database, stream):

        async def tried() -> bool:
            return len(stream.in_log_at_ack) == 1

        await eventually(tried)
        stream.acks_fail = False
        stream.deliver(queued(), 2)
        await acked(stream, [2])

    assert len(await read_log(database)) == 2


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (b"not json", "malformed"),
        (b'{"type": "future.thing.v1", "data": {}}', "unknown event type"),
        (b'{"type": "telephony.call-queued.v1", "data": {"queue": 5}}', ""),
        (encode_event(spoke()), "ephemeral"),
        (encode_event(queued(queue="a\0b")), "cannot hold"),
    ],
)
async def test_what_cannot_be_read_or_stored_is_kept_with_the_reason_and_does_not_stop_the_rest(
    database: Database, stream: Stream, odd: bytes, reason: str
) -> None:
    before, after = queued(), queued()
    stream.deliver(before, 1)
    stream.deliver(odd, 2)
    stream.deliver(after, 3)

    async with writing(database, stream):
        await acked(stream, [1, 2, 3])

    assert [row.event for row in await read_log(database)] == [before, after]
    assert await refused_count(database) == 1
    async with database.reading() as reading:
        row = await reading.fetchrow("select sequence, reason, body from log.log_refused")
    assert row is not None
    assert (row["sequence"], row["body"]) == (2, odd)
    assert reason in row["reason"]


async def test_a_later_fact_waits_for_an_earlier_one_that_a_killed_writer_left_unacknowledged(
    database: Database, stream: Stream
) -> None:
    contact = queued().contact
    first, second = pressed(contact=contact, digit="1"), pressed(contact=contact, digit="2")
    before = queued()
    stream.deliver(before, 1)
    async with writing(database, stream):
        await acked(stream, [1])
    stream.deliver(second, 3)
    async with writing(database, stream):
        await stream.done_with_what_was_delivered()

        assert stream.acked == [1]
        stream.deliver(first, 2, deliveries=2)
        await acked(stream, [1, 2, 3])

    assert [row.event for row in await read_log(database)] == [before, first, second]


async def test_a_stream_that_begins_anew_is_read_from_its_beginning(database: Database, stream: Stream) -> None:
    facts = [queued() for _ in range(4)]
    async with writing(database, stream):
        for sequence, fact in enumerate(facts[:2], 1):
            stream.deliver(fact, sequence)
        await acked(stream, [1, 2])
        for sequence, fact in enumerate(facts[2:], 1):
            stream.deliver(fact, sequence)
        await acked(stream, [1, 2, 1, 2])

    assert [row.event for row in await read_log(database)] == facts


@pytest.mark.real
async def test_facts_cross_a_real_stream_and_survive_a_writer_that_is_stopped_half_way(
    database: Database, nats: NatsAddress
) -> None:
    facts = [queued(queue=str(n)) for n in range(250)]
    async with open_bus(url=nats.url, name="test", user=nats.user, password=nats.password) as bus:
        await ensure_streams(bus, demo=True)
        for number, fact in enumerate(facts, 1):
            await bus.store(fact, number=number, emitter="test", timeout=timedelta(seconds=5))

        async def half_way() -> bool:
            return len(await read_log(database, limit=1000)) >= 100

        async def whole() -> bool:
            return len(await read_log(database, limit=1000)) >= len(facts)

        for look in (half_way, whole):
            task = asyncio.create_task(run_log_writer(database, bus=bus, clock=SystemClock()))
            await eventually(look)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    assert [row.event for row in await read_log(database, limit=1000)] == facts


async def test_a_fact_gone_from_the_stream_is_given_up_after_35_s(database: Database, stream: Stream) -> None:
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    stream.deliver(queued(), 3)
    async with writing(database, stream, clock):
        await stream.done_with_what_was_delivered()
        clock.advance(timedelta(seconds=34))
        await stream.done_with_what_was_delivered()

        assert stream.acked == []
        clock.advance(timedelta(seconds=2))
        await acked(stream, [3])


async def test_of_two_writers_only_one_works_and_the_other_takes_over(database: Database, stream: Stream) -> None:
    idle = Stream(witness=database)
    async with writing(database, idle):
        async with writing(database, stream):
            stream.deliver(queued(), 1)
            idle.deliver(queued(), 1)

            async def one_worked() -> bool:
                return bool(stream.acked or idle.acked)

            await eventually(one_worked)
            await asyncio.sleep(0.3)

            assert [bool(stream.acked), bool(idle.acked)].count(True) == 1
        await acked(idle, [1])
