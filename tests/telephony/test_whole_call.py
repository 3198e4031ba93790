"""Switch, media, a pyVoIP telephone and an aiortc browser, all real: a citizen and an agent talk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.background import background
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.codec import encode
from runtime.wav import read_sound, write_wav
from simulation.agent_line import AgentLine
from telephony import run_media
from telephony.settings import SETTINGS_KEY
from telephony.switch_config import SwitchConfig
from telephony.switch_process import SwitchProcess
from telephony.testcalls import CallPlan, place_call
from tests.telephony.calls_world import ADA, S7, SETTINGS
from tests.telephony.media_room import config_in, likeness, noise
from tests.telephony.switch_house import House
from vocabulary.calls import EndReason
from vocabulary.desk_requests import RecordingAsked, SeatAnswer, SeatHangUp, SeatLine, SeatReady, SeatSignIn
from vocabulary.events.telephony import CallAccepted, CallConnected, CallEnded, CallRecorded

pytestmark = pytest.mark.paced
PROMPTS = Path(__file__).resolve().parents[2] / "city" / "voices" / "prompts"


@asynccontextmanager
async def whole_room(folder: Path) -> AsyncIterator[House]:
    config = config_in(folder, prompts=str(PROMPTS))
    switch = SwitchConfig(
        host="h1", media_socket=str(config.media_socket), state=str(folder / "state"),
        recordings=str(config.recordings), nats_url="", sip_port=0,
    )  # fmt: skip
    broker = MemoryBroker()
    async with open_memory_bus(broker) as bus, open_memory_bus(broker) as desk_bus, background(run_media(config)):
        limits = replace(SETTINGS.limits, nobody_after_s=0.5, desk_silent_s=600.0)
        await desk_bus.kv_put(SETTINGS_KEY, encode(replace(SETTINGS, limits=limits)))
        process = SwitchProcess(switch, bus=bus)
        async with background(process.run()):
            here = House(broker=broker, bus=desk_bus, media=None, phone=None)
            here.process = process
            await desk_bus.subscribe(here.heard, patterns=["live.telephony.>"])
            await here.until(lambda: process.switch is not None and process.switch.refusal() == "", within=20)
            yield here


def plan(here: House, folder: Path, **options) -> CallPlan:
    return CallPlan(number="12345", to=("127.0.0.1", here.process.sip_port), record=folder / "heard.wav",
                    deadline_s=60.0, **options)  # fmt: skip


async def test_citizen_and_agent_hear_each_other_and_the_recording_has_both(tmp_path: Path) -> None:
    citizen, agent = noise(2.0, 1), noise(2.0, 2)
    write_wav(tmp_path / "citizen.wav", citizen)
    write_wav(tmp_path / "agent.wav", agent)
    line = AgentLine()
    async with whole_room(tmp_path) as here:
        await here.desk.act(SeatSignIn(seat=S7, agent=ADA, agent_name="甲", skills=frozenset({"general"})))
        answer = await here.desk.line(SeatLine(seat=S7, agent=ADA, offer_sdp=await line.offer()))
        await line.accept(answer.answer_sdp)
        await here.desk.act(SeatReady(seat=S7, agent=ADA, ready=True))
        await here.until(lambda: (seat := here.seat()) is not None and seat.state == "ready", within=10)

        async def connected() -> None:
            await here.until(lambda: here.of(CallConnected), within=30)

        async def work() -> None:
            await here.until(lambda: (seat := here.seat()) is not None and seat.offer is not None, within=30)
            await asyncio.sleep(1.0)
            await here.desk.act(SeatAnswer(seat=S7, agent=ADA, offer=here.seat().offer))
            await connected()
            await asyncio.sleep(0.5)
            await line.say(tmp_path / "agent.wav")
            await asyncio.sleep(0.5)
            call = here.of(CallAccepted)[0].call
            await here.desk.act(SeatHangUp(seat=S7, agent=ADA, call=call))

        result, _ = await asyncio.gather(
            place_call(plan(here, tmp_path, audio=tmp_path / "citizen.wav"), start=connected), work()
        )
        await here.until(lambda: here.of(CallEnded))
        await line.close()
        recorded, ended = here.of(CallRecorded)[0], here.of(CallEnded)[0]
        stretches = [
            (
                await here.desk.recording(
                    RecordingAsked(name=recorded.name, first_sample=at, samples=65_536), host="h1"
                )
            ).pcm
            for at in range(0, recorded.samples, 65_536)
        ]

    assert (result.ended_by, ended.reason) == ("them", EndReason.AGENT_HUNG_UP)
    assert ended.connected_at is not None
    assert (ended.connected_at - ended.invite_at).total_seconds() <= 15
    assert likeness(agent, read_sound(tmp_path / "heard.wav").pcm) > 0.8
    pcm = memoryview(b"".join(stretches)).cast("h")
    caller, told = bytes(memoryview(pcm[::2].tobytes())), bytes(memoryview(pcm[1::2].tobytes()))
    assert likeness(citizen, caller) > 0.8
    assert likeness(agent, told) > 0.8
    assert likeness(read_sound(PROMPTS / "greeting.wav").pcm, told) > 0.8
    assert abs(likeness(citizen, told)) < 0.2


async def test_with_nobody_on_duty_the_citizen_hears_the_apology_and_is_hung_up(tmp_path: Path) -> None:
    async with whole_room(tmp_path) as here:
        result = await place_call(plan(here, tmp_path))
        await here.until(lambda: here.of(CallEnded))

        assert result.ended_by == "them"
        assert here.of(CallEnded)[0].reason is EndReason.NOBODY_ON_DUTY
        heard = read_sound(tmp_path / "heard.wav").pcm
        assert likeness(read_sound(PROMPTS / "apology.wav").pcm, heard) > 0.8
