"""Which calls are recorded where, and which of them no switch was told of."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from telephony.media.recorder import Recorder, Recording
from telephony.media.sidecar import RecordingStage, Sidecar
from telephony.media_protocol import ClosedRecording, EndedCall, MediaStats, OrphanCall, StartCall
from telephony.tracks import Track, checked_name
from vocabulary.audio import SAMPLES_PER_MS
from vocabulary.errors import Refused
from vocabulary.ids import CallId

RESERVE_BYTES = 600 * 8000 * 2 * 3
"""Ten minutes of one recording, kept free for each call: caller, agent, and what is played to the caller."""


@dataclass(frozen=True, slots=True)
class _Entry:
    asked: StartCall
    started_at: datetime
    recording: Recording | None


class CallWriter:
    """A recording as the tick sees it."""

    def __init__(self, recorder: Recorder, recording: Recording) -> None:
        self._recorder, self._recording = recorder, recording

    def write(self, track: Track, /, *, first_sample: int, pcm: bytes) -> None:
        """Take samples of a track at ``first_sample`` of call time."""
        self._recorder.write(self._recording, track, first_sample=first_sample, pcm=pcm)


class RecordingArchive:
    """The recordings of calls that live, and of orphans until they are forgotten."""

    def __init__(self, folder: Path, *, host: str, keep_free: int = 0) -> None:
        """``keep_free`` octets stay free: see ``refuse_when_full``."""
        self._recorder = Recorder(folder)
        self._host = host
        self._keep_free = keep_free
        self._entries: dict[CallId, _Entry] = {}
        self._orphans: dict[CallId, OrphanCall] = {}
        self._sidecars: dict[CallId, Sidecar] = {}

    def look_at_disk(self) -> None:
        """Let the recorder note how much is free; never waits for the disk. Called once a second."""
        self._recorder.look()

    def refuse_when_full(self, *, calls: int) -> None:
        """Raise Refused ``disk-full`` when one more call could leave a recording without room."""
        disk = self._recorder.disk
        if not self._has_room(calls):
            why = disk.fault or f"录音磁盘只剩 {disk.free_bytes // 2**20} MiB"
            raise Refused("disk-full", f"{why}，暂不接新来电；请清理或扩容")

    @property
    def failures(self) -> int:
        """Recordings that could not be written whole since the start."""
        return self._recorder.failures

    def described(self, stats: MediaStats, /, *, calls: int) -> MediaStats:
        """Add the state of the disk to the figures."""
        return replace(
            stats,
            disk_free_bytes=self._recorder.disk.free_bytes,
            recordings_failed=self._recorder.failures,
            accepting=self._has_room(calls),
        )

    def _has_room(self, calls: int) -> bool:
        disk = self._recorder.disk
        wanted = self._keep_free + (calls + 1) * RESERVE_BYTES if self._keep_free else 0
        return not disk.fault and disk.free_bytes >= wanted

    async def recover(self) -> int:
        """Close what a killed predecessor left; return the number of calls no switch was told of."""
        for sidecar in await self._recorder.recover():
            self._remember(sidecar)
        return len(self._orphans)

    def begin(self, asked: StartCall, /) -> CallWriter | None:
        """Begin a call's recording; None when it is not to be recorded. Refused ``bad-name``."""
        now = datetime.now(UTC)
        recording = None
        if asked.recording_name:
            sidecar = Sidecar(
                call=asked.call,
                contact=asked.contact,
                host=self._host,
                recording_name=checked_name(asked.recording_name),
                started_at=now,
            )
            recording = self._recorder.begin(sidecar)
        self._entries[asked.call] = _Entry(asked, now, recording)
        return None if recording is None else CallWriter(self._recorder, recording)

    def started_at(self, call: CallId, /) -> datetime:
        """Return the instant of call time 0."""
        return self._entries[call].started_at

    async def finish(self, call: CallId, /, *, samples: int, told: bool) -> EndedCall:
        """Close a call's recording; with ``told`` False it becomes an orphan."""
        entry = self._entries.pop(call)
        closed: ClosedRecording | None = None
        if entry.recording is not None:
            stage = RecordingStage.REPORTED if told else RecordingStage.ORPHANED
            sidecar = await self._recorder.finish(entry.recording, samples=samples, stage=stage)
            closed = sidecar.recording(self._recorder.folder) if sidecar.sha256 else None
            if not told:
                self._remember(sidecar)
        elif not told:
            self._orphans[call] = OrphanCall(
                call=call,
                contact=entry.asked.contact,
                started_at=entry.started_at,
                duration_ms=samples // SAMPLES_PER_MS,
                recording=None,
                media_lost=False,
            )
        return EndedCall(recording=closed, duration_ms=samples // SAMPLES_PER_MS)

    @property
    def orphans(self) -> tuple[OrphanCall, ...]:
        """Calls that ended without a switch, oldest first."""
        return tuple(sorted(self._orphans.values(), key=lambda orphan: orphan.started_at))

    async def forget(self, calls: tuple[CallId, ...], /) -> None:
        """The switch has stored what it was told about these."""
        for call in calls:
            self._orphans.pop(call, None)
            sidecar = self._sidecars.pop(call, None)
            if sidecar is not None:
                await self._recorder.mark(replace(sidecar, stage=RecordingStage.REPORTED))

    async def close(self) -> None:
        """Write what is handed over and stop."""
        await self._recorder.close()

    def _remember(self, sidecar: Sidecar) -> None:
        self._sidecars[sidecar.call] = sidecar
        self._orphans[sidecar.call] = sidecar.orphan(self._recorder.folder)
