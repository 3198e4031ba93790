"""Disks that are full, read-only or gone: calls go on, new ones are refused, and it comes back by itself."""

import asyncio
import os
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from runtime.ids import new_id
from telephony import media_protocol as words
from telephony.media.archive import RESERVE_BYTES, RecordingArchive
from telephony.tracks import Track, TrackKind, recording_name
from tests.recordings import two_channels
from tests.telephony.media_room import Media, media_process, new_call, phone
from tests.telephony.test_media_limits import opened
from vocabulary.audio import Party
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId, LegId

CALLER = Track(number=1, leg=LegId(new_id()), party=Party.CALLER, kind=TrackKind.SPOKEN, first_sample=0)


async def test_a_new_call_is_refused_before_its_recording_would_be_missing(tmp_path: Path) -> None:
    archive = RecordingArchive(tmp_path / "rec", host="h", keep_free=2**60)

    with pytest.raises(Refused) as refused:
        archive.refuse_when_full(calls=0)
    await archive.close()

    assert refused.value.reason == "disk-full"


@contextmanager
def small_disk(size: int):
    """A disk of ``size`` octets; skipped visibly where this user may not mount one."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="disk"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.real
async def test_a_full_disk_refuses_new_calls_leaves_no_empty_file_and_comes_back(tmp_path: Path) -> None:
    with small_disk(4 * RESERVE_BYTES) as folder:
        async with media_process(
            tmp_path, recordings=str(folder / "recordings"), keep_free_bytes=RESERVE_BYTES // 2
        ) as media, phone() as caller:  # fmt: skip
            call = new_call()
            leg = await media.open_leg(caller, call)
            await media.start_call(call, leg, recording_name(call))
            (folder / "filler").write_bytes(b"x" * (3 * RESERVE_BYTES))
            await _until_accepting(media, accepting=False)
            with pytest.raises(Refused) as refused:
                await opened(media, ("127.0.0.1", caller.port))
            first = len(caller.packets)
            await asyncio.sleep(0.5)
            going_on = len(caller.packets) - first
            (folder / "filler").unlink()
            await _until_accepting(media, accepting=True)
            await opened(media, ("127.0.0.1", caller.port))
            ended = await media.ask(words.EndCall(call=call), words.EndedCall)

            assert refused.value.reason == "disk-full"
            assert going_on >= 15
            assert ended.recording is not None
            assert [path.name for path in (folder / "recordings").iterdir() if path.stat().st_size == 0] == []


@pytest.mark.real
async def test_a_recording_that_could_not_be_written_whole_keeps_what_was_written_and_is_counted(
    tmp_path: Path,
) -> None:
    with small_disk(128 * 1024) as folder:
        archive = RecordingArchive(folder / "rec", host="h")
        await archive.recover()
        call = CallId(new_id())
        asked = words.StartCall(
            call=call, contact=ContactId(call), caller_leg=LegId(new_id()), recording_name=recording_name(call)
        )
        writer = archive.begin(asked)
        assert writer is not None
        for second in range(20):
            writer.write(CALLER, first_sample=second * 8000, pcm=b"\1" * 16_000)
        ended = await archive.finish(call, samples=160_000, told=True)
        stats = archive.described(_STATS, calls=0)
        await archive.close()

        assert stats.recordings_failed == 1
        assert ended.recording is None or 0 < ended.recording.samples < 160_000
        assert [path.name for path in (folder / "rec").iterdir() if path.stat().st_size == 0] == []


_STATS = words.MediaStats(legs=0, lines=0, seconds=1.0, packets_per_second=0.0, send_interval_p50=0.0, send_interval_p99=0.0,
                          send_interval_max=0.0, tick_late_p99=0.0, cpu_percent=0.0, realtime=False)  # fmt: skip


async def _until_accepting(media: Media, *, accepting: bool) -> None:
    async with asyncio.timeout(5):
        while (await media.ask(words.MediaStatsAsked(), words.MediaStats)).accepting is not accepting:
            await asyncio.sleep(0.1)


async def test_files_whose_names_say_nothing_are_set_aside_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "rec"
    folder.mkdir()
    (folder / "broken.sidecar.json").write_text("not json")
    (folder / "..wav.json").write_text("{}")
    (folder / "folder.sidecar.json").mkdir()
    archive = RecordingArchive(folder, host="h")

    assert await archive.recover() == 0
    await archive.close()

    assert {path.name for path in folder.iterdir()} == {
        "broken.sidecar.json.refused", "..wav.json.refused", "folder.sidecar.json.refused",
    }  # fmt: skip


def asked_for(call: CallId) -> words.StartCall:
    return words.StartCall(
        call=call, contact=ContactId(call), caller_leg=LegId(new_id()), recording_name=recording_name(call)
    )


async def _until_taking(archive: RecordingArchive, *, taking: bool) -> None:
    """Look at the disk until calls are taken on, or no longer."""
    async with asyncio.timeout(5):
        while archive.described(_STATS, calls=0).accepting is not taking:
            archive.look_at_disk()
            await asyncio.sleep(0.05)


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


async def test_a_folder_that_cannot_be_used_refuses_calls_until_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.write_text("a file where the folder should be")
    archive = RecordingArchive(folder, host="h")
    assert await archive.recover() == 0
    with pytest.raises(Refused) as refused:
        archive.refuse_when_full(calls=0)
    folder.unlink()
    await _until_taking(archive, taking=True)

    archive.refuse_when_full(calls=0)
    await archive.close()
    assert refused.value.reason == "disk-full"


async def test_a_folder_that_vanishes_costs_the_recordings_under_way_and_no_other(tmp_path: Path) -> None:
    archive = RecordingArchive(tmp_path / "rec", host="h")
    await archive.recover()
    first, second = CallId(new_id()), CallId(new_id())
    writer = archive.begin(asked_for(first))
    assert writer is not None
    writer.write(CALLER, first_sample=0, pcm=bytes(2 * 8000))
    await archive.finish(CallId(first), samples=8000, told=True)
    lost = archive.begin(asked_for(second))
    assert lost is not None
    lost.write(CALLER, first_sample=0, pcm=bytes(2 * 8000))
    await archive.forget((first,))
    (tmp_path / "rec").rename(tmp_path / "gone")
    ended = await archive.finish(second, samples=8000, told=True)
    archive.look_at_disk()
    third = CallId(new_id())
    writer = archive.begin(asked_for(third))
    assert writer is not None
    writer.write(CALLER, first_sample=0, pcm=bytes(2 * 8000))
    kept = await archive.finish(third, samples=8000, told=True)
    await archive.close()

    assert ended == words.EndedCall(recording=None, duration_ms=1000)
    assert kept.recording is not None
    assert len(two_channels(kept.recording.path)[0]) == 2 * 8000


@pytest.mark.real
async def test_a_chunk_of_which_the_disk_took_a_part_counts_as_failed(tmp_path: Path) -> None:
    with small_disk(128 * 1024) as disk:
        archive, call = RecordingArchive(disk / "rec", host="h"), CallId(new_id())
        await archive.recover()
        (disk / "filler").write_bytes(b"x" * (104 * 1024))
        writer = archive.begin(asked_for(call))
        assert writer is not None
        for second in range(2):
            writer.write(CALLER, first_sample=second * 8000, pcm=b"\1" * 16_000)
        await archive.finish(call, samples=16_000, told=True)
        failed = archive.described(_STATS, calls=0).recordings_failed
        await archive.close()

    assert failed == 1


@pytest.mark.real
async def test_a_recording_whose_disk_comes_back_in_the_call_goes_on_from_there(tmp_path: Path) -> None:
    with small_disk(256 * 1024) as disk:
        (disk / "filler").write_bytes(b"x" * (256 * 1024))
        archive, call = RecordingArchive(disk / "rec", host="h"), CallId(new_id())
        await archive.recover()
        writer = archive.begin(asked_for(call))
        assert writer is not None
        writer.write(CALLER, first_sample=0, pcm=b"\1" * 16_000)
        async with asyncio.timeout(5):
            while not archive.described(_STATS, calls=0).recordings_failed:
                await asyncio.sleep(0.02)
        (disk / "filler").unlink()
        writer.write(CALLER, first_sample=8000, pcm=b"\2" * 16_000)
        ended = await archive.finish(call, samples=16_000, told=True)
        await archive.close()

        assert ended.recording is not None
        assert two_channels(ended.recording.path)[0] == bytes(16_000) + b"\2" * 16_000


@pytest.mark.real
async def test_a_successor_on_a_full_disk_starts_and_one_with_room_closes_what_was_left(tmp_path: Path) -> None:
    with small_disk(256 * 1024) as disk:
        call = CallId(new_id())
        killed = RecordingArchive(disk / "rec", host="h")
        await killed.recover()
        writer = killed.begin(asked_for(call))
        assert writer is not None
        writer.write(CALLER, first_sample=0, pcm=b"\1" * 16_000)
        await killed.close()
        with suppress(OSError):
            (disk / "filler").write_bytes(b"x" * (1024 * 1024))
        crowded = RecordingArchive(disk / "rec", host="h", keep_free=1)
        assert await crowded.recover() == 1
        assert crowded.orphans[0].call == call
        with pytest.raises(Refused):
            crowded.refuse_when_full(calls=0)
        await crowded.close()
        (disk / "filler").unlink()
        roomy = RecordingArchive(disk / "rec", host="h")
        await roomy.recover()
        recording = roomy.orphans[0].recording
        await roomy.close()

        assert recording is not None
        assert recording.samples == 8000
        assert not list((disk / "rec").glob("*.refused"))


@pytest.mark.real
async def test_a_disk_that_turns_read_only_refuses_calls_and_leaves_no_empty_file(tmp_path: Path) -> None:
    with small_disk(256 * 1024) as disk:
        archive, call = RecordingArchive(disk / "rec", host="h"), CallId(new_id())
        await archive.recover()
        remount(disk, "ro")
        await _until_taking(archive, taking=False)
        with pytest.raises(Refused):
            archive.refuse_when_full(calls=0)
        writer = archive.begin(asked_for(call))
        assert writer is not None
        writer.write(CALLER, first_sample=0, pcm=b"\1" * 16_000)
        ended = await archive.finish(call, samples=8000, told=True)
        remount(disk, "rw")
        await _until_taking(archive, taking=True)
        archive.refuse_when_full(calls=0)
        await archive.close()

        assert ended.recording is None
        assert list((disk / "rec").iterdir()) == []
