"""WebSockets: the aiohttp side of the ``Socket`` protocol."""

import asyncio
from collections.abc import Mapping

from aiohttp import WSMsgType, web
from aiohttp.client_exceptions import ClientConnectionResetError

from runtime.web.exchange import remote_of, visit_of
from runtime.web.gate import Admitted, Gate
from runtime.web.guard import problem_response
from runtime.web.routes import WebSocketRoute
from runtime.web.site import Site
from vocabulary.errors import Transient

SEND_DEADLINE_S = 10.0
LONGEST_MESSAGE = 64 * 1024


class SocketGone(Transient):
    """The other side closed the socket or reads too slowly."""


class OpenSocket:
    """A ``Socket`` over aiohttp."""

    def __init__(self, response: web.WebSocketResponse, /, *, query: Mapping[str, str], remote: str) -> None:
        self._response = response
        self.query: Mapping[str, str] = query
        self.remote = remote

    async def send(self, text: str, /) -> None:
        """Send one text message within 10 s; SocketGone otherwise."""
        if self._response.closed:
            raise SocketGone("the page closed its socket")
        try:
            async with asyncio.timeout(SEND_DEADLINE_S):
                await self._response.send_str(text)
        except TimeoutError:
            raise SocketGone("the page does not read its socket") from None
        except (ConnectionError, ClientConnectionResetError):
            raise SocketGone("the page closed its socket") from None

    async def receive(self) -> str | None:
        """Return the next text message, None when closed; a binary message closes with 1003 (RFC 6455 7.4.1)."""
        message = await self._response.receive()
        if message.type is WSMsgType.TEXT:
            return str(message.data)
        if message.type is WSMsgType.BINARY:
            await self._response.close(code=1003, message=b"text only")
        return None

    async def close(self, *, code: int = 1000, reason: str = "") -> None:
        """Close with a status code."""
        await self._response.close(code=code, message=reason.encode()[:120])


class SocketEndpoint:
    """Opens sockets of one route."""

    def __init__(self, route: WebSocketRoute, /, *, gate: Gate, site: Site) -> None:
        self._route = route
        self._gate = gate
        self._site = site

    async def handle(self, request: web.Request, /) -> web.StreamResponse:
        """Admit, upgrade, run the handler, close."""
        admitted = await self._gate.admit_socket(visit_of(request), roles=self._route.roles)
        if not isinstance(admitted, Admitted):
            return problem_response(admitted)
        response = web.WebSocketResponse(heartbeat=self._route.heartbeat_s, max_msg_size=LONGEST_MESSAGE)
        await response.prepare(request)
        socket = OpenSocket(response, query=dict(request.query), remote=remote_of(request, site=self._site))
        try:
            await self._route.handler(socket, admitted.principal)
        except SocketGone:
            return response
        finally:
            await response.close()
        return response
