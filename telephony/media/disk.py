"""The state of the disk that recordings go to. Blocks: runs in the recorder's thread."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Disk:
    """Octets that may still be written, and why nothing can be (empty: it can)."""

    free_bytes: int
    fault: str = ""


def look(folder: Path, /) -> Disk:
    """Return the state of ``folder``, which is made anew when it has vanished."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = os.statvfs(folder)
    except OSError as error:
        return Disk(0, f"录音目录不可用：{error.strerror}")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Disk(0, "录音目录是只读的")
    if found.f_files and not found.f_favail:
        return Disk(0, "录音磁盘的文件数已满")
    return Disk(found.f_bavail * found.f_frsize)
