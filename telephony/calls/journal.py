"""What a successor must know after a kill: for each live call the fact that ends it, and who sits where."""

import asyncio
from pathlib import Path
from uuid import UUID

from runtime.codec import MalformedMessage, decode, decode_event, encode, encode_event
from runtime.telemetry import get_logger
from runtime.unusable import set_aside
from runtime.workers import Workers
from telephony.acd.sitting import SeatedAgent
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import CallId

log = get_logger(__name__)
_PENDING = 2000
_SEATS = "seats.json"


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def _read_all(folder: Path) -> dict[CallId, CallEnded]:
    """Return the ends of calls; what is none is set aside under ``*.refused`` and never read again."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found: dict[CallId, CallEnded] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name == _SEATS:
            continue
        try:
            call, event = CallId(UUID(path.stem)), decode_event(path.read_bytes())
        except (ValueError, OSError, MalformedMessage) as error:
            set_aside(path, what="what a switch left of a call", reason=str(error))
            continue
        if isinstance(event, CallEnded):
            found[call] = event
    return found


class Journal:
    """Writes in order, in a thread; a write that cannot be queued or done is logged and given up."""

    def __init__(self, folder: Path, /, *, workers: Workers) -> None:
        """Keep files in ``folder``, which is made."""
        self._folder, self._workers = folder, workers
        self._queue: asyncio.Queue[tuple[str, bytes | None]] = asyncio.Queue(_PENDING)

    async def read(self) -> dict[CallId, CallEnded]:
        """Return what a former switch left, by call; a file that cannot be read is set aside with a warning."""
        return await self._workers.run(_read_all, self._folder)

    def write(self, end: CallEnded, /) -> None:
        """Keep how the call ended, or would end with us."""
        self._put(f"{end.call}.json", encode_event(end))

    def remove(self, call: CallId, /) -> None:
        """The end of the call is stored elsewhere."""
        self._put(f"{call}.json", None)

    def write_seats(self, seats: tuple[SeatedAgent, ...], /) -> None:
        """Keep who sits where."""
        self._put(_SEATS, encode(seats))

    async def read_seats(self) -> tuple[SeatedAgent, ...]:
        """Return who sat where; nobody when that cannot be read."""
        path = self._folder / _SEATS
        try:
            return decode(await self._workers.run(path.read_bytes), tuple[SeatedAgent, ...])
        except FileNotFoundError:
            return ()
        except (MalformedMessage, OSError) as error:
            log.warning("the list of seats cannot be read", reason=str(error))
            return ()

    def _put(self, name: str, data: bytes | None) -> None:
        if self._queue.full():
            log.error("the journal is too slow, an entry was not written", file=name)
            return
        self._queue.put_nowait((name, data))

    async def run(self) -> None:
        """Write for ever; cancel it at the end of the process."""
        while True:
            name, data = await self._queue.get()
            path = self._folder / name
            try:
                if data is None:
                    await self._workers.run(path.unlink, True)
                else:
                    await self._workers.run(_write, path, data)
            except OSError as error:
                log.exception("the journal cannot be written", file=name, reason=str(error))
