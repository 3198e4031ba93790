"""Recordings on disk. Every function blocks and runs in the recorder's thread."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.unusable import set_aside
from runtime.wav import HEADER_BYTES, wav_header
from telephony.media import two_channels
from telephony.media.sidecar import BYTES_PER_SAMPLE, RecordingStage, Sidecar, whole_samples
from telephony.tracks import Track, checked_name, track_name
from vocabulary.errors import Refused

_log = get_logger(__name__)
_PART = ".part"


def sidecar_path(folder: Path, sidecar: Sidecar, /) -> Path:
    """Return where the sidecar lies."""
    if two_channels.is_one(sidecar.recording_name):
        return folder / f"{sidecar.recording_name}.json"
    return folder / f"{sidecar.recording_name.removesuffix('.tracks.json')}.sidecar.json"


def part_path(folder: Path, sidecar: Sidecar, track: Track, /) -> Path:
    """Return where a track lies while it is recorded."""
    return folder / f"{track_name(sidecar.recording_name, track.number)}{_PART}"


def write_sidecar(folder: Path, sidecar: Sidecar, /) -> None:
    """Put the sidecar in place at once, old or new but never half."""
    _put(sidecar_path(folder, sidecar), encode(sidecar))


def _put(target: Path, data: bytes) -> None:
    fresh = target.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def begin(folder: Path, sidecar: Sidecar, track: Track, /) -> int:
    """Name the track in the sidecar and make its empty WAV (not there after an OSError); return the descriptor."""
    write_sidecar(folder, sidecar)
    part = part_path(folder, sidecar, track)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _write(descriptor, wav_header(data_bytes=0), 0)
    except OSError:
        os.close(descriptor)
        part.unlink(missing_ok=True)
        raise
    return descriptor


def append(descriptor: int, at: int, pcm: bytes, /) -> None:
    """Write samples at sample ``at`` of the track and let the header name all that is there."""
    _write(descriptor, pcm, HEADER_BYTES + at * BYTES_PER_SAMPLE)
    _write(descriptor, wav_header(data_bytes=at * BYTES_PER_SAMPLE + len(pcm)), 0)


def _write(descriptor: int, data: bytes, at: int) -> None:
    """Write all of ``data``: a disk that fills up takes a part of it first and says ENOSPC at the rest."""
    while data:
        written = os.pwrite(descriptor, data, at)
        data, at = data[written:], at + written


def close_track(folder: Path, sidecar: Sidecar, track: Track, descriptor: int, /, *, most: int | None) -> Track:
    """Give a track its length (at most ``most`` samples), header and name; return it with its figures."""
    there = whole_samples(os.fstat(descriptor).st_size)
    samples = there if most is None else min(there, most)
    try:
        os.ftruncate(descriptor, HEADER_BYTES + samples * BYTES_PER_SAMPLE)
        _write(descriptor, wav_header(data_bytes=samples * BYTES_PER_SAMPLE), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part = part_path(folder, sidecar, track)
    digest = _digest(part)
    part.rename(part.with_suffix(""))
    return replace(track, samples=samples, sha256=digest)


def let_go(descriptors: dict[int, int], /) -> None:
    """Close the descriptors of tracks that keep their part as it is."""
    while descriptors:
        os.close(descriptors.popitem()[1])


def close(folder: Path, sidecar: Sidecar, /, *, samples: int) -> str:
    """Write the recording's file, which names the tracks of ``sidecar``; return its sha256."""
    data = encode(sidecar.manifest(samples=samples))
    _put(folder / sidecar.recording_name, data)
    _sync_folder(folder)
    return hashlib.sha256(data).hexdigest()


def recover(folder: Path, /) -> list[Sidecar]:
    """Close what a killed process left open; return every recording no switch was told of.

    A sidecar that cannot be read is set aside. A recording that the disk does not let us close is told without its
    figures and stays as it is for the next start.
    """
    orphans = []
    for path in _left(folder):
        try:
            sidecar = _read_sidecar(path)
        except (MalformedMessage, Refused, OSError) as error:
            set_aside(path, what="the sidecar of a recording", reason=str(error))
            continue
        if sidecar.stage is RecordingStage.RECORDING:
            try:
                sidecar = _close_left_open(folder, sidecar)
            except OSError as error:
                _log.error("a recording cannot be closed now", call=sidecar.call, reason=str(error))
                sidecar = sidecar.closed(stage=RecordingStage.ORPHANED, samples=0, sha256="", media_lost=True)
        if sidecar.stage is RecordingStage.ORPHANED:
            orphans.append(sidecar)
    return orphans


def _left(folder: Path) -> list[Path]:
    """Return the sidecars in ``folder``; what a kill left of files that were being written is taken away."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.glob("*.new"):
            path.unlink()
        return sorted([*folder.glob("*.sidecar.json"), *folder.glob("*.wav.json")])
    except OSError as error:
        _log.error("the folder of recordings cannot be used", reason=str(error))
        return []


def _read_sidecar(path: Path) -> Sidecar:
    sidecar = decode(path.read_bytes(), Sidecar)
    if not two_channels.is_one(sidecar.recording_name):
        checked_name(sidecar.recording_name)
    if path != sidecar_path(path.parent, sidecar):
        raise MalformedMessage(f"it speaks of {sidecar.recording_name!r}")
    return sidecar


def _close_left_open(folder: Path, sidecar: Sidecar, /) -> Sidecar:
    if two_channels.is_one(sidecar.recording_name):
        samples, digest = two_channels.close_left_open(folder, sidecar.recording_name)
    else:
        found = [_track_left_open(folder, sidecar, track) for track in sidecar.tracks]
        sidecar = replace(sidecar, tracks=tuple(track for track in found if track.sha256))
        samples = max((track.end for track in sidecar.tracks), default=0)
        digest = close(folder, sidecar, samples=samples) if sidecar.tracks else ""
    closed = sidecar.closed(stage=RecordingStage.ORPHANED, samples=samples, sha256=digest, media_lost=True)
    write_sidecar(folder, closed)
    return closed


def _track_left_open(folder: Path, sidecar: Sidecar, track: Track) -> Track:
    part = part_path(folder, sidecar, track)
    whole = part.with_suffix("")
    if part.exists():
        descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC)
        return close_track(folder, sidecar, track, descriptor, most=None)
    if whole.exists():
        return replace(track, samples=whole_samples(whole.stat().st_size), sha256=_digest(whole))
    return track


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
