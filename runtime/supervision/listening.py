"""Hears one process of a child, its beats, symptoms and last sentence, and ends it when it is hung."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from runtime.supervision.child import Child
from runtime.supervision.pulse import Symptom, read_alive, read_failed
from runtime.supervision.watch import TURN_S, Silence
from runtime.telemetry import get_logger

log = get_logger(__name__)
_PROBE_S, _PROBE_WITHIN_S = 1.0, 2.0


class Listening:
    """One process's words. ``failed`` is the sentence with which it ended for good, ``hung`` whether we ended it."""

    def __init__(self, child: Child, /, *, symptoms: Callable[[tuple[Symptom, ...]], None]) -> None:
        """Tell ``symptoms`` what the process says of itself with each beat."""
        self.failed, self.hung = "", False
        self._told_to_end = False
        self._child, self._symptoms = child, symptoms
        patience = child.silent_within
        self._silence = Silence(patience_s=patience.total_seconds()) if patience else None

    def take(self, line: str, /) -> bool:
        """Take a line of the process; return whether it was said to us and not to people."""
        if (failed := read_failed(line)) is not None:
            self.failed = failed.text
            return True
        alive = read_alive(line)
        if alive is None:
            return False
        if self._silence is not None:
            self._silence.heard()
        self._symptoms(alive.symptoms)
        return True

    def serves(self) -> None:
        """Note that the process said that it serves: from now on it has less patience."""
        if self._silence is not None:
            self._silence.heard()

    def let_end(self) -> None:
        """Note that the process was told to end: it has other work now than what it beats for."""
        self._told_to_end = True

    async def watch(self, pid: int, /, *, serving: Callable[[], bool]) -> None:
        """Count the silence of process ``pid``, the leader of its group; kill the group when it is hung."""
        if self._silence is None:
            return
        async with asyncio.TaskGroup() as group:
            probing = group.create_task(self._ask(self._silence))
            last, work = time.monotonic(), _Work(pid)
            while True:
                await asyncio.sleep(TURN_S)
                now = time.monotonic()
                if self._told_to_end:
                    continue
                if self._silence.turn(now - last, serving=serving(), at_work=work.went_on()):
                    break
                last = now
            probing.cancel()
        self.hung = True
        log.error("a child is hung and is killed", child=self._child.name, pid=pid, silent_s=self._silence.seconds)
        kill_group(pid)

    async def _ask(self, silence: Silence, /) -> None:
        """Probe a foreign program each second."""
        probe = self._child.probe
        while probe is not None:
            await asyncio.sleep(_PROBE_S)
            try:
                async with asyncio.timeout(_PROBE_WITHIN_S):
                    if await probe():
                        silence.heard()
            except (OSError, TimeoutError):
                continue


def kill_group(pid: int, /) -> None:
    """End a process with all that it started in its group; nothing when it is gone."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        log.debug("a process was gone before it was killed", pid=pid)


class _Work:
    """Whether a process has or waits for a processor (proc(5), the fields behind the name)."""

    def __init__(self, pid: int, /) -> None:
        self._stat, self._used = Path(f"/proc/{pid}/stat"), (0, 0)

    def went_on(self) -> bool:
        """Return whether its main thread is runnable now, or any thread used a processor since the last asking."""
        try:
            text = self._stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        fields = text.rpartition(")")[2].split()
        used = int(fields[11]), int(fields[12])
        before, self._used = self._used, used
        return fields[0] == "R" or used != before
