"""A file for each live call with the fact that ends it, so that a successor can tell of it after a kill."""

import asyncio
from pathlib import Path
from uuid import UUID

from runtime.codec import MalformedMessage, decode_event, encode_event
from runtime.telemetry import get_logger
from runtime.workers import Workers
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import CallId

log = get_logger(__name__)
_PENDING = 2000


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def _read_all(folder: Path) -> dict[CallId, bytes]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {CallId(UUID(path.stem)): path.read_bytes() for path in folder.glob("*.json") if len(path.stem) == 36}


class Journal:
    """Writes in order, in a thread; a write that cannot be queued or done is logged and given up."""

    def __init__(self, folder: Path, /, *, workers: Workers) -> None:
        """Keep files in ``folder``, which is made."""
        self._folder, self._workers = folder, workers
        self._queue: asyncio.Queue[tuple[CallId, bytes | None]] = asyncio.Queue(_PENDING)

    async def read(self) -> dict[CallId, CallEnded]:
        """Return what a former switch left, by call; files that cannot be read are logged and left."""
        found: dict[CallId, CallEnded] = {}
        for call, data in (await self._workers.run(_read_all, self._folder)).items():
            try:
                event = decode_event(data)
            except MalformedMessage as error:
                log.warning("a journal file cannot be read", call=call, reason=str(error))
                continue
            if isinstance(event, CallEnded):
                found[call] = event
        return found

    def write(self, end: CallEnded, /) -> None:
        """Keep how the call ended, or would end with us."""
        self._put(end.call, encode_event(end))

    def remove(self, call: CallId, /) -> None:
        """The end of the call is stored elsewhere."""
        self._put(call, None)

    def _put(self, call: CallId, data: bytes | None) -> None:
        if self._queue.full():
            log.error("the journal is too slow, an entry was not written", call=call)
            return
        self._queue.put_nowait((call, data))

    async def run(self) -> None:
        """Write for ever; cancel it at the end of the process."""
        while True:
            call, data = await self._queue.get()
            path = self._folder / f"{call}.json"
            try:
                if data is None:
                    await self._workers.run(path.unlink, True)
                else:
                    await self._workers.run(_write, path, data)
            except OSError as error:
                log.exception("the journal cannot be written", call=call, reason=str(error))
