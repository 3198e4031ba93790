import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from runtime import codec
from runtime.background import background
from runtime.bus import Bus, FactEmitter, FactsFull, MessageTooLarge, StoredFact, ensure_streams, open_bus, watch_fill
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.ids import new_id
from runtime.nats_server import embedded_nats
from runtime.supervision import supervise
from tests.runtime.engines import Engine, eventually, memory_engine, nats_engine, partial, queued
from vocabulary.events import Event
from vocabulary.events.telephony import CallQueued

PATIENCE = timedelta(seconds=20)


@pytest.fixture(
    params=[pytest.param(memory_engine, id="memory"), pytest.param(nats_engine, id="nats", marks=pytest.mark.real)]
)
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    async with request.param() as made:
        yield made


async def all_facts(bus: Bus) -> list[StoredFact]:
    reader = await bus.facts(durable=f"test-{new_id()}")
    found: list[StoredFact] = []
    while batch := await reader.fetch(batch=100, timeout=timedelta(seconds=0.3)):
        found += batch
        await reader.ack(batch)
    return found


def read(facts: list[StoredFact]) -> list[Event]:
    return [codec.decode_event(fact.data) for fact in facts]


async def test_facts_of_a_contact_leave_in_order_each_once(engine: Engine) -> None:
    contacts = [new_id() for _ in range(5)]
    sent = [queued(contact=contacts[n % 5], queue=str(n)) for n in range(50)]
    async with engine.open() as bus:
        emitter = FactEmitter(bus, name="switch")
        for fact in sent:
            emitter.emit(fact)
        assert emitter.backlog == 50
        async with background(emitter.run()):
            assert await emitter.drained(PATIENCE)
        stored = read(await all_facts(bus))

    assert emitter.backlog == 0
    for contact in contacts:
        assert [e for e in stored if e.contact == contact] == [e for e in sent if e.contact == contact]


async def test_facts_emitted_in_an_outage_arrive_after_it_in_order(engine: Engine) -> None:
    contact = new_id()
    sent = [queued(contact=contact, queue=str(n)) for n in range(20)]
    async with engine.open() as bus:
        emitter = FactEmitter(bus, name="switch", ack_within=timedelta(seconds=0.3))
        async with background(emitter.run()):
            for fact in sent[:10]:
                emitter.emit(fact)
            assert await emitter.drained(PATIENCE)
            await engine.cut()
            for fact in sent[10:]:
                emitter.emit(fact)
            assert not await emitter.drained(timedelta(seconds=0.5))
            assert emitter.backlog == 10
            await engine.mend()
            assert await emitter.drained(PATIENCE)
        stored = read(await all_facts(bus))

    assert stored == sent


async def test_numbers_count_from_one_per_contact_and_the_emitter_is_named() -> None:
    broker, contact = MemoryBroker(), new_id()
    async with open_memory_bus(broker) as bus:
        emitter = FactEmitter(bus, name="switch")
        async with background(emitter.run()):
            for fact in [queued(contact=contact), queued(contact=contact), queued(), queued(contact=contact)]:
                emitter.emit(fact)
            assert await emitter.drained(PATIENCE)

    numbers = [
        h["Hotline-Number"] for f, h in zip(broker.stored, broker.headers, strict=True) if str(contact) in f.subject
    ]
    assert numbers == ["1", "2", "3"]
    assert broker.headers[0]["Hotline-Emitter"].startswith("switch-")


class SlowStream:
    """A stream that acknowledges facts of the queue ``first`` only when it is let."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.let = asyncio.Event()

    async def store(self, fact: CallQueued, /, *, number: int, emitter: str, timeout: timedelta) -> None:
        self.taken.append(fact.queue)
        if fact.queue == "first":
            await self.let.wait()


async def test_the_next_fact_of_a_contact_waits_for_the_ack_of_the_one_before() -> None:
    stream, contact = SlowStream(), new_id()
    emitter = FactEmitter(stream, name="switch")
    async with background(emitter.run()):
        for queue in ("first", "second"):
            emitter.emit(queued(contact=contact, queue=queue))
        emitter.emit(queued(queue="of another contact"))
        await eventually(lambda: "of another contact" in stream.taken)
        assert stream.taken == ["first", "of another contact"]
        stream.let.set()
        assert await emitter.drained(PATIENCE)

    assert stream.taken == ["first", "of another contact", "second"]


async def test_ten_thousand_waiting_facts_are_the_bound_and_the_next_is_refused_aloud() -> None:
    broker = MemoryBroker()
    broker.away = True
    async with open_memory_bus(broker) as bus:
        emitter = FactEmitter(bus, name="switch")
        for _ in range(10_000):
            emitter.emit(queued())
        assert emitter.full
        with pytest.raises(FactsFull):
            emitter.emit(queued())
        broker.away = False
        async with background(emitter.run()):
            assert await emitter.drained(PATIENCE)

    assert not emitter.full
    assert len(broker.stored) == 10_000


async def test_a_full_stream_holds_facts_back_until_it_has_room() -> None:
    broker = MemoryBroker()
    broker.max_bytes = 100
    async with open_memory_bus(broker) as bus:
        emitter = FactEmitter(bus, name="switch")
        async with background(emitter.run()):
            emitter.emit(queued())
            assert not await emitter.drained(timedelta(seconds=0.2))
            broker.max_bytes = 10_000
            assert await emitter.drained(PATIENCE)


async def test_live_events_and_giants_are_no_facts() -> None:
    async with open_memory_bus() as bus:
        emitter = FactEmitter(bus, name="switch")
        with pytest.raises(ValueError, match="ephemeral"):
            emitter.emit(partial())
        with pytest.raises(MessageTooLarge):
            emitter.emit(queued(queue="x" * 1_100_000))

    assert emitter.backlog == 0


@pytest.mark.real
async def test_nothing_is_lost_or_doubled_when_the_server_is_killed_again_and_again() -> None:
    contacts = [new_id() for _ in range(7)]
    sent = [queued(contact=contacts[n % 7], queue=str(n)) for n in range(600)]
    with TemporaryDirectory(prefix="nats") as folder:
        place = Path(folder)
        async with (
            supervise() as supervisor,
            embedded_nats(data=place / "d", runtime=place / "r", supervisor=supervisor) as at,
            open_bus(url=at.url, name="t", user=at.user, password=at.password) as bus,
        ):
            await ensure_streams(bus, demo=True)
            emitter = FactEmitter(bus, name="switch", ack_within=timedelta(seconds=0.5))
            async with background(emitter.run()):
                for number, fact in enumerate(sent):
                    emitter.emit(fact)
                    if number % 200 == 100:
                        await asyncio.sleep(0.02)
                        pid = supervisor.states()["nats"].pid
                        assert pid is not None
                        os.kill(pid, signal.SIGKILL)
                        await eventually(lambda old=pid: supervisor.states()["nats"].pid not in {None, old})
                        await supervisor.ready("nats")
                assert await emitter.drained(PATIENCE)
            stored = read(await all_facts(bus))

    assert len(stored) == 600
    for contact in contacts:
        assert [e for e in stored if e.contact == contact] == [e for e in sent if e.contact == contact]


async def test_a_stream_that_fills_up_raises_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    broker, seen = MemoryBroker(), list[float]()
    broker.max_bytes = 1_000
    async with (
        open_memory_bus(broker) as bus,
        background(watch_fill(bus, every=timedelta(seconds=0.01), on_fill=seen.append)),
    ):
        await eventually(lambda: len(seen) > 0)
        assert "nearly full" not in caplog.text
        await bus.store(queued(queue="x" * 600), number=1, emitter="t", timeout=PATIENCE)
        await eventually(lambda: seen[-1] >= 0.8)

    assert "nearly full" in caplog.text
