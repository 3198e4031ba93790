"""A recording on disk: one mono WAV a track, and a file that names them with their digests. No I/O.

Media writes it, the switch reads it. The tracks of ``CALL.tracks.json`` (a ``Manifest``) are ``CALL.1.wav``,
``CALL.2.wav`` and so on. Recordings of versions up to 0.1 are one WAV of two channels: ``CALL.wav``.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vocabulary.audio import Party
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId, LegId

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,120}\.tracks\.json")


class TrackKind(StrEnum):
    """What a track holds."""

    SPOKEN = "spoken"
    """What came from the leg."""
    PLAYED = "played"
    """Prompts and music that were played to the leg; between them silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One leg's sound in a call. ``samples`` (at 8 kHz) and ``sha256`` of the file are set when it is closed."""

    number: int
    leg: LegId
    party: Party
    kind: TrackKind
    first_sample: int
    """In call time."""
    samples: int = 0
    sha256: str = ""

    @property
    def end(self) -> int:
        """Call time behind the last sample."""
        return self.first_sample + self.samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A closed recording of ``samples`` in call time."""

    call: CallId
    contact: ContactId
    host: str
    started_at: datetime
    samples: int
    tracks: tuple[Track, ...]


def recording_name(call: CallId, /) -> str:
    """Return the name of a call's recording."""
    return f"{call}.tracks.json"


def checked_name(name: str, /) -> str:
    """Return ``name`` when it is a plain name of a recording of tracks, else Refused ``bad-name``."""
    if not _NAME.fullmatch(name):
        raise Refused("bad-name", f"录音文件名 {name!r} 不合规：只能用字母、数字、横线，并以 .tracks.json 结尾")
    return name


def track_name(recording: str, number: int, /) -> str:
    """Return the file name of a track."""
    return f"{recording.removesuffix('.tracks.json')}.{number}.wav"
