"""A built application on a listening socket."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from runtime.web.app import WebApp
from runtime.web.doors import Door, DoorLimits, Doors
from vocabulary.errors import Permanent

_CLOSE_WITHIN_S = 2.0
_LINGER_S = 2.0
"""So long what is left of a refused body is read and dropped, so that the answer arrives before the connection ends."""


class PortTaken(Permanent):
    """Another program listens on the wanted port."""


@asynccontextmanager
async def serve_app(app: WebApp, /, *, host: str, port: int, limits: DoorLimits | None = None) -> AsyncIterator[int]:
    """Serve until the block ends; yields the bound port (``port`` 0 lets the system choose). PortTaken otherwise."""
    doors = Doors(limits or DoorLimits())
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=_CLOSE_WITHIN_S, handle_signals=False, lingering_time=_LINGER_S
    )
    await runner.setup()
    listening: asyncio.Server | None = None
    try:
        listening = await _listen(_counted(runner, doors), doors, host=host, port=port)
        yield listening.sockets[0].getsockname()[1]
    finally:
        if listening is not None:
            listening.close()
        await runner.cleanup()


def _counted(runner: web.AppRunner, doors: Doors) -> web.Server:
    """Return the runner's server, whose requests keep their connection's door busy."""
    server = runner.server
    if server is None:
        message = "the runner has not been set up"
        raise LookupError(message)
    inner = server.request_handler

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        door = doors.of(request.protocol)
        if door is None:
            return await inner(request)
        with door.serving(request):
            return await inner(request)

    server.request_handler = handle
    return server


async def _listen(server: web.Server, doors: Doors, *, host: str, port: int) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(
            lambda: Door(server(), doors=doors), host, port, backlog=1024
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(f"Port {port} on {host} is taken by another program; stop it or choose another.") from None
