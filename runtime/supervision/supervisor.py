"""Starts children in order, restarts those that die, stops all in reverse order."""

import asyncio
import os
import re
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from runtime.background import Nursery, nursery
from runtime.supervision.child import HEALTHY_S, Child, ChildState, ChildStatus, pauses
from runtime.supervision.deathsig import die_with_parent
from runtime.supervision.listening import Listening, kill_group
from runtime.supervision.pulse import PERMANENT_EXIT, Symptom
from runtime.telemetry import get_logger
from vocabulary.errors import Permanent, Transient

log = get_logger(__name__)
_LINE_LIMIT, _KEPT_LINES, _LAST_LINES_S = 1024 * 1024, 30, 1.0
_DEATHS_BEFORE_SERVING = 5


class NotReady(Transient):
    """A child did not say that it serves within its time; its last lines are in the log."""


class ChildFailed(Permanent):
    """A child ended before it served and will end again; the text is its own sentence."""


class _Kept:
    """One child and its present process."""

    def __init__(self, child: Child, changed: Callable[[ChildStatus], None], /) -> None:
        self.child, self._changed = child, changed
        self.status = ChildStatus(name=child.name, state=ChildState.STOPPED)
        self.process: asyncio.subprocess.Process | None = None
        self.ready = asyncio.Event()
        self.stopping = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listening = Listening(child, symptoms=self._heard)
        self._served = False

    async def keep(self) -> None:
        """Run the process again and again until ``stopping``, or until it failed for good before it ever served."""
        between = pauses()
        while not self.stopping.is_set():
            began = time.monotonic()
            code = await self._live_once()
            self.ready.clear()
            if self.stopping.is_set():
                break
            if sentence := self._for_good(code):
                self._note(state=ChildState.FAILED, pid=None, last_exit=code, ready_line="", failed=sentence)
                self.ready.set()  # whoever waits for it is told at once
                return
            if time.monotonic() - began >= HEALTHY_S:
                between.anew()
            pause = between.next_s()
            self._mourn(code, pause)
            try:
                async with asyncio.timeout(pause):
                    await self.stopping.wait()
            except TimeoutError:
                continue
        self._note(state=ChildState.STOPPED, pid=None)

    def _for_good(self, code: int, /) -> str:
        """Return why there is no use in starting it again, empty when there is: what has served is always tried."""
        heard = self._listening
        if self._served or (code != PERMANENT_EXIT and self.status.restarts + 1 < _DEATHS_BEFORE_SERVING):
            return ""
        last = heard.failed or " / ".join(list(self._lines)[-3:])
        return last or f"{self.child.name} ended {self.status.restarts + 1} times before it served (exit {code})"

    def _mourn(self, code: int, pause: float, /) -> None:
        log.error("a child died and is started again", child=self.child.name, exit=code, pause_s=pause)
        for line in self._lines:
            log.error("last words of a child", child=self.child.name, line=line)
        self._note(
            state=ChildState.PAUSING,
            pid=None,
            restarts=self.status.restarts + 1,
            hung=self.status.hung + self._listening.hung,
            last_exit=code,
            ready_line="",
            symptoms=(),
            failed=self._listening.failed,
        )

    async def _live_once(self) -> int:
        """Start the process and return its exit code; one that cannot be started counts as exit 127."""
        self._lines.clear()
        self._listening = Listening(self.child, symptoms=self._heard)
        try:
            process = await self._spawn()
        except OSError as error:
            self._lines.append(str(error))
            return 127
        self.process = process
        self._note(state=ChildState.STARTING, pid=process.pid)
        try:
            async with asyncio.TaskGroup() as group:
                readers = [group.create_task(self._read(stream)) for stream in (process.stdout, process.stderr)]
                watching = group.create_task(self._listening.watch(process.pid, serving=self.ready.is_set))
                code = await process.wait()
                watching.cancel()
                _, held = await asyncio.wait(readers, timeout=_LAST_LINES_S)
                for reader in held:  # a grandchild still has the pipe
                    reader.cancel()
        finally:
            if process.returncode is None:
                process.kill()
            self.process = None
        return code

    async def _spawn(self) -> asyncio.subprocess.Process:
        child = self.child
        return await asyncio.create_subprocess_exec(
            *child.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE if child.quiet else None,
            env={**os.environ, **child.env},
            start_new_session=True,
            user=child.user,
            preexec_fn=die_with_parent(child.death_signal),
            limit=_LINE_LIMIT,
        )

    async def _read(self, stream: asyncio.StreamReader | None, /) -> None:
        if stream is None:
            return
        while True:
            try:
                data = await stream.readline()
            except ValueError:
                continue  # a line beyond the limit was skipped
            if not data:
                return
            self._take(data.decode(errors="replace").rstrip())

    def _take(self, line: str, /) -> None:
        if self._listening.take(line):
            return
        if not self.ready.is_set() and re.search(self.child.ready_pattern, line):
            self._served = True
            self._listening.serves()
            self._note(state=ChildState.READY, ready_line=line)
            self.ready.set()
        elif self.child.quiet:
            self._lines.append(line)
        else:
            print(line, file=sys.stderr, flush=True)  # noqa: T201  the child's own words, not ours

    def _heard(self, symptoms: tuple[Symptom, ...], /) -> None:
        if symptoms != self.status.symptoms:
            self._note(symptoms=symptoms)

    def _note(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]  # fields of ChildStatus
        self._changed(self.status)

    async def stop(self) -> None:
        """Ask the process to end, kill it when it does not, and wait for its end."""
        self.stopping.set()
        self._listening.let_end()
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(self.child.stop_signal)
        if self.task is None:
            return
        _, late = await asyncio.wait([self.task], timeout=self.child.stop_within.total_seconds())
        if late:
            log.warning("a child did not end in time and was killed", child=self.child.name)
            if self.process is not None and self.process.returncode is None:
                kill_group(self.process.pid)
            await asyncio.wait([self.task], timeout=self.child.stop_within.total_seconds())


class Supervisor:
    """Children by name. ``on_change`` hears every change of state; it must not block."""

    def __init__(self, tasks: Nursery, /, *, on_change: Callable[[ChildStatus], None] | None = None) -> None:
        """Keep children in ``tasks``; see ``supervise``."""
        self._tasks = tasks
        self._on_change = on_change or (lambda _: None)
        self._kept: dict[str, _Kept] = {}

    def states(self) -> dict[str, ChildStatus]:
        """Return what is known of each child."""
        return {name: kept.status for name, kept in self._kept.items()}

    def start(self, child: Child, /) -> None:
        """Start a child and keep it alive; names are unique."""
        if child.name in self._kept:
            raise ValueError(f"there is a child {child.name!r} already")
        kept = self._kept[child.name] = _Kept(child, self._on_change)
        kept.task = self._tasks.start(kept.keep())

    async def ready(self, name: str, /, *, timeout: timedelta | None = None) -> str:
        """Return the line by which the child said that it serves.

        NotReady after ``timeout`` (its ``ready_within``); ChildFailed at once when starting it again is of no use.
        """
        kept = self._kept[name]
        patience = timeout or kept.child.ready_within
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await kept.ready.wait()
        except TimeoutError:
            text = f"{name} did not start to serve within {patience.total_seconds():g} s (state {kept.status.state})"
            raise NotReady(text) from None
        if kept.status.state is ChildState.FAILED:
            raise ChildFailed(kept.status.failed)
        return kept.status.ready_line

    async def stop(self, name: str, /) -> None:
        """Stop one child for good and forget it."""
        await self._kept[name].stop()
        del self._kept[name]

    async def stop_all(self) -> None:
        """Stop all, the youngest first."""
        for name in reversed(list(self._kept)):
            await self.stop(name)


@asynccontextmanager
async def supervise(*, on_change: Callable[[ChildStatus], None] | None = None) -> AsyncIterator[Supervisor]:
    """Give a block a supervisor; at its end all children are stopped in reverse order."""
    async with nursery() as tasks:
        supervisor = Supervisor(tasks, on_change=on_change)
        try:
            yield supervisor
        finally:
            await supervisor.stop_all()
