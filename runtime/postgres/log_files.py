"""The embedded server's log: its collector begins a new file when one is full, and we remove the oldest.

PostgreSQL empties a file again only at a rotation by time, never by size (log_truncate_on_rotation); so names carry the
second, and ``trim`` keeps the sum bounded while the server runs.
"""

import os
from pathlib import Path

FILE_BYTES = 1024 * 1024
MOST_BYTES = 8 * FILE_BYTES
"""Of all files together; the newest alone may be larger, by what the server says within one second."""
_NAMES = "postgres-*.log"


def collected(home: Path, /) -> dict[str, str]:
    """Return the server's settings that have its words collected in the folder ``log`` of its home, mode 0600."""
    return {
        "logging_collector": "on",
        "log_destination": "stderr",
        "log_directory": str(folder_of(home)),
        "log_filename": "postgres-%Y%m%d-%H%M%S.log",
        "log_file_mode": "0600",
        "log_rotation_age": "0",
        "log_rotation_size": f"{FILE_BYTES // 1024}kB",
    }


def folder_of(home: Path, /) -> Path:
    """Return where the collector writes."""
    return home / "log"


def make_folder(home: Path, /, *, uid: int | None) -> None:
    """Make the folder for the server's user alone."""
    folder = folder_of(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if uid is not None:
        os.chown(folder, uid, uid)


def trim(home: Path, /, *, most: int = MOST_BYTES) -> None:
    """Remove the oldest files until no more than ``most`` octets are left; the newest, which is written to, stays."""
    left = most
    for number, file in enumerate(sorted(folder_of(home).glob(_NAMES), reverse=True)):
        left -= file.stat().st_size
        if number and left < 0:
            file.unlink(missing_ok=True)


def newest(home: Path, /) -> Path | None:
    """Return the file that is written to, None before the first."""
    return max(folder_of(home).glob(_NAMES), default=None)
