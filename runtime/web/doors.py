"""Connections of the web server: how many stay open, of one source and in all, and how long one may say nothing whole.

aiohttp waits for a request for ever. Here a connection on which no request is complete is closed in time, and makes
room when a new one comes and all places are taken: half requests, however many, keep nobody out.
"""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp.web import BaseRequest, RequestHandler, RequestKey

from runtime.telemetry import get_logger

log = get_logger(__name__)
BODY_WITHIN_S = RequestKey("body_within_s", float)
"""Under this key a request carries how many seconds its body may take."""
_SAY_EVERY_S = 10.0
_HEAD_END = b"\r\n\r\n"


def _half_of_descriptors() -> int:
    """Leave the other half of what the system gives us to the database, files and the bus."""
    return min(2000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLimits:
    """``request_s`` to send a request's head, ``body_s`` its body, ``idle_s`` to take an answer and ask again.

    One source gets half.
    ``proxies`` speak for many and are bounded only by ``most``.
    """

    most: int = field(default_factory=_half_of_descriptors)
    request_s: float = 10.0
    body_s: float = 30.0
    idle_s: float = 75.0
    proxies: frozenset[str] = frozenset()


class _Sent:
    """What has come since the last answer: whether it is the answered request and no more, or another one is begun."""

    def __init__(self) -> None:
        self._last = b""
        self._after_head: int | None = None

    def take(self, data: bytes, /) -> None:
        """Note octets as they come; only the last four are kept."""
        if self._after_head is not None:
            self._after_head += len(data)
        elif (at := (joined := self._last + data).find(_HEAD_END)) >= 0:
            self._after_head = len(joined) - at - len(_HEAD_END)
        self._last = (self._last + data[-4:])[-4:]

    def is_all_of(self, request: BaseRequest, /) -> bool:
        """Tell whether nothing came behind an answered request, and begin anew; in doubt something did."""
        length = request.content_length
        whole = self._after_head == length if length else self._last == _HEAD_END
        self._after_head, self._last = None, b""
        return whole


class Door(asyncio.Protocol):
    """One connection: stands before aiohttp's protocol and closes it when no whole request comes."""

    def __init__(self, handler: RequestHandler, /, *, doors: "Doors") -> None:
        self.source = ""
        self.busy = 0
        self._handler = handler
        self._doors = doors
        self._transport: asyncio.BaseTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._begun = False
        self._sent = _Sent()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the connection in, or cut it."""
        self._transport = transport
        self.source = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._doors.admit(self, handler=self._handler):
            _cut(transport)
            return
        self._handler.connection_made(transport)
        self._wait(begun=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop()
        self._doors.forget(self, handler=self._handler)
        self._handler.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass octets on; the first after an answer begin a request, which must be whole in time."""
        if not self.busy and not self._begun:
            self._wait(begun=True)
        self._sent.take(data)
        self._handler.data_received(data)

    def eof_received(self) -> None:
        """Pass the end on."""
        self._handler.eof_received()

    def pause_writing(self) -> None:
        """Pass it on."""
        self._handler.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._handler.resume_writing()

    @contextmanager
    def serving(self, request: BaseRequest, /) -> Iterator[None]:
        """While a handler works on a request whose head is whole nothing runs out but its body's time.

        Octets that came behind the request begin another one, which must be whole in time as any other.
        """
        request[BODY_WITHIN_S] = self._doors.limits.body_s
        self.busy += 1
        self._stop()
        try:
            yield
        finally:
            self.busy -= 1
            self._wait(begun=not self._sent.is_all_of(request))

    def cut(self) -> None:
        """Close at once."""
        self._stop()
        self._doors.forget(self, handler=self._handler)
        if self._transport is not None:
            _cut(self._transport)

    def _wait(self, *, begun: bool) -> None:
        self._stop()
        self._begun = begun
        limits = self._doors.limits
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(limits.request_s if begun else limits.idle_s, self._late)

    def _late(self) -> None:
        if self._begun:
            self._doors.say("a connection sent no whole request in time", source=self.source)
        self.cut()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Doors:
    """All connections of a server."""

    def __init__(self, limits: DoorLimits, /) -> None:
        self.limits = limits
        self._open: dict[RequestHandler, Door] = {}
        self._said_s, self._unsaid = float("-inf"), 0

    def of(self, handler: object, /) -> Door | None:
        """Return the door of a request's protocol."""
        return self._open.get(handler) if isinstance(handler, RequestHandler) else None

    def admit(self, door: Door, /, *, handler: RequestHandler) -> bool:
        """Take a connection in, in place of the oldest waiting one if need be; False when all are at work."""
        own = [one for one in self._open.values() if one.source == door.source]
        share = self.limits.most // 2 if door.source not in self.limits.proxies else self.limits.most
        full = own if len(own) >= share else list(self._open.values()) if len(self._open) >= self.limits.most else []
        if full:
            self.say("all places for connections are taken", source=door.source)
            waiting = next((one for one in full if not one.busy), None)
            if waiting is None:
                return False
            waiting.cut()
        self._open[handler] = door
        return True

    def forget(self, door: Door, /, *, handler: RequestHandler) -> None:
        """Take a connection out."""
        if self._open.get(handler) is door:
            del self._open[handler]

    def say(self, what: str, /, *, source: str) -> None:
        """Log at most one line in ten seconds, with how many were left unsaid."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._said_s < _SAY_EVERY_S:
            self._unsaid += 1
            return
        log.warning("web connections", what=what, source=source, unsaid=self._unsaid)
        self._said_s, self._unsaid = now_s, 0


def _cut(transport: asyncio.BaseTransport) -> None:
    if isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "abort"):
        transport.abort()
