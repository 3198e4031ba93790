"""Recordings on disk. Every function blocks and runs in the recorder's thread."""

import hashlib
import os
from pathlib import Path

from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.unusable import set_aside
from runtime.wav import wav_header
from telephony.media.sidecar import (
    BYTES_PER_SAMPLE,
    CHANNELS,
    HEADER_BYTES,
    Sidecar,
    Stage,
    checked_name,
    whole_samples,
)
from vocabulary.errors import Refused

_log = get_logger(__name__)
_PART = ".part"


def sidecar_path(folder: Path, sidecar: Sidecar, /) -> Path:
    """Return where the sidecar lies."""
    return folder / f"{sidecar.recording_name}.json"


def part_path(folder: Path, sidecar: Sidecar, /) -> Path:
    """Return where the sound lies while it is recorded."""
    return folder / f"{sidecar.recording_name}{_PART}"


def write_sidecar(folder: Path, sidecar: Sidecar, /) -> None:
    """Put the sidecar in place at once, old or new but never half."""
    target = sidecar_path(folder, sidecar)
    fresh = target.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            file.write(encode(sidecar))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def begin(folder: Path, sidecar: Sidecar, /) -> int:
    """Write the sidecar and an empty WAV; return the open file descriptor. After an OSError neither is there."""
    write_sidecar(folder, sidecar)
    part = part_path(folder, sidecar)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _write(descriptor, wav_header(data_bytes=0, channels=CHANNELS), 0)
    except OSError:
        os.close(descriptor)
        for path in (part, sidecar_path(folder, sidecar)):
            path.unlink(missing_ok=True)
        raise
    return descriptor


def append(descriptor: int, first_sample: int, pcm: bytes, /) -> None:
    """Write interleaved samples at their place and let the header name all that is there."""
    _write(descriptor, pcm, HEADER_BYTES + first_sample * BYTES_PER_SAMPLE)
    end = first_sample * BYTES_PER_SAMPLE + len(pcm)
    _write(descriptor, wav_header(data_bytes=end, channels=CHANNELS), 0)


def _write(descriptor: int, data: bytes, at: int) -> None:
    """Write all of ``data``: a disk that fills up takes a part of it first and says ENOSPC at the rest."""
    while data:
        written = os.pwrite(descriptor, data, at)
        data, at = data[written:], at + written


def whole_part(descriptor: int, /, *, most: int) -> int:
    """Return how many samples of a recording that could not be written whole are there, ``most`` at most."""
    return min(most, whole_samples(os.fstat(descriptor).st_size))


def close(folder: Path, sidecar: Sidecar, descriptor: int, samples: int, /) -> str:
    """Give the file its length, header and name; return the sha256 of its bytes."""
    try:
        os.ftruncate(descriptor, HEADER_BYTES + samples * BYTES_PER_SAMPLE)
        _write(descriptor, wav_header(data_bytes=samples * BYTES_PER_SAMPLE, channels=CHANNELS), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part = part_path(folder, sidecar)
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    part.rename(folder / sidecar.recording_name)
    _sync_folder(folder)
    return digest


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
        if sidecar.stage is Stage.RECORDING:
            try:
                sidecar = _close_left_open(folder, sidecar)
            except OSError as error:
                _log.error("a recording cannot be closed now", call=sidecar.call, reason=str(error))
                sidecar = sidecar.closed(stage=Stage.ORPHANED, samples=0, sha256="", media_lost=True)
        if sidecar.stage is Stage.ORPHANED:
            orphans.append(sidecar)
    return orphans


def _left(folder: Path) -> list[Path]:
    """Return the sidecars in ``folder``; what a kill left of one that was being written is taken away."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.glob("*.wav.new"):
            path.unlink()
        return sorted(folder.glob("*.wav.json"))
    except OSError as error:
        _log.error("the folder of recordings cannot be used", reason=str(error))
        return []


def _read_sidecar(path: Path) -> Sidecar:
    sidecar = decode(path.read_bytes(), Sidecar)
    if path.name != f"{checked_name(sidecar.recording_name)}.json":
        raise MalformedMessage(f"it speaks of {sidecar.recording_name!r}")
    return sidecar


def _close_left_open(folder: Path, sidecar: Sidecar, /) -> Sidecar:
    part, whole = part_path(folder, sidecar), folder / sidecar.recording_name
    samples, digest = 0, ""
    if part.exists():
        descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC)
        samples = whole_samples(os.fstat(descriptor).st_size)
        digest = close(folder, sidecar, descriptor, samples)
    elif whole.exists():
        samples = whole_samples(whole.stat().st_size)
        with whole.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    closed = sidecar.closed(stage=Stage.ORPHANED, samples=samples, sha256=digest, media_lost=True)
    write_sidecar(folder, closed)
    return closed


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
