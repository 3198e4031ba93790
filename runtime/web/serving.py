"""A built application on a listening socket."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from runtime.web.app import WebApp
from vocabulary.errors import Permanent

_CLOSE_WITHIN_S = 2.0


class PortTaken(Permanent):
    """Another program listens on the wanted port."""


@asynccontextmanager
async def serve_app(app: WebApp, /, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve until the block ends; yields the bound port (``port`` 0 lets the system choose). PortTaken otherwise."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSE_WITHIN_S, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(f"Port {port} on {host} is taken by another program; stop it or choose another.") from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
