"""A child's own log file: what it and its engines say on standard error, bounded in size."""

import asyncio
import os
import sys
from pathlib import Path

MOST_BYTES, KEPT = 10 * 1024 * 1024, 5
"""One file's size, and how many older ones stay beside it."""
_LOOK_S = 5.0


def log_to(file: Path, /) -> None:
    """Send standard error to a file (0600, its folder 0700)."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


async def keep_bounded(file: Path, /, *, most: int = MOST_BYTES, every_s: float = _LOOK_S) -> None:
    """Look every 5 s and begin a new file when this one is full, until cancelled."""
    while True:
        try:
            if file.stat().st_size > most:
                sys.stderr.flush()
                rotate(file)
                log_to(file)
        except OSError as error:
            print(f"the log file cannot be changed: {error.strerror}", file=sys.stderr)
        await asyncio.sleep(every_s)


def rotate(file: Path, /, *, kept: int = KEPT) -> None:
    """Move ``name.log`` to ``name.log.1`` and each older one up; the oldest goes."""
    for number in range(kept - 1, 0, -1):
        older = file.with_name(f"{file.name}.{number}")
        if older.exists():
            older.replace(file.with_name(f"{file.name}.{number + 1}"))
    file.replace(file.with_name(f"{file.name}.1"))
