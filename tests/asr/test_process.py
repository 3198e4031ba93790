"""The real process on a real bus, killed with signal 9 in the middle of a call."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from asr import RecogniserConfig
from asr.engines.scripted import tone
from runtime.bus import Bus, ensure_streams, open_bus
from runtime.codec import encode
from runtime.nats_server import embedded_nats
from tests.asr.hearing import a_leg, silence
from tests.asr.scripted_tap import scripted_tap
from vocabulary.audio import Party
from vocabulary.events import Event
from vocabulary.events.asr import TranscriptClosed, UtteranceFinalised

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def facts_of(bus: Bus) -> AsyncIterator[dict[object, tuple[float, Event]]]:
    """Every fact heard, once, with its moment."""
    facts: dict[object, tuple[float, Event]] = {}

    async def take(event: Event) -> None:
        facts.setdefault(event.event_id, (asyncio.get_running_loop().time(), event))

    subscription = await bus.subscribe(take, patterns=["fact.asr.>"])
    yield facts
    await subscription.aclose()


class Keeper:
    """Starts the recogniser and starts it again when it was killed, as the supervisor does."""

    def __init__(self, config: RecogniserConfig, place: Path) -> None:
        self._file = place / "recogniser.json"
        self._file.write_bytes(encode(config))
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.asr.child", str(self._file), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            while not (await self.process.stdout.readline()).startswith(b"ready {"):
                assert self.process.returncode is None

    async def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(10):
            return await self.process.wait()


async def eventually(holds: Callable[[], object], *, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def a_house(place: Path) -> AsyncIterator[tuple[Bus, RecogniserConfig]]:
    async with (
        embedded_nats(data=place / "d", runtime=place / "r") as at,
        open_bus(url=at.url, name="test", user=at.user, password=at.password) as bus,
    ):
        await ensure_streams(bus, demo=True)
        yield (
            bus,
            RecogniserConfig(
                host="here",
                tap_socket=str(place / "tap"),
                checkpoint=str(place / "checkpoint.json"),
                models=str(place / "models"),
                bus_url=at.url,
                bus_user=at.user,
                bus_password=at.password,
                engine="scripted",
                allow_scripted=True,
            ),
        )


async def _talk(
    place: Path, interrupt: Callable[[Keeper], Awaitable[None]]
) -> tuple[list[str], list[str], float, bool]:
    """Two people talk for 9 s; return what each said, the longest wait for a final spoken late, and completeness."""
    caller, agent = a_leg(Party.CALLER), a_leg(Party.AGENT)
    async with a_house(place) as (bus, config), facts_of(bus) as facts, scripted_tap(place / "tap") as tap:
        keeper = Keeper(config, place)
        await keeper.start()
        await tap.open(caller)
        await tap.open(agent)
        begin = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            said = silence(0.5) + b"".join(tone(c) + tone("天") + silence(1.2) for c in "甲乙丙丁戊")
            replied = silence(1.5) + b"".join(tone(c) + tone("地") + silence(1.2) for c in "己庚辛壬癸")
            group.create_task(tap.say_paced(caller, said))
            group.create_task(tap.say_paced(agent, replied))
            group.create_task(interrupt(keeper))
        await tap.close(caller)
        await tap.close(agent)
        closed = lambda: [e for _, e in facts.values() if isinstance(e, TranscriptClosed)]  # noqa: E731
        await eventually(lambda: len(closed()) == 2)
        assert await keeper.stop() == 0
    finals = sorted(
        ((at, e.utterance) for at, e in facts.values() if isinstance(e, UtteranceFinalised)),
        key=lambda final: final[1].start_ms,
    )
    late = max(at - begin - u.end_ms / 1000 for at, u in finals if u.start_ms > 4500)
    texts = [[u.text for _, u in finals if u.party is party] for party in (Party.CALLER, Party.AGENT)]
    return texts[0], texts[1], late, all(event.complete for event in closed())


@pytest.mark.paced
async def test_a_successor_of_a_killed_recogniser_writes_what_an_unbroken_run_writes() -> None:
    async def unbroken(_: Keeper) -> None:
        return

    async def killed(keeper: Keeper) -> None:
        await asyncio.sleep(4)
        await keeper.kill()
        await asyncio.sleep(0.3)
        await keeper.start()

    with TemporaryDirectory(prefix="asr") as one, TemporaryDirectory(prefix="asr") as two:
        whole = await _talk(Path(one), unbroken)
        broken = await _talk(Path(two), killed)

    assert whole[0] == ["甲天。", "乙天。", "丙天。", "丁天。", "戊天。"]
    assert whole[1] == ["己地。", "庚地。", "辛地。", "壬地。", "癸地。"]
    assert broken[:2] == whole[:2]
    assert broken[2] <= 6.0
    assert whole[3]
    assert broken[3]


async def test_a_recogniser_that_is_told_to_stop_stops() -> None:
    with TemporaryDirectory(prefix="asr") as folder:
        async with a_house(Path(folder)) as (_, config):
            keeper = Keeper(config, Path(folder))
            await keeper.start()
            assert await keeper.stop() == 0


async def test_its_facts_lie_in_the_stream_under_contact_and_leg() -> None:
    leg = a_leg()
    with TemporaryDirectory(prefix="asr") as folder:
        place = Path(folder)
        async with a_house(place) as (bus, config), scripted_tap(place / "tap") as tap:
            keeper = Keeper(config, place)
            await keeper.start()
            await tap.open(leg)
            tap.say(leg, silence(1) + tone("甲") + silence(1))
            await tap.close(leg)
            reader = await bus.facts(durable="test")
            found = []
            while len(found) < 2:
                found += await reader.fetch(batch=10, timeout=timedelta(seconds=5))
            await keeper.stop()

    assert [fact.subject for fact in found] == [
        f"fact.asr.utterance-finalised.v1.{leg.contact}.{leg.leg}",
        f"fact.asr.transcript-closed.v1.{leg.contact}.{leg.leg}",
    ]
