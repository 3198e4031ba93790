"""WebSockets: the aiohttp side of the ``Socket`` protocol."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping
from contextlib import suppress

from aiohttp import WSMsgType, web
from aiohttp.client_exceptions import ClientConnectionResetError

from runtime.web.exchange import remote_of, visit_of
from runtime.web.gate import Admitted, Gate
from runtime.web.guard import problem_response
from runtime.web.problems import TOO_MANY_SOCKETS
from runtime.web.routes import WebSocketRoute
from runtime.web.site import Site
from vocabulary.errors import Transient
from vocabulary.ids import AccountId

SEND_DEADLINE_S = 10.0
LONGEST_MESSAGE = 64 * 1024
SESSION_ENDED = 4401
"""Close code of a socket whose session is over."""
MOST_OF_ONE_ACCOUNT = 16


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
        with suppress(ConnectionError, ClientConnectionResetError):  # the page was gone already
            await self._response.close(code=code, message=reason.encode()[:120])


class SocketEndpoint:
    """Opens sockets of one route."""

    def __init__(self, route: WebSocketRoute, /, *, gate: Gate, site: Site) -> None:
        self._route = route
        self._gate = gate
        self._site = site
        self._open: Counter[AccountId | None] = Counter()

    async def handle(self, request: web.Request, /) -> web.StreamResponse:
        """Admit, upgrade, run the handler, close."""
        admitted = await self._gate.admit_socket(visit_of(request), roles=self._route.roles)
        if not isinstance(admitted, Admitted):
            return problem_response(admitted)
        key = admitted.principal.account if admitted.principal else None
        if self._open[key] >= MOST_OF_ONE_ACCOUNT:
            return problem_response(TOO_MANY_SOCKETS)
        response = web.WebSocketResponse(heartbeat=self._route.heartbeat_s, max_msg_size=LONGEST_MESSAGE)
        await response.prepare(request)
        socket = OpenSocket(response, query=dict(request.query), remote=remote_of(request, site=self._site))
        self._open[key] += 1
        try:
            await self._serve(socket, admitted)
        except* SocketGone:
            pass  # the page is away: there is nobody to tell
        finally:
            self._open[key] -= 1
            self._open += Counter()  # drops those at nought
            await response.close()
        return response

    async def _serve(self, socket: OpenSocket, admitted: Admitted) -> None:
        """Run the handler until it ends or the session is over."""
        async with asyncio.TaskGroup() as tasks:
            handler = tasks.create_task(_ran(self._route.handler(socket, admitted.principal)))
            over = tasks.create_task(self._gate.ended(admitted))
            await asyncio.wait({handler, over}, return_when=asyncio.FIRST_COMPLETED)
            ended = not handler.done()
            handler.cancel()
            over.cancel()
        if ended:
            await socket.close(code=SESSION_ENDED, reason="登录已失效")


async def _ran(work: Awaitable[None]) -> None:
    await work
