"""One route served: gate, body, handler, reply."""

from http import HTTPStatus

from aiohttp import web

from runtime.codec import MalformedMessage, decode, encode
from runtime.web.gate import SAFE_METHODS, Admitted, Gate, Visit
from runtime.web.guard import problem_response
from runtime.web.problems import NOT_JSON, NUL_CHARACTER, malformed
from runtime.web.routes import SESSION_COOKIE, Download, Request, Route, WithSession


def visit_of(request: web.Request, /) -> Visit:
    """Return what the gate needs of a request."""
    return Visit(method=request.method, headers=request.headers, cookies=request.cookies)


def remote_of(request: web.Request, /) -> str:
    """Return the address of the other side as the socket has it."""
    return request.remote or ""


class RouteEndpoint:
    """Turns requests of one route into calls of its handler."""

    def __init__(self, route: Route, /, *, gate: Gate, secure_cookies: bool) -> None:
        self._route = route
        self._gate = gate
        self._secure = secure_cookies

    async def handle(self, request: web.Request, /) -> web.StreamResponse:
        """Answer one request."""
        admitted = await self._gate.admit(visit_of(request), roles=self._route.roles)
        if not isinstance(admitted, Admitted):
            return problem_response(admitted)
        body: object = None
        if self._route.request is not None:
            if request.content_type != "application/json":
                return problem_response(NOT_JSON)
            raw = await request.read()
            if rb"\u0000" in raw:
                return problem_response(NUL_CHARACTER)
            try:
                body = decode(raw, self._route.request)
            except MalformedMessage as error:
                return problem_response(malformed(error))
        asked: Request[object] = Request(
            body=body,
            path=dict(request.match_info),
            query=dict(request.query),
            signed_in=admitted.principal,
            token=admitted.token,
            remote=remote_of(request),
        )
        return self._reply(await self._route.handler(asked))

    def _reply(self, value: object) -> web.Response:
        session = value if isinstance(value, WithSession) else None
        response = self._plain(session.body if session else value)
        if session is not None:
            self._set_cookie(response, token=session.token)
        return response

    def _plain(self, value: object) -> web.Response:
        if isinstance(value, Download):
            headers = {"Cache-Control": "no-store", "Content-Type": value.content_type}
            if value.filename is not None:
                safe = value.filename.replace('"', "").replace("\r", "").replace("\n", "")
                headers["Content-Disposition"] = f'attachment; filename="{safe}"'
            return web.Response(body=value.body, headers=headers)
        headers = {"Cache-Control": "no-store"} if self._route.method in SAFE_METHODS else {}
        if self._route.reply is None:
            return web.Response(status=HTTPStatus.NO_CONTENT, headers=headers)
        return web.Response(body=encode(value), headers=headers, content_type="application/json", charset="utf-8")

    def _set_cookie(self, response: web.Response, *, token: str | None) -> None:
        if token is None:
            response.del_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="Strict", secure=self._secure)
        else:
            response.set_cookie(SESSION_COOKIE, token, path="/", httponly=True, samesite="Strict", secure=self._secure)
