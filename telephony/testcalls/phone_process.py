"""A softphone from the side of whoever uses it: one child process a call."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.background import background, nursery
from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from telephony.testcalls.phone_words import Dial, Order, Report, State
from vocabulary.errors import Transient

_log = get_logger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_OVERTIME_S = 5.0


class CallFailed(Transient):
    """The call was refused or not answered; ``status`` is the SIP status, 0 when the phone itself failed."""

    def __init__(self, status: int) -> None:
        """Say it in a sentence."""
        super().__init__(f"the call was not answered: SIP status {status}")
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """One call. Sound files are 8 kHz mono WAV."""

    number: str
    to: tuple[str, int]
    caller: str = "19900000000"
    audio: Path | None = None
    record: Path | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hang_up_after_s: float | None = None
    """Listen so long after the sound was played, then hang up; None: until the other side hangs up."""
    answer_within_s: float = 30.0
    deadline_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What came of a call. Times in ms from the INVITE; ``ended_by`` is ``us``, ``them`` or ``deadline``."""

    sip_call_id: str
    user_agent: str
    answered_ms: int
    spoke_ms: int | None
    ended_ms: int
    ended_by: str
    heard_samples: int
    packets_sent: int


class PhoneLine:
    """An answered call: say something, hear whether the other side speaks, hang up."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self._changed = asyncio.Condition()
        self.answer: Report | None = None
        self.last: Report | None = None
        self.ended: Report | None = None
        self.speaking = False
        self.spoke_times = 0
        """How often the other side began to speak."""
        self.quiet_since = time.monotonic()
        self._said = 0
        self._asked = 0

    async def say(self, wav: Path, /) -> None:
        """Play a file and return when it was sent, or when the call is over."""
        self._asked += 1
        wanted = self._asked
        await self._order(Order(say=str(wav)))
        await self.until(lambda: self._said >= wanted)

    async def hang_up(self) -> None:
        """End the call and return when it is over."""
        await self._order(Order(hang_up=True))
        await self.until(lambda: False)

    async def until(self, reached: Callable[[], bool], /) -> None:
        """Wait for something to be so, or for the end of the call."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.ended is not None or reached())

    async def read(self) -> None:
        """Take the child's reports until it ends."""
        assert self._child.stdout is not None  # noqa: S101 it was opened with a pipe
        async for line in self._child.stdout:
            try:
                report = decode(line, Report)
            except MalformedMessage:
                _log.warning("a phone said something unreadable")
                continue
            async with self._changed:
                self._take(report)
                self._changed.notify_all()
        async with self._changed:
            self.ended = self.ended or Report(state=State.ENDED, at_ms=0, by="deadline")
            self._changed.notify_all()

    def _take(self, report: Report) -> None:
        self.last = report
        if report.state is State.ANSWERED:
            self.answer = report
        elif report.state in {State.REFUSED, State.ENDED}:
            self.ended = report
        elif report.state is State.SAID:
            self._said += 1
        elif report.state in {State.SPEAKING, State.SILENT}:
            self.speaking = report.state is State.SPEAKING
            self.spoke_times += self.speaking
            self.quiet_since = time.monotonic()

    async def _order(self, order: Order) -> None:
        stdin = self._child.stdin
        if stdin is None or stdin.is_closing():
            return
        try:
            stdin.write(encode(order) + b"\n")
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            return


@asynccontextmanager
async def open_phone(plan: CallPlan, /) -> AsyncIterator[PhoneLine]:
    """Dial and yield the answered call; at the end of the block it is hung up. CallFailed when nobody answers."""
    dial = Dial(
        number=plan.number,
        host=plan.to[0],
        port=plan.to[1],
        caller=plan.caller,
        headers=plan.headers,
        record=str(plan.record) if plan.record else "",
        answer_within_s=plan.answer_within_s,
        deadline_s=plan.deadline_s,
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "telephony.testcalls.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(":")},
    )
    line = PhoneLine(child)
    try:
        assert child.stdin is not None  # noqa: S101 it was opened with a pipe
        child.stdin.write(encode(dial) + b"\n")
        async with background(line.read()), asyncio.timeout(plan.deadline_s + _OVERTIME_S):
            await line.until(lambda: line.answer is not None)
            if line.answer is None:
                raise CallFailed(line.ended.status if line.ended else 0)
            yield line
            await line.hang_up()
    finally:
        await _end(child)


async def place_call(
    plan: CallPlan, /, *, start: Callable[[], Coroutine[Any, Any, object]] | None = None
) -> CallResult:
    """Make one call: wait for the answer and for ``start``, play the file once, listen, hang up.

    CallFailed when it is not answered.
    """
    spoke_ms = None
    async with open_phone(plan) as line:
        answer, began = line.answer, time.monotonic()
        assert answer is not None  # noqa: S101 open_phone yields answered calls
        if start is not None:
            await unless_over(start(), line)
        if plan.audio is not None:
            spoke_ms = answer.at_ms + round((time.monotonic() - began) * 1000)
            await line.say(plan.audio)
        if plan.hang_up_after_s is not None:
            try:
                async with asyncio.timeout(plan.hang_up_after_s):
                    await line.until(lambda: False)
            except TimeoutError:
                await line.hang_up()
        else:
            await line.until(lambda: False)
    ended = line.ended or answer
    return CallResult(
        sip_call_id=answer.sip_call_id,
        user_agent=answer.user_agent,
        answered_ms=answer.at_ms,
        spoke_ms=spoke_ms,
        ended_ms=ended.at_ms,
        ended_by=ended.by or "deadline",
        heard_samples=ended.samples,
        packets_sent=ended.sent,
    )


async def unless_over(work: Coroutine[Any, Any, object], line: PhoneLine, /) -> None:
    """Await ``work`` or the end of the call, whichever comes first."""
    async with nursery() as tasks:
        both = [tasks.start(work), tasks.start(line.until(lambda: False))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        async with asyncio.timeout(_OVERTIME_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
