"""A citizen's telephone and a Chromium seat: what each says arrives at the other, and in the recording."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import soxr

from runtime.wav import read_sound, read_wav, write_wav
from telephony.testcalls import CallPlan, place_call
from tests.e2e.browser import chromium
from tests.e2e.likeness import RATE, Likeness, found_at, likeness
from tests.e2e.pages_agent import AgentPages, agent_pages
from tests.fault_runs.broken_call import LOUD
from tests.fault_runs.caller import MeasuringCaller, calling
from tests.fault_runs.whole_house import WholeHouse
from tests.programs import needs
from tests.recordings import two_channels
from vocabulary.audio import Party
from vocabulary.events.asr import TranscriptClosed, UtteranceFinalised
from vocabulary.events.telephony import CallAccepted, CallConnected, CallRecorded
from vocabulary.ids import ContactId

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.real,
    pytest.mark.timeout(300),
    needs("chromium"),
]
TURNS = {
    "caller": ("angry-heating/02-caller.wav", "angry-heating/04-caller.wav", "angry-heating/06-caller.wav"),
    "agent": ("one-number-login/03-agent.wav", "one-number-login/05-agent.wav", "housing-fund-rent/05-agent.wav"),
    "echo": ("traffic-light/02-caller.wav",),
}
VISITOR = {"X-Hotline-Seat": "008"}
ALIKE, CROSSED, ROUND_TRIP_MS, START_MS = 0.8, 0.2, 500.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Sound of both calls, s16le 8 kHz; ``at_ms`` are call times."""

    caller: bytes
    agent: bytes
    by_agent: bytes
    by_caller: bytes
    channel_1: bytes
    channel_2: bytes
    connected_ms: int
    first_final_ms: int
    round_trip_ms: float
    echo_likeness: float
    codec: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def heard(house: WholeHouse, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    folder = tmp_path_factory.mktemp("sound")
    spoken = {name: b"".join(read_wav(house.demo.voices / turn) for turn in turns) for name, turns in TURNS.items()}
    write_wav(folder / "caller.wav", spoken["caller"])
    _write_microphone(folder / "microphone.wav", spoken["agent"])
    async with (
        chromium(folder / "microphone.wav") as browser,
        agent_pages(browser, house.demo.addresses.web) as agent,
    ):
        await agent.sit_down(house.demo.people.visitor)
        by_agent, contact = await _talk(house, agent, folder)
        codec = (await agent.page.evaluate("window.__hotline.stats()"))["codec"]
        await agent.ready()
        round_trip_ms, echo_likeness = await _echo(house, agent, spoken["echo"])
    return await _gathered(
        house, contact, folder=folder, spoken=spoken, by_agent=by_agent, echo=(round_trip_ms, echo_likeness, codec)
    )


def _write_microphone(path: Path, pcm: bytes) -> None:
    """48 kHz, 16-bit: what Chromium's file microphone takes without guessing."""
    high = soxr.resample(np.frombuffer(pcm, "<i2"), RATE, 48_000)
    header = b"RIFF" + (36 + 2 * high.size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += b"\1\0\1\0" + (48_000).to_bytes(4, "little") + (96_000).to_bytes(4, "little") + b"\2\0\x10\0"
    path.write_bytes(header + b"data" + (2 * high.size).to_bytes(4, "little") + high.astype("<i2").tobytes())


async def _talk(house: WholeHouse, page: AgentPages, folder: Path) -> tuple[bytes, ContactId]:
    """One call of the pyVoIP softphone; both speak at the same time. Return what the page heard."""
    bus_events = house.bus_events
    accepted, before = len(bus_events.of(CallAccepted)), len(bus_events.of(CallConnected))

    async def connected() -> None:
        assert await bus_events.until(lambda: len(bus_events.of(CallConnected)) > before, seconds=40)
        await asyncio.sleep(0.5)

    plan = CallPlan(
        number="12345", to=house.sip, caller="19900005555", audio=folder / "caller.wav", record=folder / "heard.wav",
        headers=VISITOR, hang_up_after_s=1.0, deadline_s=120.0,
    )  # fmt: skip

    async def work() -> None:
        await page.answer()
        await page.listen()

    async with asyncio.timeout(120):
        await asyncio.gather(place_call(plan, start=connected), work())
    return await page.heard(), _contact(bus_events.of(CallAccepted)[accepted][1])


def _contact(event: CallAccepted) -> ContactId:
    assert event.contact is not None
    return event.contact


async def _echo(house: WholeHouse, page: AgentPages, pcm: bytes) -> tuple[float, float]:
    """Ms from a sample's departure at the telephone to its return, through the page, and how alike it came back."""
    before = len(house.bus_events.of(CallConnected))
    async with asyncio.timeout(90), _second_call(house) as phone:
        await page.answer()
        assert await house.bus_events.until(lambda: len(house.bus_events.of(CallConnected)) > before, seconds=30)
        await page.echo()
        await asyncio.sleep(1.0)
        mark, began = len(phone.arrivals), time.time()
        await phone.say(pcm)
        await asyncio.sleep(1.0)
        sound = bytes(phone.heard[mark * 320 :])
        lag = found_at(pcm, sound)
        arrival = phone.arrivals[mark + lag // 160] + lag % 160 / RATE
        return (arrival - began) * 1000, likeness(pcm, sound).median


@asynccontextmanager
async def _second_call(house: WholeHouse) -> AsyncIterator[MeasuringCaller]:
    async with calling(house.sip, number="12345", caller="19900005556", headers=VISITOR) as phone:
        yield phone


async def _gathered(
    house: WholeHouse,
    contact: ContactId,
    *,
    folder: Path,
    spoken: dict[str, bytes],
    by_agent: bytes,
    echo: tuple[float, float, str],
) -> Heard:
    bus_events = house.bus_events
    both = lambda: len({event.party for _, event in bus_events.of(TranscriptClosed, contact)}) == 2  # noqa: E731
    assert await bus_events.until(both, seconds=60)
    connected = bus_events.of(CallConnected, contact)[0][1].at_ms
    sides = two_channels(house.demo.places.recordings / bus_events.of(CallRecorded, contact)[0][1].name)
    finals = [event.utterance for _, event in bus_events.of(UtteranceFinalised, contact)]
    starts = [each.start_ms for each in finals if each.party is Party.CALLER and each.start_ms > connected]
    return Heard(
        caller=spoken["caller"],
        agent=spoken["agent"],
        by_agent=by_agent,
        by_caller=read_sound(folder / "heard.wav").pcm[connected * 16 :],
        channel_1=sides[0],
        channel_2=sides[1],
        connected_ms=connected,
        first_final_ms=min(starts, default=-1),
        round_trip_ms=echo[0],
        echo_likeness=echo[1],
        codec=echo[2],
    )


def _crossed(one: bytes, other: bytes, at: float) -> Likeness:
    """Whether ``one`` leaks into ``other`` near the lag ``at`` where it would be."""
    return likeness(one, other, at=at, within=RATE)


def test_the_agent_hears_the_caller(heard: Heard) -> None:
    found = likeness(heard.caller, heard.by_agent)

    print(f"caller heard by agent: {found}")
    assert found.windows >= 10
    assert found.median >= ALIKE


def test_the_caller_hears_the_agent(heard: Heard) -> None:
    found = likeness(heard.by_caller, heard.agent * 2)

    print(f"agent heard by caller: {found}")
    assert found.windows >= 10
    assert found.median >= ALIKE


def test_nobody_hears_himself(heard: Heard) -> None:
    spoke = found_at(heard.caller, heard.channel_1) - heard.connected_ms * 8
    to_caller = _crossed(heard.caller, heard.by_caller, spoke)
    told = heard.channel_2[heard.connected_ms * 16 :]
    to_agent = _crossed(told, heard.by_agent, found_at(heard.caller, heard.by_agent) - spoke)

    print(f"caller heard by caller: {to_caller}; agent heard by agent: {to_agent}")
    assert to_caller.median <= CROSSED
    assert to_agent.median <= CROSSED


def test_the_recording_has_the_caller_in_channel_1_and_the_agent_in_channel_2(heard: Heard) -> None:
    first, told = likeness(heard.caller, heard.channel_1), heard.channel_2[heard.connected_ms * 16 :]
    second = likeness(told, heard.agent * 2)
    crossed = _crossed(heard.caller, heard.channel_2, first.lag)

    print(f"channel 1: {first}; channel 2: {second}; crossed: {crossed}")
    assert first.median >= ALIKE
    assert second.median >= ALIKE
    assert crossed.median <= CROSSED


def test_a_line_of_the_transcript_stands_where_it_is_heard_in_the_recording(heard: Heard) -> None:
    samples = np.abs(np.frombuffer(heard.caller, "<i2").astype(int))
    onset_ms = int(np.argmax(samples > LOUD)) / 8
    heard_at_ms = found_at(heard.caller, heard.channel_1) / 8 + onset_ms

    print(f"speech begins at {heard_at_ms:.0f} ms of the recording, its final says {heard.first_final_ms} ms")
    assert abs(heard_at_ms - heard.first_final_ms) <= START_MS


def test_an_echo_in_the_page_comes_back_within_half_a_second(heard: Heard) -> None:
    print(f"round trip {heard.round_trip_ms:.0f} ms, likeness {heard.echo_likeness:.2f}")
    assert heard.echo_likeness >= ALIKE / 2
    assert 0 < heard.round_trip_ms <= ROUND_TRIP_MS


def test_the_browser_sends_the_telephones_own_codec(heard: Heard) -> None:
    assert heard.codec.lower() == "audio/pcma"
