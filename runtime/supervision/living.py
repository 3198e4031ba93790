"""The child's side: beats from inside its main loop, and an end within five seconds of being told."""

import asyncio
import faulthandler
import os
import select
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any

from runtime.supervision.pulse import BEAT_S, Pulse
from runtime.telemetry import get_logger

log = get_logger(__name__)
_ASK_AGAIN_S, _HARD_EXIT_S = 3.0, 4.5
STUCK_EXIT = 70
"""EX_SOFTWARE of sysexits(3): the process did not end when it was told."""


async def live(work: Coroutine[Any, Any, object], /, *, pulse: Pulse, hard_exit_s: float = _HARD_EXIT_S) -> None:
    """Run a role until it ends or SIGTERM/SIGINT asks it to, and beat meanwhile.

    A cancellation that got lost is repeated after 3 s; after ``hard_exit_s`` every stack is written to standard error
    and the process exits with STUCK_EXIT, whatever its loop does.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    beating = loop.create_task(_beat(pulse))
    told = threading.Event()

    def cancel_again() -> None:
        if not task.done():
            task.cancel()
            loop.call_later(BEAT_S, cancel_again)

    def tell() -> None:
        if not told.is_set():
            told.set()
            _exit_after(hard_exit_s, task)
            task.cancel()
            loop.call_later(min(_ASK_AGAIN_S, hard_exit_s / 2), cancel_again)

    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, tell)
    try:
        await asyncio.wait({task})
    finally:
        beating.cancel()
        task.cancel()
    if not task.cancelled():
        task.result()


def _exit_after(seconds: float, task: "asyncio.Task[Any]", /) -> None:
    """Arm a thread that ends the process hard; it dies with a process that ends in time."""

    def end() -> None:
        print("the process did not end when it was told; its stacks:", file=sys.stderr, flush=True)  # noqa: T201
        task.print_stack(file=sys.stderr)
        faulthandler.dump_traceback(sys.stderr, all_threads=True)
        os._exit(STUCK_EXIT)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


async def _beat(pulse: Pulse, /) -> None:
    while True:
        line = pulse.beat()
        if line is not None:
            say(line)
        await asyncio.sleep(BEAT_S)


def say(line: str, /) -> bool:
    """Write a line to the supervisor's pipe; dropped when nobody reads it, so that nothing waits for a supervisor."""
    output = sys.stdout.fileno()
    writable = select.poll()
    writable.register(output, select.POLLOUT)
    if not any(event & select.POLLOUT for _, event in writable.poll(0)):
        return False
    try:
        os.write(output, f"{line}\n".encode())  # below PIPE_BUF it is whole or not at all
    except OSError:
        return False
    return True
