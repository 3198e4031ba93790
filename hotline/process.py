"""``python -m hotline.process ROLE FILE [LOG]``: the entry of every child process."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from runtime.codec import decode
from runtime.telemetry import configure_logging
from vocabulary.errors import HotlineError

Run = Coroutine[Any, Any, None]
Role = Callable[[bytes], Run]


def _switch(data: bytes) -> Run:
    from telephony import SwitchConfig, run_switch  # noqa: PLC0415 - a process loads its own room only

    return run_switch(decode(data, SwitchConfig))


def _media(data: bytes) -> Run:
    from telephony import MediaConfig, run_media  # noqa: PLC0415

    return run_media(decode(data, MediaConfig))


def _recogniser(data: bytes) -> Run:
    from asr import RecogniserConfig, run_recogniser  # noqa: PLC0415

    return run_recogniser(decode(data, RecogniserConfig))


def _desk(data: bytes) -> Run:
    from hotline.desk_process import run_desk  # noqa: PLC0415
    from hotline.process_configs import DeskProcess  # noqa: PLC0415

    return run_desk(decode(data, DeskProcess))


def _database(data: bytes) -> Run:
    from hotline.database_process import run_database  # noqa: PLC0415
    from hotline.process_configs import DatabaseProcess  # noqa: PLC0415

    return run_database(decode(data, DatabaseProcess))


def _test_calls(data: bytes) -> Run:
    from telephony import testcalls  # noqa: PLC0415

    return testcalls.run_test_calls(decode(data, testcalls.TestCallsConfig))


def _agent(data: bytes) -> Run:
    from hotline.demo.agent import AgentConfig, run_simulated_agent  # noqa: PLC0415

    return run_simulated_agent(decode(data, AgentConfig))


def _unit(data: bytes) -> Run:
    from hotline.demo.unit import UnitConfig, run_simulated_units  # noqa: PLC0415

    return run_simulated_units(decode(data, UnitConfig))


ROLES: dict[str, Role] = {
    "switch": _switch,
    "media": _media,
    "recogniser": _recogniser,
    "desk": _desk,
    "database": _database,
    "test-calls": _test_calls,
    "agent": _agent,
    "unit": _unit,
}
ON_UVLOOP = {"switch", "media", "desk"}


async def _until_told(work: Awaitable[None]) -> None:
    """Run a role until it ends or SIGTERM/SIGINT asks it to."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _log_to(file: Path) -> None:
    """Send what the process and its engines say on standard error to a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def main() -> int:
    """Run a role; a foreseen failure is one sentence and exit code 1."""
    role, file = sys.argv[1], Path(sys.argv[2])
    if len(sys.argv) > 3:
        _log_to(Path(sys.argv[3]))
    configure_logging(process=role, json=True)
    work = _until_told(ROLES[role](file.read_bytes()))
    try:
        if role in ON_UVLOOP:
            import uvloop  # noqa: PLC0415 - Linux and macOS only, and only here

            uvloop.run(work)
        else:
            asyncio.run(work)
    except HotlineError as error:
        print(f"{role}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
