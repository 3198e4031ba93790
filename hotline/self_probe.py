"""The desk asks its own port each second, as a browser would: a web server that does not answer is as good as dead."""

import asyncio

from runtime.supervision import Pulse

_EVERY_S, _WITHIN_S = 1.0, 2.0
_QUESTION = b"GET /robots.txt HTTP/1.0\r\nHost: localhost\r\n\r\n"


async def answer_oneself(pulse: Pulse, /, *, host: str, port: int) -> None:
    """Advance ``pulse`` with every answer, until cancelled. Any answer will do, a refusal or a closed door included."""
    where = "127.0.0.1" if host == "0.0.0.0" else host
    while True:
        try:
            async with asyncio.timeout(_WITHIN_S):
                await _ask(where, port)
        except (OSError, TimeoutError):
            await asyncio.sleep(_EVERY_S)
            continue
        pulse.advance()
        await asyncio.sleep(_EVERY_S)


async def _ask(host: str, port: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(_QUESTION)
        await reader.read(64)
    finally:
        writer.close()
