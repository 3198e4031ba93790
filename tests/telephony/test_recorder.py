import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.codec import decode, encode
from runtime.ids import new_id
from runtime.wav import read_sound
from telephony import media_protocol as words
from telephony.media.recorder import Recorder
from telephony.media.sidecar import Sidecar, Stage, checked_name
from tests.telephony.media_room import config_in, new_call, noise, phone, switch_of, through
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId


def sidecar(name: str = "a.wav") -> Sidecar:
    return Sidecar(
        call=CallId(new_id()), contact=ContactId(new_id()), host="h", recording_name=name, started_at=datetime.now(UTC)
    )


async def test_chunks_become_a_file_with_its_digest_and_a_reported_sidecar(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    recording = recorder.begin(sidecar())
    recorder.write(recording, first_sample=0, pcm=b"\1\0\2\0" * 8000)
    recorder.write(recording, first_sample=16000, pcm=b"\3\0\4\0" * 100)
    closed = await recorder.finish(recording, samples=17000, stage=Stage.REPORTED)
    await recorder.close()

    sound = read_sound(tmp_path / "a.wav")
    assert sound.channels == 2
    assert len(sound.pcm) == 17000 * 4
    assert sound.pcm[8000 * 4 : 16000 * 4] == bytes(8000 * 4)
    assert sound.pcm[16000 * 4 : 16100 * 4] == b"\3\0\4\0" * 100
    assert closed.sha256 == hashlib.sha256((tmp_path / "a.wav").read_bytes()).hexdigest()
    assert decode((tmp_path / "a.wav.json").read_bytes(), Sidecar) == closed
    assert not (tmp_path / "a.wav.part").exists()


async def test_a_recording_is_a_readable_wav_all_the_time(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    recording = recorder.begin(sidecar())
    recorder.write(recording, first_sample=0, pcm=bytes(4 * 8000))
    await recorder.mark(sidecar("other.wav"))

    assert len(read_sound(tmp_path / "a.wav.part").pcm) == 4 * 8000
    await recorder.close()


async def test_a_successor_closes_what_was_left_open_and_names_it_until_it_is_reported(tmp_path: Path) -> None:
    recorder, left = Recorder(tmp_path), sidecar()
    await recorder.recover()
    recording = recorder.begin(left)
    recorder.write(recording, first_sample=0, pcm=bytes(4 * 8000))
    await recorder.close()
    with (tmp_path / "a.wav.part").open("ab") as file:
        file.write(b"\1\2\3")
    (tmp_path / "broken.wav.json").write_text("{")

    successor = Recorder(tmp_path)
    first, second = await successor.recover(), await successor.recover()
    await successor.mark(first[0].closed(stage=Stage.REPORTED, samples=8000, sha256=first[0].sha256))
    third = await successor.recover()
    await successor.close()

    assert [(orphan.call, orphan.samples, orphan.media_lost) for orphan in first] == [(left.call, 8000, True)]
    assert first == second
    assert third == []
    assert len(read_sound(tmp_path / "a.wav").pcm) == 4 * 8000


async def test_a_name_that_is_taken_or_a_disk_that_fails_gives_no_recording_and_no_crash(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.recover()
    (tmp_path / "a.wav.part").write_bytes(b"taken")
    recording = recorder.begin(sidecar())
    recorder.write(recording, first_sample=0, pcm=bytes(400))
    closed = await recorder.finish(recording, samples=100, stage=Stage.REPORTED)
    await recorder.close()

    assert (closed.samples, closed.sha256) == (0, "")
    assert (tmp_path / "a.wav.part").read_bytes() == b"taken"


@pytest.mark.parametrize("name", ["", "a", "../a.wav", "a/b.wav", ".a.wav", "a.wav.json", "录音.wav"])
def test_only_plain_file_names_are_taken(name: str) -> None:
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
            await media.start_call(call, leg, "killed.wav")
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
    whole = read_sound(Path(recording.path)).pcm
    assert through(said)[:32000] in b"".join(whole[at : at + 2] for at in range(0, len(whole), 4))
