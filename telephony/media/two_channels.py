"""Recordings of versions up to 0.1 that were left open: one WAV of two channels. Every function blocks."""

import hashlib
import os
from pathlib import Path

from runtime.wav import HEADER_BYTES, wav_header

_BYTES_PER_SAMPLE = 4


def is_one(name: str, /) -> bool:
    """Say whether a recording's name is that of such a file."""
    return name.endswith(".wav") and Path(name).name == name and not name.startswith(".")


def close_left_open(folder: Path, name: str, /) -> tuple[int, str]:
    """Close the file that a killed process left; return its samples a channel and its sha256, (0, "") without one."""
    part, whole = folder / f"{name}.part", folder / name
    if part.exists():
        _close(part)
        part.rename(whole)
    if not whole.exists():
        return 0, ""
    samples = max(0, whole.stat().st_size - HEADER_BYTES) // _BYTES_PER_SAMPLE
    with whole.open("rb") as file:
        return samples, hashlib.file_digest(file, "sha256").hexdigest()


def _close(part: Path) -> None:
    octets = max(0, part.stat().st_size - HEADER_BYTES) // _BYTES_PER_SAMPLE * _BYTES_PER_SAMPLE
    with part.open("r+b") as file:
        file.truncate(HEADER_BYTES + octets)
        file.write(wav_header(data_bytes=octets, channels=2))
        file.flush()
        os.fsync(file.fileno())
