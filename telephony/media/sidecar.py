"""The small JSON file beside each recording: what a successor must know to close it and to report it. No I/O."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from runtime.wav import HEADER_BYTES
from telephony.media_protocol import ClosedRecording, OrphanCall
from telephony.tracks import Manifest, Track
from vocabulary.audio import SAMPLES_PER_MS
from vocabulary.ids import CallId, ContactId

BYTES_PER_SAMPLE = 2


class RecordingStage(StrEnum):
    """Where a recording is in its life."""

    RECORDING = "recording"
    ORPHANED = "orphaned"
    """Closed without the switch knowing."""
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """One call's recording. ``samples`` and ``sha256`` of the recording's file are set when it is closed."""

    call: CallId
    contact: ContactId
    host: str
    recording_name: str
    started_at: datetime
    stage: RecordingStage = RecordingStage.RECORDING
    samples: int = 0
    sha256: str = ""
    media_lost: bool = False
    tracks: tuple[Track, ...] = ()

    def manifest(self, *, samples: int) -> Manifest:
        """Return what the recording's file says."""
        return Manifest(
            call=self.call,
            contact=self.contact,
            host=self.host,
            started_at=self.started_at,
            samples=samples,
            tracks=self.tracks,
        )

    def closed(self, *, stage: RecordingStage, samples: int, sha256: str, media_lost: bool = False) -> "Sidecar":
        """Return it with the figures of the finished file."""
        return replace(self, stage=stage, samples=samples, sha256=sha256, media_lost=media_lost)

    def recording(self, folder: Path, /) -> ClosedRecording:
        """Return what the switch is told."""
        return ClosedRecording(
            recording_name=self.recording_name,
            sha256=self.sha256,
            samples=self.samples,
            path=str(folder / self.recording_name),
        )

    def orphan(self, folder: Path, /) -> OrphanCall:
        """Return it as a call that lost its switch or its media."""
        return OrphanCall(
            call=self.call,
            contact=self.contact,
            started_at=self.started_at,
            duration_ms=self.samples // SAMPLES_PER_MS,
            recording=self.recording(folder) if self.samples else None,
            media_lost=self.media_lost,
        )


def whole_samples(file_bytes: int, /) -> int:
    """Return the samples in a track of ``file_bytes``, whatever its header says."""
    return max(0, file_bytes - HEADER_BYTES) // BYTES_PER_SAMPLE
