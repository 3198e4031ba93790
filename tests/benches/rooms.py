"""The other rooms: search, recognition, the log, the desk's live pages. Each returns one small table of figures."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from agent_desk.live.compose import City
from agent_desk.live.feed import Message, Numbered
from agent_desk.live.hub import LiveDesk
from agent_desk.live.messages import LiveFinal
from asr.bench import run_bench as hear
from asr.installed import choose
from knowledge.bench import run_bench as search
from runtime.background import background
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.clock import SystemClock
from runtime.codec import encode
from runtime.log import LOG_MIGRATIONS
from runtime.postgres import Database, embedded_postgres, migrate, open_database
from tests.benches.children import ROOT
from tests.runtime.facts import queued
from vocabulary.audio import Party
from vocabulary.ids import AccountId, CallId, ContactId, LegId, SeatNo
from vocabulary.speech import Utterance

WRITERS = 8
PAGES, MESSAGES = 50, 2000
VOICES = ROOT / "city" / "voices"


def knowledge() -> dict[str, Any]:
    """Search among 2,000 entries: tantivy beside plain Python."""
    return search()


async def asr(*, quick: bool) -> dict[str, Any]:
    """Legs paced in real time through the engine that ``auto`` chooses."""
    sounds = sorted(VOICES.glob("*/*-caller.wav"))[:8]
    with tempfile.TemporaryDirectory(prefix="models-") as folder:
        chosen = choose("auto", models=Path(folder))
        return await hear(chosen, sounds=sounds, legs=1 if quick else 2, seconds=15.0 if quick else 40.0)


async def log(*, seconds: float) -> dict[str, Any]:
    """Transactions a second of eight writers, each with one fact, beside the same without one; fsync is on."""
    with tempfile.TemporaryDirectory(prefix="log-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        async with embedded_postgres(Path(folder), remove=True) as urls, open_database(urls.owner) as db:
            await migrate(db, [LOG_MIGRATIONS])
            async with db.outside_transaction() as statements:
                await statements.execute("create table plain (id uuid primary key, body text)")
            plain = await _rate(lambda: _plain(db), seconds=seconds)
            facts = await _rate(lambda: _fact(db), seconds=seconds)
    return {
        "writers": WRITERS,
        "with_a_fact_per_s": round(facts),
        "plain_per_s": round(plain),
        "fact_to_plain": round(facts / plain, 2),
    }


async def _fact(db: Database) -> None:
    async with db.transaction() as tx:
        tx.emit(queued())


async def _plain(db: Database) -> None:
    fact = queued()
    async with db.transaction() as tx:
        await tx.execute("insert into plain values ($1, $2)", fact.event_id, encode(fact).decode())


async def _rate(work: Callable[[], Awaitable[None]], *, seconds: float) -> float:
    done = 0
    until = time.monotonic() + seconds

    async def write() -> None:
        nonlocal done
        while time.monotonic() < until:
            await work()
            done += 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(WRITERS):
            tasks.create_task(write())
    return done / seconds


class Nobody:
    """A neighbour that the live pages do not ask anything of here."""

    def __getattr__(self, name: str) -> Any:
        message = f"the bench asks nothing: {name}"
        raise AssertionError(message)


async def fan_out() -> dict[str, Any]:
    """A message for each of 50 open pages: from the hub to encoded text, in one process."""
    nobody: Any = Nobody()
    city, counted = City(gazetteer=(), leaves={}), Counted()
    async with open_memory_bus(MemoryBroker()) as bus:
        live = LiveDesk(bus=bus, telephony=nobody, knowledge=nobody, city=city, database=nobody, clock=SystemClock())
        async with background(*(_page(live, SeatNo(f"{n:03}"), counted) for n in range(PAGES))):
            await asyncio.sleep(0.1)
            began = time.perf_counter()
            for number in range(MESSAGES):
                live.send(Message(body=LiveFinal(data=_said(number))))
                await asyncio.sleep(0)
            async with asyncio.timeout(30):
                while counted.messages < PAGES * MESSAGES:
                    await asyncio.sleep(0.001)
            seconds = time.perf_counter() - began
    return {"pages": PAGES, "messages": MESSAGES, "deliveries_per_s": round(counted.messages / seconds)}


def _said(number: int) -> Utterance:
    return Utterance(
        contact=ContactId(UUID(int=2)), call=CallId(UUID(int=3)), leg=LegId(UUID(int=4)), party=Party.CALLER,
        start_ms=number, end_ms=number + 900, text="一句话" * 20, engine="bench",
    )  # fmt: skip


class Counted:
    """How many messages all pages got."""

    def __init__(self) -> None:
        self.messages = 0


async def _page(live: LiveDesk, seat: SeatNo, counted: Counted) -> None:
    live.feed(seat)
    async with live.page(seat, agent=AccountId(UUID(int=1))) as page:
        while True:
            message = await page.next()
            if isinstance(message, Numbered):
                message.text()
                counted.messages += 1
