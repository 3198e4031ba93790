"""Recordings of one track a leg, written by one thread: the tick only hands chunks over."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from runtime.telemetry import get_logger
from telephony.media import disk
from telephony.media import recording_files as files
from telephony.media.sidecar import RecordingStage, Sidecar
from telephony.tracks import Track

_log = get_logger(__name__)
_BOUND = 4096
_FINISH_S = 30.0
_UNANSWERED_LOOKS = 5
"""So many looks at the disk, one a second, may wait before it counts as one that does not answer."""


T = TypeVar("T")


class Recording:
    """One call's tracks while they grow. Only the recorder's thread touches what is written."""

    def __init__(self, sidecar: Sidecar) -> None:
        self.sidecar = sidecar
        self.descriptors: dict[int, int] = {}
        """Of the tracks that are open, by number."""
        self.failed = False


class Recorder:
    """Owner of the recordings folder. When the disk is too slow the newest chunk is left out, as silence."""

    def __init__(self, folder: Path) -> None:
        """Start the thread; ``folder`` is made when missing."""
        self.folder = folder
        self.failures = 0
        """Recordings that could not be written whole."""
        self.disk = disk.look(folder)
        self._looks = 0
        self._unmarked: dict[str, Sidecar] = {}
        """Sidecars that the disk did not take; tried again with each look."""
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(maxsize=_BOUND)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    async def recover(self) -> list[Sidecar]:
        """Close recordings of a killed predecessor; return those no switch was told of."""
        return await self._ask(lambda: files.recover(self.folder))

    def look(self) -> None:
        """Have the state of the disk noted in ``disk``; never blocks."""
        self._looks += 1
        if self._looks > _UNANSWERED_LOOKS:
            self.disk = disk.Disk(0, "录音磁盘没有应答")
            return

        def job() -> None:
            self.disk, self._looks = disk.look(self.folder), 0
            for sidecar in tuple(self._unmarked.values()):
                self._write_sidecar(sidecar)

        with suppress(queue.Full):
            self._jobs.put_nowait(job)

    def begin(self, sidecar: Sidecar, /) -> Recording:
        """Begin a recording without tracks; chunks may follow at once."""
        recording = Recording(sidecar)
        self._put(recording, lambda: files.write_sidecar(self.folder, sidecar))
        return recording

    def write(self, recording: Recording, track: Track, /, *, first_sample: int, pcm: bytes) -> None:
        """Write samples (s16le) of a track at ``first_sample`` of call time; never blocks.

        A track begins with its first chunk. While the disk takes none, each chunk tries to begin it.
        """

        def job() -> None:
            descriptor = recording.descriptors.get(track.number)
            if descriptor is None:
                sidecar = recording.sidecar
                named = sidecar if track in sidecar.tracks else replace(sidecar, tracks=(*sidecar.tracks, track))
                descriptor = recording.descriptors[track.number] = files.begin(self.folder, named, track)
                recording.sidecar = named
            files.append(descriptor, first_sample - track.first_sample, pcm)

        self._put(recording, job)

    async def finish(self, recording: Recording, /, *, samples: int, stage: RecordingStage) -> Sidecar:
        """Close the tracks of a call of ``samples``; return the sidecar, without figures when the disk failed."""

        def job() -> Sidecar:
            if not recording.descriptors:
                with suppress(OSError):
                    files.sidecar_path(self.folder, recording.sidecar).unlink(missing_ok=True)
                return recording.sidecar.closed(stage=stage, samples=0, sha256="")
            try:
                tracks = tuple(self._close_track(recording, track, samples) for track in recording.sidecar.tracks)
            finally:
                files.let_go(recording.descriptors)
            recording.sidecar = replace(recording.sidecar, tracks=tracks)
            kept = max(track.end for track in tracks) if recording.failed else samples
            digest = files.close(self.folder, recording.sidecar, samples=kept)
            closed = recording.sidecar.closed(stage=stage, samples=kept, sha256=digest)
            self._write_sidecar(closed)
            return closed

        try:
            return await self._ask(job)
        except OSError as error:  # the parts stay where they are: the next start of media closes them
            self._failed(recording, error)
            return recording.sidecar.closed(stage=stage, samples=0, sha256="")

    def _close_track(self, recording: Recording, track: Track, samples: int) -> Track:
        descriptor = recording.descriptors.pop(track.number)
        return files.close_track(self.folder, recording.sidecar, track, descriptor, most=samples - track.first_sample)

    async def mark(self, sidecar: Sidecar, /) -> None:
        """Store a changed sidecar, later when the disk does not take it now."""
        await self._ask(lambda: self._write_sidecar(sidecar))

    async def close(self) -> None:
        """Finish all jobs and stop the thread."""
        await asyncio.to_thread(self._jobs.put, None, timeout=_FINISH_S)
        await asyncio.to_thread(self._thread.join, _FINISH_S)

    def _put(self, recording: Recording, job: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                job()
            except OSError as error:
                self._failed(recording, error)

        try:
            self._jobs.put_nowait(guarded)
        except queue.Full:
            self._failed(recording, OSError("the disk is too slow, sound is left out"))

    def _write_sidecar(self, sidecar: Sidecar) -> None:
        try:
            files.write_sidecar(self.folder, sidecar)
        except OSError as error:
            if sidecar.recording_name not in self._unmarked:
                _log.warning("a sidecar cannot be written yet", call=sidecar.call, reason=str(error))
            self._unmarked[sidecar.recording_name] = sidecar
        else:
            self._unmarked.pop(sidecar.recording_name, None)

    def _failed(self, recording: Recording, error: OSError) -> None:
        if not recording.failed:
            _log.error("a recording cannot be written", call=recording.sidecar.call, reason=str(error))
            self.failures += 1
        recording.failed = True

    async def _ask(self, job: Callable[[], T]) -> T:
        """Run ``job`` after all that was handed over before; OSError of the disk goes to the caller."""
        loop, done = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

        def run() -> None:
            try:
                result = job()
            except OSError as error:
                loop.call_soon_threadsafe(_settle, done, None, error)
            else:
                loop.call_soon_threadsafe(_settle, done, result, None)

        await asyncio.to_thread(self._jobs.put, run, timeout=_FINISH_S)
        async with asyncio.timeout(_FINISH_S):
            answer: T = await done
        return answer

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _settle(done: "asyncio.Future[Any]", result: object, error: OSError | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
