"""Recordings as the desk hears them: mixed to two channels."""

from array import array
from pathlib import Path

from telephony.calls.recordings import MAX_SAMPLES, read_stretch
from vocabulary.desk_requests import RecordingAsked


def two_channels(path: Path | str, /) -> tuple[bytes, bytes]:
    """Return the whole of a recording as s16le: the caller, and all that the caller could hear."""
    folder, name, whole = Path(path).parent, Path(path).name, b""
    while True:
        asked = RecordingAsked(name=name, first_sample=len(whole) // 4, samples=MAX_SAMPLES)
        stretch = read_stretch(folder, asked=asked)
        whole += stretch.pcm
        if len(whole) // 4 >= stretch.total_samples:
            both = array("h", whole)
            return both[0::2].tobytes(), both[1::2].tobytes()
