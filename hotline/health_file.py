"""``health.json`` in the run folder: the supervisor writes it each second, the desk and ``hotline status`` read it."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from hotline.host_health import HostHealth, Part, Restarts, changes, disk_part, host_health
from hotline.process_configs import write_private
from runtime.clock import SystemClock
from runtime.codec import MalformedMessage, decode
from runtime.supervision import ChildStatus
from runtime.telemetry import get_logger

log = get_logger(__name__)
_EVERY_S = 1.0


def read_health(file: Path, /) -> HostHealth | None:
    """Return what the supervisor wrote last, None when there is nothing to read."""
    try:
        return decode(file.read_bytes(), HostHealth)
    except (OSError, MalformedMessage):
        return None


async def keep_health(
    file: Path,
    /,
    *,
    states: Callable[[], Mapping[str, ChildStatus]],
    folders: Mapping[str, Path],
    say: Callable[[Part], None],
    own: Callable[[], Iterable[Part]] = tuple,
) -> None:
    """Write the health of this host each second until cancelled, and ``say`` each part that changes.

    ``own`` gives what the supervisor does itself. A child that starts for the first time is no news.
    """
    known = {disk_part(name) for name in folders}
    restarts, last, clock = Restarts(), None, SystemClock()
    while True:
        health = host_health(states(), restarts=restarts, free=_free(folders), at=clock.now(), now=time.monotonic())
        health = replace(health, parts=(*health.parts, *own()))
        for part in changes(last, health):
            if part.name in known:
                say(part)
        known |= {part.name for part in health.parts if part.ok}
        last = health
        _write(file, health)
        await asyncio.sleep(_EVERY_S)


def _free(folders: Mapping[str, Path], /) -> dict[str, int]:
    found = {}
    for name, folder in folders.items():
        try:
            found[name] = shutil.disk_usage(folder).free
        except OSError:
            found[name] = 0
    return found


def _write(file: Path, health: HostHealth, /) -> None:
    draft = file.with_suffix(".new")
    try:
        write_private(draft, health)
        draft.replace(file)
    except OSError as error:
        log.warning("the state of the house cannot be written", reason=str(error))
