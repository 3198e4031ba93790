"""What becomes of calls when something around the switch is away, full, wrong or killed."""

import asyncio
import struct
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from runtime.boundary import Done, outcome
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.codec import encode, encode_event
from runtime.workers import Workers
from telephony import media_protocol as media
from telephony.calls.journal import Journal
from telephony.calls.orphans import facts_of
from telephony.calls.recordings import read_stretch
from telephony.calls.settings_store import OLDER, SettingsStore
from telephony.client import TelephonyClient
from telephony.settings import SETTINGS_KEY, BadTelephonySettings, DialledLine, checked
from tests.telephony.calls_world import ADA, S7, SETTINGS, START
from tests.telephony.scripted_media import ScriptedMedia, orphan, scripted_media
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import QUICK, House, house, phone_on, switch_on
from tests.waiting import within
from vocabulary.calls import EndReason
from vocabulary.desk_requests import RecordingAsked, SeatAnswer
from vocabulary.errors import Refused
from vocabulary.events.telephony import CallAccepted, CallConnected, CallEnded, CallRecorded
from vocabulary.ids import CallId, ContactId

CALL, CONTACT = CallId(UUID(int=0xCA11)), ContactId(UUID(int=0xC0))


async def refused(here: House) -> str:
    """Dial, expect 503 with Retry-After, and return why."""
    here.phone.send("INVITE", body=OFFER)
    busy = await here.phone.response(503)
    assert int(busy.headers.first("Retry-After")) > 0
    here.phone.send("ACK", to_tag=busy.headers.first("To").partition("tag=")[2])
    assert here.process is not None
    assert here.process.switch is not None
    return next(iter(here.process.switch.refusals.counts))


async def test_without_settings_calls_and_options_get_503(tmp_path: Path) -> None:
    async with house(tmp_path, settings=None) as here:
        assert await refused(here) == "no-settings"
        here.phone.send("OPTIONS", branch="z9hG4bKo")
        await here.phone.response(503, "OPTIONS")
        assert here.facts == []

        await here.bus.kv_put(SETTINGS_KEY, encode(QUICK))
        await here.until(lambda: here.process and here.process.switch and here.process.switch.settings)
        here.phone.send("OPTIONS", branch="z9hG4bKo2")
        await here.phone.response(200, "OPTIONS")


async def test_settings_survive_a_restart_on_disk_and_bad_or_older_ones_are_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path) as here:
        wrong = replace(QUICK, version=2, lines=(DialledLine(number="1", name="x", queue="nowhere"),))
        await here.bus.kv_put(SETTINGS_KEY, encode(wrong))
        await here.bus.kv_put(SETTINGS_KEY, b"no json")
        newer = replace(QUICK, version=3, lines=(DialledLine(number="12345", name="新", queue="general"),))
        await here.bus.kv_put(SETTINGS_KEY, encode(newer))
        await here.until(lambda: here.process.switch.settings.version == 3)
        await here.until(lambda: b'"version":3' in (tmp_path / "state" / "telephony.json").read_bytes())

    async with house(tmp_path, settings=None) as here:
        await here.until(lambda: here.process.switch.settings is not None)
        assert here.process.switch.settings.lines[0].name == "新"
        await here.bus.kv_put(SETTINGS_KEY, encode(replace(QUICK, version=2)))
        await here.until(lambda: "the bus has older settings" in caplog.text)
        assert here.process.switch.settings.version == 3


async def test_that_older_settings_are_published_is_said_once_and_in_the_health_until_a_higher_number_comes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said, used, arrived = {}, [], MemoryBroker()
    async with open_memory_bus(arrived) as bus, Workers(threads=1) as workers:
        store = SettingsStore(tmp_path / "copy", use=used.append, workers=workers, symptom=said.__setitem__)
        await bus.kv_put(SETTINGS_KEY, encode(replace(QUICK, version=7)))
        await store.start(bus)
        async with within(5, "version 7"):
            while not used:
                await asyncio.sleep(0.01)
        for version in (1, 2, 3):
            await bus.kv_put(SETTINGS_KEY, encode(replace(QUICK, version=version)))
            async with within(5, "the symptom"):
                while f"第 {version} 版" not in (said.get(OLDER) or ""):
                    await asyncio.sleep(0.01)
        spoken = said[OLDER]
        await bus.kv_put(SETTINGS_KEY, encode(replace(QUICK, version=8)))
        async with within(5, "version 8"):
            while used[-1].version != 8:
                await asyncio.sleep(0.01)

    assert spoken == "正在按第 7 版设置工作，已发布的是较旧的第 3 版；请再次发布，直到版本号大于 7"
    assert said == {OLDER: None}
    assert [one.version for one in used] == [7, 8]
    assert caplog.text.count("the bus has older settings") == 1


def test_settings_that_contradict_themselves_name_the_row() -> None:
    assert checked(SETTINGS) is SETTINGS
    with pytest.raises(BadTelephonySettings, match="line 1 leads to queue 'nowhere'"):
        checked(replace(SETTINGS, lines=(DialledLine(number="1", name="x", queue="nowhere"),)))
    with pytest.raises(BadTelephonySettings, match="ring_s"):
        checked(replace(SETTINGS, limits=replace(SETTINGS.limits, ring_s=0.0)))


async def test_more_calls_than_the_limit_get_503(tmp_path: Path) -> None:
    async with house(tmp_path, settings=replace(QUICK, limits=replace(QUICK.limits, max_calls=1))) as here:
        await here.sit()
        await here.phone.call(call="first")
        assert await refused(here) == "too-many-calls"


async def test_media_killed_in_a_call_ends_it_with_a_cause_and_its_return_brings_the_recording(tmp_path: Path) -> None:
    broker = MemoryBroker()
    async with (
        open_memory_bus(broker) as bus,
        open_memory_bus(broker) as desk_bus,
        switch_on(bus, tmp_path) as process,
        phone_on(process.sip_port) as phone,
    ):
        await desk_bus.kv_put(SETTINGS_KEY, encode(QUICK))
        room = ScriptedMedia()
        here = House(broker=broker, bus=desk_bus, media=room, phone=phone)
        await desk_bus.subscribe(here.heard, patterns=["live.telephony.>"])
        here.process = process
        async with scripted_media(tmp_path / "m", room):
            await here.until(lambda: process.switch.link.connected and process.switch.settings)
            await here.sit()
            await phone.call()
            await here.until(lambda: (seat := here.seat()) is not None and seat.offer is not None)
            await here.desk.act(SeatAnswer(seat=S7, agent=ADA, offer=here.seat().offer))
            await here.until(lambda: here.of(CallConnected))

        await phone.request("BYE")
        await here.until(lambda: here.of(CallEnded))
        ended = here.of(CallEnded)[0]
        assert ended.reason is EndReason.MEDIA_LOST
        assert here.of(CallRecorded) == []
        phone.send("INVITE", body=OFFER, call="meanwhile", branch="z9hG4bKmeanwhile")
        await phone.response(503)

        room.orphans = (orphan(ended.call, contact=ended.contact, media_lost=True),)
        async with scripted_media(tmp_path / "m", room):
            await here.until(lambda: room.of(media.ForgetOrphans))

        assert [fact.call for fact in here.of(CallRecorded)] == [ended.call]
        assert len(here.of(CallEnded)) == 1
        assert room.of(media.ForgetOrphans)[0].calls == (ended.call,)


async def test_a_new_switch_tells_how_the_calls_of_the_killed_one_ended(tmp_path: Path) -> None:
    broker = MemoryBroker()
    room = ScriptedMedia()
    async with AsyncExitStack() as rest:
        desk_bus = await rest.enter_async_context(open_memory_bus(broker))
        await rest.enter_async_context(scripted_media(tmp_path / "m", room))
        await desk_bus.kv_put(SETTINGS_KEY, encode(QUICK))
        here = House(broker=broker, bus=desk_bus, media=room, phone=None)
        async with open_memory_bus(broker) as bus, switch_on(bus, tmp_path) as process:
            await here.until(lambda: process.switch.link.connected and process.switch.settings)
            async with phone_on(process.sip_port) as phone:
                await phone.call()
                await here.until(lambda: "CallQueued" in here.told())
                await asyncio.sleep(0.1)
        accepted = here.of(CallAccepted)[0]
        room.orphans = (orphan(accepted.call, contact=accepted.contact),)

        async with open_memory_bus(broker) as bus, switch_on(bus, tmp_path):
            await here.until(lambda: room.of(media.ForgetOrphans))

        assert here.told()[-2:] == ["CallRecorded", "CallEnded"]
        ended = here.of(CallEnded)[0]
        assert (ended.reason, ended.call, ended.dialled) == (EndReason.SWITCH_LOST, accepted.call, "12345")
        assert ended.queued_at is not None


async def test_agents_keep_their_seats_when_the_switch_is_killed(tmp_path: Path) -> None:
    broker, room = MemoryBroker(), ScriptedMedia()
    async with open_memory_bus(broker) as desk_bus, scripted_media(tmp_path / "m", room):
        await desk_bus.kv_put(SETTINGS_KEY, encode(QUICK))
        here = House(broker=broker, bus=desk_bus, media=room, phone=None)
        await desk_bus.subscribe(here.heard, patterns=["live.telephony.>"])
        async with open_memory_bus(broker) as bus, switch_on(bus, tmp_path):
            await here.sit()
            before = here.seat()
            kept = tmp_path / "state" / "calls" / "seats.json"
            await here.until(lambda: kept.exists() and b'"ready":true' in kept.read_bytes())
        here.shown.clear()

        async with open_memory_bus(broker) as bus, switch_on(bus, tmp_path):
            await here.until(lambda: (seat := here.seat()) is not None and seat.state == "ready")

        after = here.seat()
        assert before is not None
        assert after is not None
        assert after.agent == ADA
        assert after.revision > before.revision


async def test_facts_wait_while_the_bus_is_away_and_none_is_missing_after_its_return(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        here.broker.away = True
        tag = await here.phone.call()
        await here.until(lambda: ("question",) in here.media.played())
        here.phone.bye(tag)
        await here.phone.response(200, "BYE")
        assert here.facts == []

        here.broker.away = False
        await here.until(lambda: here.of(CallEnded), within=8.0)

        assert here.told() == ["CallAccepted", "LegJoined", "CallQueued", "LegLeft", "CallRecorded", "CallEnded"]


async def test_garbage_on_the_sip_port_is_counted_and_calls_go_on(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        for garbage in (b"", b"\xff" * 1400, b"INVITE", b"\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n"):
            here.phone.transport.sendto(garbage, here.phone.switch)
        await here.phone.call()

        assert here.process.switch.agent.counters["malformed-bad-start-line"] >= 1


def test_orphans_nobody_knows_are_told_of_with_what_media_knew() -> None:
    facts = facts_of((orphan(CALL, contact=CONTACT, media_lost=True),), former={}, told=set(), host="h1")

    recorded, ended = facts
    assert isinstance(recorded, CallRecorded)
    assert isinstance(ended, CallEnded)
    assert (ended.reason, ended.caller.reveal()) == (EndReason.MEDIA_LOST, "")
    assert ended.occurred_at - ended.accepted_at == timedelta(seconds=5)


async def test_the_journal_gives_back_what_was_written_and_forgets_what_was_removed(tmp_path: Path) -> None:
    fact = facts_of((orphan(CALL, contact=CONTACT),), former={}, told=set(), host="h1")[1]
    assert isinstance(fact, CallEnded)
    other = replace(fact, call=CallId(UUID(int=7)))
    async with Workers(threads=1) as workers:
        journal = Journal(tmp_path, workers=workers)
        journal.write(fact)
        journal.write(other)
        journal.remove(other.call)
        task = asyncio.create_task(journal.run())
        async with asyncio.timeout(3):
            while not (tmp_path / f"{CALL}.json").exists() or (tmp_path / f"{other.call}.json").exists():
                await asyncio.sleep(0.01)  # files of another thread
        task.cancel()
        (tmp_path / f"{UUID(int=9)}.json").write_bytes(b"broken")

        (tmp_path / "not-the-name-of-any-call-but-36-long.json").write_bytes(encode_event(fact))
        (tmp_path / f"{UUID(int=8)}.json").mkdir()

        assert await outcome(journal.read(), of="test") == Done({CALL: fact})
        assert len(list(tmp_path.glob("*.refused"))) == 3
        assert await journal.read() == {CALL: fact}


def recording(folder: Path, samples: int) -> None:
    pcm = b"".join(struct.pack("<hh", index % 9999, -(index % 9999)) for index in range(samples))
    head = (
        b"RIFF" + struct.pack("<I", 36 + len(pcm)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 8000, 32000, 4, 16)
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.wav").write_bytes(head + b"data" + struct.pack("<I", len(pcm)) + pcm)


def test_a_stretch_of_a_recording_is_cut_by_samples_and_short_at_the_end(tmp_path: Path) -> None:
    recording(tmp_path, 1000)

    stretch = read_stretch(tmp_path, asked=RecordingAsked(name="a.wav", first_sample=990, samples=100))

    assert stretch.total_samples == 1000
    assert struct.unpack("<20h", stretch.pcm) == tuple(v for i in range(990, 1000) for v in (i, -i))
    beyond = read_stretch(tmp_path, asked=RecordingAsked(name="a.wav", first_sample=5000, samples=10))
    assert beyond.pcm == b""


@pytest.mark.parametrize(
    ("name", "first", "samples", "reason"),
    [
        ("../a.wav", 0, 10, "no-recording"), ("b.wav", 0, 10, "no-recording"), (".a.wav", 0, 1, "no-recording"),
        ("a.wav", -1, 10, "bad-stretch"), ("a.wav", 0, 65_537, "bad-stretch"), ("a.wav", 0, 0, "bad-stretch"),
    ],
)  # fmt: skip
def test_what_is_no_stretch_is_refused(tmp_path: Path, name: str, first: int, samples: int, reason: str) -> None:
    recording(tmp_path, 10)

    with pytest.raises(Refused) as caught:
        read_stretch(tmp_path, asked=RecordingAsked(name=name, first_sample=first, samples=samples))

    assert caught.value.reason == reason


async def test_the_desk_reads_recordings_of_a_host_by_request(tmp_path: Path) -> None:
    recording(tmp_path / "rec", 65_536)
    async with house(tmp_path) as here:
        asked = RecordingAsked(name="a.wav", first_sample=0, samples=65_536)

        stretch = await TelephonyClient(here.bus).recording(asked, host="h1")

        assert len(stretch.pcm) == 4 * 65_536
        assert START.tzinfo is not None
