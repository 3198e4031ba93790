"""``hotline`` as a user starts it: a process of its own, in folders of its own, and what it leaves behind."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

HOTLINE = str(Path(sys.executable).with_name("hotline"))
ROOT = Path(__file__).resolve().parents[2]
SHARED_FOLDERS = tuple(Path("/") / name for name in ("dev/shm", "run", "var/lib"))
"""What is left in the temporary folder shows in ``Ground.scratch``, which is that of the processes here."""
MARK = "WHOLE_HOUSE_TEST"
RUN_S = 240.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    words: str
    seconds: float

    @property
    def report(self) -> dict[str, Any]:
        """The JSON object of the last line."""
        lines = self.out.strip().splitlines()
        assert lines, f"nothing was printed; {self.words[-2000:]}"
        found: dict[str, Any] = json.loads(lines[-1])
        return found


def left_behind() -> set[str]:
    """Names with ``hotline`` in them in the folders that all programs share."""
    return {str(path) for folder in SHARED_FOLDERS if folder.is_dir() for path in folder.glob("*hotline*")}


@dataclass(slots=True)
class Ground:
    """Folders of one test module; ``mark`` is in the environment of every process that is started here."""

    folder: Path
    mark: str = field(default_factory=lambda: uuid4().hex)
    before: set[str] = field(default_factory=left_behind)

    @property
    def data(self) -> Path:
        """What ``--data`` says."""
        return self.folder / "data"

    @property
    def scratch(self) -> Path:
        """The temporary folder of the processes: nothing may stay in it."""
        return self.folder / "t"

    def environment(self) -> dict[str, str]:
        """Ours without settings, with the mark and a temporary folder of its own."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("HOTLINE_") and name != "XDG_RUNTIME_DIR"
        }
        return {**kept, MARK: self.mark, "TMPDIR": str(self.scratch)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start ``hotline``; its standard error goes to a file, for nobody reads a pipe meanwhile."""
        with (self.folder / "words.txt").open("a") as told:
            return subprocess.Popen(
                [HOTLINE, *words], env=self.environment(), stdout=subprocess.PIPE, stderr=told, text=True, cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip

    def run(self, *words: str, seconds: float = RUN_S) -> Ended:
        """Run ``hotline`` to its end, which is forced after ``seconds``."""
        began = time.monotonic()
        process = self.start(*words)
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=30)
        told = (self.folder / "words.txt").read_text(encoding="utf-8", errors="replace")
        return Ended(code=process.returncode, out=out, words=told, seconds=time.monotonic() - began)

    def processes(self) -> list[str]:
        """Processes that carry our mark, by their command lines."""
        wanted = f"{MARK}={self.mark}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(f"{entry.name} {(entry / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()}")
        return found

    def gone_within(self, seconds: float) -> list[str]:
        """Wait until no process is left; return those that are."""
        end = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.1)
        return left


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Give folders that PostgreSQL's own user can reach; they go away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="whole-house-"))
    folder.chmod(0o755)
    try:
        here = Ground(folder)
        here.scratch.mkdir(mode=0o755)
        yield here
    finally:
        shutil.rmtree(folder, ignore_errors=True)
