import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from array import array
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from runtime.codec import decode, encode
from runtime.ids import new_id
from runtime.wav import read_sound, wav_header
from telephony import media_protocol as words
from telephony.media.recorder import Recorder
from telephony.media.sidecar import RecordingStage, Sidecar
from telephony.tracks import Manifest, Track, TrackKind, checked_name
from tests.recordings import two_channels
from tests.telephony.media_room import config_in, new_call, noise, phone, switch_of, through
from vocabulary.audio import Party
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId, LegId

NAME = "a.tracks.json"


def sidecar(name: str = NAME) -> Sidecar:
    return Sidecar(
        call=CallId(new_id()), contact=ContactId(new_id()), host="h", recording_name=name, started_at=datetime.now(UTC)
    )


def track(number: int, party: Party, *, first_sample: int = 0, kind: TrackKind = TrackKind.SPOKEN) -> Track:
    return Track(number=number, leg=LegId(UUID(int=number)), party=party, kind=kind, first_sample=first_sample)


CALLER, AGENT = track(1, Party.CALLER), track(2, Party.AGENT, first_sample=4000)
PLAYED = track(3, Party.CALLER, kind=TrackKind.PLAYED)


async def test_each_leg_has_its_track_at_its_place_in_call_time_and_one_file_names_them(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    recording = recorder.begin(sidecar())
    recorder.write(recording, CALLER, first_sample=0, pcm=b"\1\0" * 8000)
    recorder.write(recording, AGENT, first_sample=4000, pcm=b"\2\0" * 4000)
    recorder.write(recording, CALLER, first_sample=16000, pcm=b"\3\0" * 100)
    closed = await recorder.finish(recording, samples=17000, stage=RecordingStage.REPORTED)
    await recorder.close()

    first, second = read_sound(tmp_path / "a.1.wav"), read_sound(tmp_path / "a.2.wav")
    assert (first.channels, second.channels) == (1, 1)
    assert first.pcm == b"\1\0" * 8000 + bytes(2 * 8000) + b"\3\0" * 100
    assert second.pcm == b"\2\0" * 4000
    assert closed.sha256 == hashlib.sha256((tmp_path / NAME).read_bytes()).hexdigest()
    manifest = decode((tmp_path / NAME).read_bytes(), Manifest)
    assert (manifest.samples, [one.sha256 for one in manifest.tracks]) == (
        17000, [hashlib.sha256((tmp_path / f"a.{number}.wav").read_bytes()).hexdigest() for number in (1, 2)]
    )  # fmt: skip
    assert decode((tmp_path / "a.sidecar.json").read_bytes(), Sidecar) == closed
    assert list(tmp_path.glob("*.part")) == []
    caller, heard = two_channels(tmp_path / NAME)
    assert caller == first.pcm + bytes(2 * 900)
    assert heard == bytes(2 * 4000) + second.pcm + bytes(2 * 9000)


async def test_what_several_say_and_what_is_played_is_summed_where_the_caller_heard_it(tmp_path: Path) -> None:
    recorder, whisper = Recorder(tmp_path), track(4, Party.AGENT, kind=TrackKind.PLAYED)
    await recorder.recover()
    recording = recorder.begin(sidecar())
    for one, value in ((CALLER, 1), (AGENT, 20_000), (PLAYED, 20_000), (whisper, 5)):
        pcm = array("h", [value] * 8000).tobytes()
        recorder.write(recording, one, first_sample=one.first_sample, pcm=pcm)
    await recorder.finish(recording, samples=12000, stage=RecordingStage.REPORTED)
    await recorder.close()

    caller, heard = (array("h", side) for side in two_channels(tmp_path / NAME))
    assert list(caller) == [1] * 8000 + [0] * 4000
    assert list(heard) == [20_000] * 4000 + [2**15 - 1] * 4000 + [20_000] * 4000


async def test_a_track_is_a_readable_wav_all_the_time(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    recording = recorder.begin(sidecar())
    recorder.write(recording, CALLER, first_sample=0, pcm=bytes(2 * 8000))
    await recorder.mark(sidecar("other.tracks.json"))

    assert len(read_sound(tmp_path / "a.1.wav.part").pcm) == 2 * 8000
    await recorder.close()


async def test_a_successor_closes_what_was_left_open_and_names_it_until_it_is_reported(tmp_path: Path) -> None:
    recorder, left = Recorder(tmp_path), sidecar()
    await recorder.recover()
    recording = recorder.begin(left)
    recorder.write(recording, CALLER, first_sample=0, pcm=bytes(2 * 8000))
    recorder.write(recording, AGENT, first_sample=4000, pcm=bytes(2 * 6000))
    await recorder.close()
    with (tmp_path / "a.1.wav.part").open("ab") as file:
        file.write(b"\1\2\3")
    (tmp_path / "broken.sidecar.json").write_text("{")

    successor = Recorder(tmp_path)
    first, second = await successor.recover(), await successor.recover()
    await successor.mark(first[0].closed(stage=RecordingStage.REPORTED, samples=10_000, sha256=first[0].sha256))
    third = await successor.recover()
    await successor.close()

    assert [(orphan.call, orphan.samples, orphan.media_lost) for orphan in first] == [(left.call, 10_000, True)]
    assert first == second
    assert third == []
    assert [len(read_sound(tmp_path / f"a.{number}.wav").pcm) for number in (1, 2)] == [2 * 8001, 2 * 6000]
    assert len(two_channels(tmp_path / NAME)[0]) == 2 * 10_000


async def test_a_two_channel_recording_that_an_earlier_version_left_open_is_closed_too(tmp_path: Path) -> None:
    left = sidecar("old.wav")
    (tmp_path / "old.wav.json").write_bytes(encode(left))
    (tmp_path / "old.wav.part").write_bytes(wav_header(data_bytes=0, channels=2) + b"\1\0\2\0" * 500 + b"\1")

    recorder = Recorder(tmp_path)
    found = await recorder.recover()
    await recorder.close()

    assert [(orphan.call, orphan.samples) for orphan in found] == [(left.call, 500)]
    assert two_channels(tmp_path / "old.wav") == (b"\1\0" * 500, b"\2\0" * 500)
    assert found[0].sha256 == hashlib.sha256((tmp_path / "old.wav").read_bytes()).hexdigest()


async def test_a_track_that_cannot_be_closed_leaves_the_others_sound_and_no_file_open(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    recording = recorder.begin(sidecar())
    for one in (CALLER, AGENT):
        recorder.write(recording, one, first_sample=one.first_sample, pcm=b"\1\0" * 8000)
    await recorder.mark(sidecar("other.tracks.json"))
    (tmp_path / "a.1.wav.part").unlink()
    closed = await recorder.finish(recording, samples=12000, stage=RecordingStage.REPORTED)
    await recorder.close()

    assert (closed.samples, recorder.failures) == (0, 1)
    assert read_sound(tmp_path / "a.2.wav.part").pcm == b"\1\0" * 8000
    assert [link for link in open_files() if link.startswith(str(tmp_path))] == []


def open_files() -> list[str]:
    """What this process has open."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(link.readlink()))
    return found


async def test_a_name_that_is_taken_or_a_disk_that_fails_gives_no_recording_and_no_crash(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    (tmp_path / "a.1.wav.part").write_bytes(b"taken")
    recording = recorder.begin(sidecar())
    recorder.write(recording, CALLER, first_sample=0, pcm=bytes(200))
    closed = await recorder.finish(recording, samples=100, stage=RecordingStage.REPORTED)
    await recorder.close()

    assert (closed.samples, closed.sha256) == (0, "")
    assert (tmp_path / "a.1.wav.part").read_bytes() == b"taken"


@pytest.mark.parametrize(
    "name", ["", "a", "../a.tracks.json", "a/b.tracks.json", ".a.tracks.json", "a.wav", "录音.tracks.json"]
)
def test_only_plain_names_of_recordings_are_taken(name: str) -> None:
    with pytest.raises(Refused):
        checked_name(name)


@pytest.mark.paced
async def test_a_killed_media_process_loses_at_most_the_last_second(tmp_path: Path) -> None:
    config = config_in(tmp_path)
    settings = tmp_path / "media.json"
    settings.write_bytes(encode(config))
    code = (
        "import asyncio, sys; from pathlib import Path; from runtime.codec import decode\n"
        "from telephony.media import MediaConfig, run_media\n"
        "asyncio.run(run_media(decode(Path(sys.argv[1]).read_bytes(), MediaConfig)))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(settings), stdout=subprocess.DEVNULL)
    call, said = new_call(), noise(3.5, 31)
    async with phone() as caller:
        async with switch_of(config) as media:
            leg = await media.open_leg(caller, call)
            await media.start_call(call, leg, "killed.tracks.json")
            began = time.monotonic()
            await caller.speak(said)
            lasted = time.monotonic() - began
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
        Path(config.media_socket).unlink()
        successor = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(settings), stdout=subprocess.DEVNULL
        )
        async with switch_of(config) as media:
            orphans = await media.ask(words.Orphans(), words.OrphanCalls)
        successor.terminate()
        await successor.wait()

    recording = orphans.calls[0].recording
    assert [(orphan.call, orphan.media_lost) for orphan in orphans.calls] == [(call, True)]
    assert recording is not None
    assert recording.samples >= (lasted - 1.1) * 8000
    assert through(said)[:32000] in two_channels(recording.path)[0]
