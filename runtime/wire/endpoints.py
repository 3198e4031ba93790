"""The two ends of a wire: one listens on a Unix socket, the other connects; connecting again is the caller's loop."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from runtime.background import background
from runtime.boundary import Done, outcome
from runtime.failures import NoAnswer
from runtime.telemetry import get_logger
from runtime.wire.connection import DEADLINE, Handlers, Wire
from vocabulary.errors import Permanent

log = get_logger(__name__)
_PATH_LIMIT = 107
_CONNECTIONS = 64


@asynccontextmanager
async def connect_wire(
    path: Path | str,
    /,
    *,
    handlers: Handlers | None = None,
    on_audio: Callable[[bytes], None] | None = None,
    timeout: timedelta = DEADLINE,
) -> AsyncIterator[Wire]:
    """Connect to a listening socket for the length of the block; NoAnswer when nobody listens there.

    The block goes on when the other side closes: await ``wire.wait_closed()`` beside other work to notice.
    """
    try:
        async with asyncio.timeout(timeout.total_seconds()):
            reader, writer = await asyncio.open_unix_connection(str(path))
    except (OSError, TimeoutError) as error:
        raise NoAnswer(f"nobody answers on {path}: {error}") from None
    wire = Wire(reader, writer, handlers=handlers or {})
    if on_audio is not None:
        wire.hear(on_audio)
    async with background(wire.run()):
        try:
            yield wire
        finally:
            wire.close()


class WireServer:
    """A listening end: its live ``wires`` and how many ``malformed`` frames and bodies it has seen."""

    def __init__(self, *, handlers: Handlers, on_connect: Callable[[Wire], Awaitable[None]] | None) -> None:
        """Serve ``handlers`` on every connection.

        ``on_connect`` is awaited before anything is read: it may notify and ``handle``, but not request.
        """
        self._handlers, self._on_connect = handlers, on_connect
        self._malformed = 0
        self.wires: dict[Wire, None] = {}
        """The live ones, oldest first."""

    @property
    def malformed(self) -> int:
        """Malformed frames and bodies since the start."""
        return self._malformed + sum(wire.malformed for wire in self.wires)

    async def _greet(self, wire: Wire, /) -> None:
        if self._on_connect is not None:
            await self._on_connect(wire)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, /) -> None:
        """Serve one connection to its end. When there are too many, the oldest that has said nothing is closed."""
        if len(self.wires) >= _CONNECTIONS:
            log.warning("too many connections, one was closed", connections=len(self.wires))
            silent = next((wire for wire in self.wires if not wire.spoken and not wire.closed), None)
            if silent is None:
                writer.close()
                return
            silent.close()
        wire = Wire(reader, writer, handlers=self._handlers)
        self.wires[wire] = None
        try:
            greeted = await outcome(self._greet(wire), of="on_connect")
            if isinstance(greeted, Done):
                await wire.run()
        finally:
            wire.close()
            self.wires.pop(wire, None)
            self._malformed += wire.malformed


def _remove_stale(place: Path, /) -> None:
    if place.exists() and stat.S_ISSOCK(place.stat().st_mode):
        place.unlink()


@asynccontextmanager
async def listen_wire(
    path: Path | str, /, *, handlers: Handlers, on_connect: Callable[[Wire], Awaitable[None]] | None = None
) -> AsyncIterator[WireServer]:
    """Listen on a Unix socket (mode 0600) for the length of the block; a stale socket file is replaced."""
    place = Path(path)
    if len(str(place).encode()) > _PATH_LIMIT:
        raise Permanent(f"the socket path {place} is longer than {_PATH_LIMIT} bytes; choose a shorter run folder")
    _remove_stale(place)
    served = WireServer(handlers=handlers, on_connect=on_connect)

    async def live() -> None:
        async with asyncio.TaskGroup() as group:

            def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, /) -> None:
                group.create_task(served.serve(reader, writer))

            server = await asyncio.start_unix_server(accept, str(place))
            os.chmod(place, 0o600)  # noqa: PTH101  one system call; nothing to wait for
            bound.set()
            try:
                await asyncio.Event().wait()
            finally:
                server.close()
                _remove_stale(place)

    bound = asyncio.Event()
    async with background(live()):
        await bound.wait()
        yield served
