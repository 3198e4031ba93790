"""A TCP road to a server that a test can close and open again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Road:
    """Carries bytes both ways while ``open``; closing cuts what is under way and refuses what comes."""

    def __init__(self, *, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open = True
        self._writers: set[asyncio.StreamWriter] = set()

    def close(self) -> None:
        self._open = False
        for writer in self._writers:
            writer.transport.abort()

    def open(self) -> None:
        self._open = True

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        ends = {writer, far_writer}
        self._writers |= ends
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._writers -= ends


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.transport.abort()


@asynccontextmanager
async def road_to(url: str) -> AsyncIterator[tuple[Road, str]]:
    """Yield a road to the database of ``url`` and the URL that leads over it."""
    parts = urlsplit(url)
    road = Road(host=parts.hostname or "", port=parts.port or 0)
    server = await asyncio.start_server(road.carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield road, url.replace(f":{parts.port}/", f":{port}/")
    finally:
        server.close()
        road.close()
