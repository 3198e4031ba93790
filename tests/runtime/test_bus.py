"""The contract of port.Bus, held by both engines."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.background import nursery
from runtime.bus import Bus, BusAway, MessageTooLarge, NoAnswer
from runtime.bus.carried import CarriedBus
from runtime.bus.requests import Request
from runtime.bus.subjects import matches
from runtime.clock import ManualClock
from runtime.codec import encode
from runtime.ids import new_id
from tests.runtime.engines import Engine, eventually, memory_engine, nats_engine, partial, queued
from vocabulary.errors import Permanent, Refused, Transient
from vocabulary.events import Event
from vocabulary.events.base import subject_of
from vocabulary.ids import CommandId, SeatNo
from vocabulary.personal import PhoneNumber

SECOND = timedelta(seconds=1)
SHORT = timedelta(seconds=0.3)


NOBODY = PhoneNumber("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    seat: SeatNo
    caller: PhoneNumber = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    seat: SeatNo
    times: int = 1
    caller: PhoneNumber = NOBODY


@pytest.fixture(
    params=[pytest.param(memory_engine, id="memory"), pytest.param(nats_engine, id="nats", marks=pytest.mark.real)]
)
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    async with request.param() as made:
        yield made


@pytest.fixture
async def bus(engine: Engine) -> AsyncIterator[Bus]:
    async with engine.open() as opened:
        yield opened


async def test_a_live_event_reaches_those_who_listen_to_its_subject_and_nobody_else(engine: Engine, bus: Bus) -> None:
    heard: list[Event] = []
    other: list[Event] = []
    event = partial()

    async def hear(value: Event) -> None:
        heard.append(value)

    async def hear_other(value: Event) -> None:
        other.append(value)

    await bus.subscribe(hear, patterns=["live.asr.>", "fact.>"])
    await bus.subscribe(hear_other, patterns=["live.telephony.>"])
    async with engine.open() as sender:
        await sender.publish(event)
        await eventually(lambda: heard == [event])

    assert other == []


async def test_a_live_event_older_than_five_seconds_is_dropped_a_fact_never(bus: Bus) -> None:
    heard: list[Event] = []
    fresh, stale, fact = partial(), partial(age=timedelta(seconds=6)), queued()

    async def hear(value: Event) -> None:
        heard.append(value)

    await bus.subscribe(hear, patterns=["live.>", "fact.>"])
    await bus.publish(stale)
    await bus.store(fact, number=1, emitter="t", timeout=SECOND)
    await bus.publish(fresh)
    await eventually(lambda: fresh in heard and fact in heard)

    assert stale not in heard


async def test_a_handler_that_fails_hears_the_next_event(bus: Bus) -> None:
    heard: list[Event] = []
    first, second = partial(), partial()

    async def hear(value: Event) -> None:
        heard.append(value)
        if value == first:
            raise ZeroDivisionError

    await bus.subscribe(hear, patterns=["live.>"])
    await bus.publish(first)
    await bus.publish(second)

    await eventually(lambda: heard == [first, second])


async def test_a_slow_handler_loses_the_oldest_events(bus: Bus) -> None:
    heard: list[Event] = []
    gate = asyncio.Event()
    events = [partial(text=str(n)) for n in range(10)]

    async def hear(value: Event) -> None:
        heard.append(value)
        await gate.wait()

    await bus.subscribe(hear, patterns=["live.>"], pending=3)
    await bus.publish(events[0])
    await eventually(lambda: len(heard) == 1)
    for event in events[1:]:
        await bus.publish(event)
    await asyncio.sleep(0.2)
    gate.set()

    await eventually(lambda: heard == [events[0], *events[7:]])


async def test_a_closed_subscription_hears_nothing_more(bus: Bus) -> None:
    heard: list[Event] = []

    async def hear(value: Event) -> None:
        heard.append(value)

    async def note(value: Event) -> None:
        marked.append(value)

    marked: list[Event] = []
    subscription = await bus.subscribe(hear, patterns=["live.>"])
    await bus.subscribe(note, patterns=["live.>"])
    await subscription.aclose()
    events = [partial(text=str(n)) for n in range(2)]
    for event in events:
        await bus.publish(event)
    await eventually(lambda: marked == events)

    assert heard == []


async def test_a_durable_event_is_not_published_by_the_way_of_live_ones(bus: Bus) -> None:
    with pytest.raises(ValueError, match="FactEmitter"):
        await bus.publish(queued())


async def test_a_question_is_answered_with_masked_values_whole(engine: Engine, bus: Bus) -> None:
    async def ring(value: Ring) -> Rung:
        return Rung(seat=value.seat, caller=value.caller)

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
    async with engine.open() as asker:
        question = Ring(seat=SeatNo("007"), caller=PhoneNumber("13900000001"))
        answer = await asker.ask(question, subject="ask.telephony.ring.v1", reply=Rung)

    assert answer == Rung(seat=SeatNo("007"), caller=PhoneNumber("13900000001"))


async def test_what_the_server_raises_is_raised_at_the_asker_in_its_class(bus: Bus) -> None:
    failures: dict[str, Exception] = {
        "001": Refused("offer-over", "too late"), "002": Transient("later"), "003": Permanent("never"), "004": KeyError(),
    }  # fmt: skip

    async def ring(value: Ring) -> Rung:
        raise failures[value.seat]

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)

    async def ask(seat: str) -> Rung:
        return await bus.ask(Ring(seat=SeatNo(seat)), subject="ask.telephony.ring.v1", reply=Rung)

    with pytest.raises(Refused, match="too late") as refused:
        await ask("001")
    assert refused.value.reason == "offer-over"
    with pytest.raises(Transient, match="later"):
        await ask("002")
    with pytest.raises(Permanent, match="never"):
        await ask("003")
    with pytest.raises(Permanent, match="unforeseen"):
        await ask("004")


async def test_a_question_that_nobody_serves_gets_no_answer(bus: Bus) -> None:
    with pytest.raises(NoAnswer):
        await bus.ask(Ring(seat=SeatNo("007")), subject="ask.telephony.nobody.v1", reply=Rung, timeout=SHORT)


async def test_a_body_that_does_not_fit_is_refused(bus: Bus) -> None:
    async def ring(value: Ring) -> Rung:
        return Rung(seat=value.seat)

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
    with pytest.raises(Refused) as refused:
        await bus.ask(Rung(seat=SeatNo("1")).times, subject="ask.telephony.ring.v1", reply=Rung)
    assert refused.value.reason == "malformed"


async def test_the_retry_of_a_slow_command_does_not_carry_it_out_twice(bus: Bus) -> None:
    times = 0

    async def ring(value: Ring) -> Rung:
        nonlocal times
        times += 1
        await asyncio.sleep(0.5)
        return Rung(seat=value.seat, times=times)

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
    answer = await bus.ask(Ring(seat=SeatNo("007")), subject="ask.telephony.ring.v1", reply=Rung, timeout=SHORT)

    assert answer.times == times == 1


async def test_a_repeated_command_id_gets_the_first_reply_a_refusal_too_but_not_a_transient_one(bus: Bus) -> None:
    times = 0

    async def ring(value: Ring) -> Rung:
        nonlocal times
        times += 1
        if value.seat == "002":
            raise Refused("busy-seat", str(times))
        if value.seat == "003":
            raise Transient(str(times))
        return Rung(seat=value.seat, times=times)

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
    command = [CommandId(new_id()) for _ in range(3)]

    async def ask(seat: str, number: int) -> Rung:
        question = Ring(seat=SeatNo(seat))
        return await bus.ask(question, subject="ask.telephony.ring.v1", reply=Rung, command_id=command[number])

    assert await ask("001", 0) == await ask("001", 0)
    for _ in range(2):
        with pytest.raises(Refused, match="2"):
            await ask("002", 1)
    for text in ("3", "4"):
        with pytest.raises(Transient, match=text):
            await ask("003", 2)


async def test_an_expired_request_is_refused_and_not_carried_out(bus: Bus) -> None:
    carried_out: list[Ring] = []

    async def ring(value: Ring) -> Rung:
        carried_out.append(value)
        return Rung(seat=value.seat)

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
    assert isinstance(bus, CarriedBus)
    async with nursery() as tasks:
        slow = CarriedBus(bus.transport, clock=ManualClock(queued().occurred_at - timedelta(seconds=5)), tasks=tasks)
        with pytest.raises(Refused) as refused:
            await slow.ask(Ring(seat=SeatNo("007")), subject="ask.telephony.ring.v1", reply=Rung)

    assert refused.value.reason == "expired"
    assert carried_out == []


async def test_a_question_asked_in_an_outage_is_not_carried_out_after_its_asker_was_told(engine: Engine) -> None:
    carried_out: list[Ring] = []

    async def ring(value: Ring) -> Rung:
        carried_out.append(value)
        return Rung(seat=value.seat)

    async with engine.open() as switch, engine.open() as desk:
        await switch.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
        await engine.cut()
        with pytest.raises((NoAnswer, BusAway)):
            await desk.ask(Ring(seat=SeatNo("1")), subject="ask.telephony.ring.v1", reply=Rung, timeout=SHORT)
        await engine.mend()
        await eventually(lambda: switch.connected and desk.connected)
        asked = [Ring(seat=SeatNo(seat)) for seat in ("2", "3")]
        answers = [await desk.ask(ring, subject="ask.telephony.ring.v1", reply=Rung) for ring in asked]

    assert [answer.seat for answer in answers] == ["2", "3"]
    assert carried_out == asked


async def test_a_reply_larger_than_the_bus_carries_becomes_a_failure(bus: Bus) -> None:
    async def ring(_: Ring) -> Rung:
        return Rung(seat=SeatNo("x" * 1_100_000))

    await bus.serve(ring, subject="ask.telephony.ring.v1", request=Ring)
    with pytest.raises(Permanent, match="larger"):
        await bus.ask(Ring(seat=SeatNo("1")), subject="ask.telephony.ring.v1", reply=Rung)


async def test_facts_are_kept_in_order_once_each_and_come_again_until_they_are_acknowledged(bus: Bus) -> None:
    facts = [queued(queue=str(n)) for n in range(5)]
    for number, fact in enumerate(facts, 1):
        for _ in range(2):
            await bus.store(fact, number=number, emitter="t", timeout=SECOND)
    reader = await bus.facts(durable="log-writer", ack_wait=timedelta(seconds=0.2))

    first = await reader.fetch(batch=100, timeout=SHORT)
    assert [fact.subject for fact in first] == [subject_of(fact) for fact in facts]
    assert [fact.sequence for fact in first] == [1, 2, 3, 4, 5]
    await reader.ack(first[:3])
    await asyncio.sleep(0.4)
    again = await reader.fetch(batch=100, timeout=SECOND)

    assert [fact.sequence for fact in again] == [4, 5]
    assert again[0].deliveries == 2
    await reader.ack(again)
    await asyncio.sleep(0.3)
    await bus.store(queued(queue="last"), number=6, emitter="t", timeout=SECOND)
    assert [fact.sequence for fact in await reader.fetch(batch=100, timeout=SECOND)] == [6]
    assert 0 < await bus.facts_fill() < 0.01


async def test_a_reader_gets_no_new_facts_while_its_bound_of_unacknowledged_ones_is_reached(bus: Bus) -> None:
    reader = await bus.facts(durable="slow", max_unacked=2)
    for number in range(1, 5):
        await bus.store(queued(), number=number, emitter="t", timeout=SECOND)

    first = await reader.fetch(batch=10, timeout=SHORT)
    second = await reader.fetch(batch=10, timeout=SHORT)

    assert len(first) == 2
    assert second == []


async def test_acknowledged_facts_survive_an_outage_and_the_reader_goes_on(engine: Engine, bus: Bus) -> None:
    reader = await bus.facts(durable="log-writer")
    await bus.store(queued(queue="before"), number=1, emitter="t", timeout=SECOND)
    await engine.cut()
    with pytest.raises(BusAway):
        await bus.store(queued(queue="lost"), number=2, emitter="t", timeout=SHORT)
    await engine.mend()
    await eventually(lambda: bus.connected)
    await bus.store(queued(queue="after"), number=2, emitter="t", timeout=SECOND)

    found: list[bytes] = []
    async with asyncio.timeout(10):
        while len(found) < 2:
            found += [fact.data for fact in await reader.fetch(batch=10, timeout=SHORT)]

    assert [b"before" in found[0], b"after" in found[-1]] == [True, True]


async def test_a_setting_is_seen_when_it_is_written_and_after_an_outage(engine: Engine, bus: Bus) -> None:
    seen: list[bytes] = []

    async def look(value: bytes) -> None:
        seen.append(value)

    assert await bus.kv_get("city") is None
    await bus.kv_put("city", b"1")
    watch = await bus.kv_watch("city", look)
    await eventually(lambda: seen == [b"1"])
    await bus.kv_put("city", b"2")
    await eventually(lambda: seen == [b"1", b"2"])
    await engine.cut()
    await engine.mend()
    await eventually(lambda: bus.connected)
    await bus.kv_put("city", b"3")
    await eventually(lambda: seen == [b"1", b"2", b"3"], within=8)
    assert await bus.kv_get("city") == b"3"
    await watch.aclose()


async def test_a_setting_that_its_reader_refuses_is_offered_once(bus: Bus) -> None:
    seen: list[bytes] = []

    async def look(value: bytes) -> None:
        seen.append(value)
        raise Refused("bad-settings", "no")

    await bus.kv_watch("city", look)
    await bus.kv_put("city", b"bad")
    await eventually(lambda: len(seen) == 1)
    await bus.kv_put("city", b"worse")
    await eventually(lambda: seen == [b"bad", b"worse"])


async def test_what_is_too_large_for_the_bus_is_said_to_be(bus: Bus) -> None:
    with pytest.raises(MessageTooLarge):
        await bus.kv_put("city", bytes(1_100_000))


def test_a_request_shows_its_deadline_on_the_wire() -> None:
    now = queued().occurred_at
    assert b"expires_at" in encode(Request(command_id=CommandId(new_id()), expires_at=now, body=None))


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("fact.>", "fact.a.b", True), ("fact.>", "fact", False), ("fact.*", "fact.a", True), ("fact.*", "fact.a.b", False),
        ("a.b", "a.b", True), ("a.b", "a.b.c", False), ("a.b.c", "a.b", False), (">", "a", True), ("*.b", "a.b", True),
    ],
)  # fmt: skip
def test_subjects_match_as_nats_matches_them(pattern: str, subject: str, expected: object) -> None:
    assert matches(pattern, subject) is expected


@given(st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=5))
def test_a_subject_matches_itself_and_everything(tokens: list[str]) -> None:
    assert matches(".".join(tokens), ".".join(tokens))
    assert matches(">", ".".join(tokens))
