"""Stretches of two-channel recordings of this host, as 16-bit linear PCM."""

import struct
from pathlib import Path

from vocabulary import g711
from vocabulary.desk_requests import RecordingAsked, RecordingStretch
from vocabulary.errors import Refused

MAX_SAMPLES = 65_536
_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


def _chunks(data: bytes) -> dict[bytes, tuple[int, int]]:
    """(offset, length) of each RIFF chunk in the head of a file; the last one may say more than there is."""
    found: dict[bytes, tuple[int, int]] = {}
    at = 12
    while at + 8 <= len(data) and b"data" not in found:
        name, length = struct.unpack_from("<4sI", data, at)
        found[name] = (at + 8, length)
        at += 8 + length + length % 2
    return found


def _linear(octets: bytes, form: int) -> bytes:
    if form == _PCM:
        return octets
    return g711.decode(octets, g711.ALAW_TO_LINEAR if form == _ALAW else g711.ULAW_TO_LINEAR)


def read_stretch(folder: Path, /, *, asked: RecordingAsked) -> RecordingStretch:
    """Return up to 65,536 samples a channel; blocks, so it belongs in a worker.

    Raises Refused ``no-recording`` for a name that is not there, ``bad-stretch`` for numbers that fit nothing.
    """
    if "/" in asked.name or "\\" in asked.name or asked.name.startswith("."):
        raise Refused("no-recording", "录音文件名不正确。")
    if asked.first_sample < 0 or not 0 < asked.samples <= MAX_SAMPLES:
        raise Refused("bad-stretch", f"一次最多读取 {MAX_SAMPLES} 个采样。")
    path = next((place for place in (folder / asked.name, folder / f"{asked.name}.part") if place.is_file()), None)
    if path is None:
        raise Refused("no-recording", "没有找到这段录音。")
    size = path.stat().st_size
    with path.open("rb") as file:
        chunks = _chunks(head := file.read(4096))
        if head[:4] != b"RIFF" or b"fmt " not in chunks or b"data" not in chunks:
            raise Refused("no-recording", "录音文件无法读取。")
        form, channels, rate, _, block, _ = struct.unpack_from("<HHIIHH", head, chunks[b"fmt "][0])
        if form not in {_PCM, _ALAW, _ULAW} or channels != 2 or rate != 8000:
            raise Refused("no-recording", "录音格式不受支持。")
        begin, said = chunks[b"data"]
        total = min(said or size, size - begin) // block
        file.seek(begin + min(asked.first_sample, total) * block)
        octets = file.read(max(0, min(asked.samples, total - asked.first_sample)) * block)
    return RecordingStretch(first_sample=asked.first_sample, pcm=_linear(octets, form), total_samples=total)
