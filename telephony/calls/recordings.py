"""Stretches of this host's recordings, mixed to two channels: the caller, and all that the caller could hear."""

import struct
import sys
from array import array
from pathlib import Path

from runtime.codec import MalformedMessage, decode
from runtime.wav import HEADER_BYTES
from telephony.tracks import Manifest, Track, TrackKind, checked_name, track_name
from vocabulary import g711
from vocabulary.audio import Party
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
    if asked.name.endswith(".wav"):
        return _of_two_channels(folder, asked)
    try:
        manifest = decode((folder / checked_name(asked.name)).read_bytes(), Manifest)
    except (OSError, MalformedMessage, Refused) as error:
        raise Refused("no-recording", "没有找到这段录音。") from error
    samples = max(0, min(asked.samples, manifest.samples - asked.first_sample))
    sides: tuple[list[array[int]], list[array[int]]] = ([], [])
    for track in manifest.tracks:  # what was played to an agent, the caller never heard
        other_side = track.party is not Party.CALLER or track.kind is TrackKind.PLAYED
        if track.party is Party.CALLER or track.kind is TrackKind.SPOKEN:
            sides[other_side].append(_samples(folder / track_name(asked.name, track.number), track, asked, samples))
    pcm = array("h", bytes(4 * samples))
    pcm[0::2], pcm[1::2] = (_sum(side, samples) for side in sides)
    return RecordingStretch(
        first_sample=asked.first_sample, pcm=_little_endian(pcm).tobytes(), total_samples=manifest.samples
    )


def _samples(path: Path, track: Track, asked: RecordingAsked, samples: int) -> "array[int]":
    """Return a track's part of a stretch, silence where it has none."""
    found = array("h", bytes(2 * samples))
    begin, end = max(asked.first_sample, track.first_sample), min(asked.first_sample + samples, track.end)
    if begin >= end:
        return found
    try:
        with path.open("rb") as file:
            file.seek(HEADER_BYTES + 2 * (begin - track.first_sample))
            octets = file.read(2 * (end - begin))
    except OSError as error:
        raise Refused("no-recording", "录音文件无法读取。") from error
    there = len(octets) // 2
    found[begin - asked.first_sample : begin - asked.first_sample + there] = _little_endian(
        array("h", octets[: 2 * there])
    )
    return found


def _sum(side: "list[array[int]]", samples: int) -> "array[int]":
    if not side:
        return array("h", bytes(2 * samples))
    if len(side) == 1:
        return side[0]
    return array("h", [max(-(2**15), min(2**15 - 1, sum(parts))) for parts in zip(*side, strict=True)])


def _little_endian(samples: "array[int]") -> "array[int]":
    """Turn samples of this machine's order into those of a WAV, or back."""
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _of_two_channels(folder: Path, asked: RecordingAsked) -> RecordingStretch:
    """Read a recording of a version up to 0.1."""
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
