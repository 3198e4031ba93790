"""``python -m hotline.process ROLE FILE [LOG]``: the entry of every child process."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from hotline.log_file import keep_bounded, log_to
from hotline.places import PRIVATE
from runtime.background import background
from runtime.codec import decode
from runtime.failures import foreseen_in
from runtime.metrics import file_of, keep_written
from runtime.supervision import PERMANENT_EXIT, Pulse, failed_line, live, say
from runtime.telemetry import configure_logging
from vocabulary.errors import HotlineError, Permanent

Run = Coroutine[Any, Any, None]
ProcessRole = Callable[[bytes, Pulse], Run]


def _switch(data: bytes, pulse: Pulse) -> Run:
    from telephony import SwitchConfig, run_switch  # noqa: PLC0415 - a process loads its own room only

    return run_switch(decode(data, SwitchConfig), pulse=pulse)


def _media(data: bytes, pulse: Pulse) -> Run:
    from telephony import MediaConfig, run_media  # noqa: PLC0415

    return run_media(decode(data, MediaConfig), pulse=pulse)


def _recogniser(data: bytes, pulse: Pulse) -> Run:
    del pulse  # its loop is all that is asked
    from asr import RecogniserConfig, run_recogniser  # noqa: PLC0415

    return run_recogniser(decode(data, RecogniserConfig))


def _desk(data: bytes, pulse: Pulse) -> Run:
    from hotline.desk_process import run_desk  # noqa: PLC0415
    from hotline.process_configs import DeskProcess  # noqa: PLC0415

    return run_desk(decode(data, DeskProcess), pulse=pulse)


def _database(data: bytes, pulse: Pulse) -> Run:
    del pulse  # it watches the server itself
    from hotline.database_process import run_database  # noqa: PLC0415
    from hotline.process_configs import DatabaseProcess  # noqa: PLC0415

    return run_database(decode(data, DatabaseProcess))


def _test_calls(data: bytes, pulse: Pulse) -> Run:
    del pulse  # its loop is all that is asked
    from telephony import testcalls  # noqa: PLC0415

    return testcalls.run_test_calls(decode(data, testcalls.TestCallsConfig))


def _agent(data: bytes, pulse: Pulse) -> Run:
    del pulse  # its loop is all that is asked
    from simulation.agent import AgentConfig, run_simulated_agent  # noqa: PLC0415

    return run_simulated_agent(decode(data, AgentConfig))


def _unit(data: bytes, pulse: Pulse) -> Run:
    del pulse  # its loop is all that is asked
    from simulation.unit import UnitConfig, run_simulated_units  # noqa: PLC0415

    return run_simulated_units(decode(data, UnitConfig))


ROLES: dict[str, ProcessRole] = {
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


async def _observed(work: Run, *, log: Path | None, metrics: Path | None) -> None:
    """Do the work of a role beside its log file, which stays bounded, and the file of what it measures."""
    beside = ((keep_bounded(log),) if log else ()) + ((keep_written(metrics),) if metrics else ())
    async with background(*beside):
        await work


def run_role(role: str, file: Path, log_file: Path | None, /, *, roles: Mapping[str, ProcessRole] = ROLES) -> int:
    """Run a role with the settings in ``file`` and return its exit code: 0, or 78 (EX_CONFIG) for what will not pass.

    A foreseen failure is one sentence; a permanent one is told to the supervisor. What may pass is 1. What nobody
    foresaw is raised.
    """
    try:
        if log_file:
            log_to(log_file)
        configure_logging(process=role, json=True)
        pulse = Pulse()
        metrics = file_of(file.parent, process=file.stem)
        observed = _observed(roles[role](file.read_bytes(), pulse), log=log_file, metrics=metrics)
        work = live(observed, pulse=pulse)
        if role in ON_UVLOOP:
            import uvloop  # noqa: PLC0415 - Linux and macOS only, and only here

            uvloop.run(work)
        else:
            asyncio.run(work)
    except (HotlineError, OSError, BaseExceptionGroup) as error:
        foreseen = foreseen_in(error)
        if foreseen is None:
            raise
        print(f"{role}: {foreseen}", file=sys.stderr, flush=True)
        if isinstance(foreseen, Permanent):
            say(failed_line(str(foreseen)))
            return PERMANENT_EXIT
        return 1
    return 0


def main() -> int:
    """Run the role that the command line names."""
    os.umask(PRIVATE)
    role, file = sys.argv[1], Path(sys.argv[2])
    return run_role(role, file, Path(sys.argv[3]) if len(sys.argv) > 3 else None)


if __name__ == "__main__":
    sys.exit(main())
