"""One route served: gate, body, handler, reply."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from runtime.codec import MalformedMessage, decode, encode
from runtime.web.doors import BODY_WITHIN_S
from runtime.web.gate import SAFE_METHODS, Admitted, Gate, Visit
from runtime.web.guard import problem_response
from runtime.web.problems import NOT_JSON, TOO_DEEP, TOO_SLOW, Problem, malformed, wrong_parts
from runtime.web.routes import Download, Request, TypeForm, WithSession, WithStatus
from runtime.web.rows import Route
from runtime.web.site import Site
from runtime.web.walls import body_faults, too_deep
from vocabulary.people import Role


def visit_of(request: web.Request, /) -> Visit:
    """Return what the gate needs of a request."""
    return Visit(method=request.method, headers=request.headers, cookies=request.cookies)


def remote_of(request: web.Request, /, *, site: Site) -> str:
    """Return the address the request comes from, behind our own proxy if there is one."""
    return site.source(request.remote or "", forwarded=request.headers.get("X-Forwarded-For", ""))


async def body_of(request: web.Request, /, *, kind: TypeForm) -> object:
    """Return the body as a value of ``kind`` that may be stored, or the Problem it has."""
    if request.content_type != "application/json":
        return NOT_JSON
    try:
        async with asyncio.timeout(request[BODY_WITHIN_S]):
            raw = await request.read()
    except TimeoutError:
        return TOO_SLOW
    if too_deep(raw):
        return TOO_DEEP
    try:
        body: object = decode(raw, kind)
    except MalformedMessage as error:
        return malformed(error)
    faults = body_faults(body)
    return wrong_parts(faults) if faults else body


def refused_body(fault: Problem, /) -> web.Response:
    """Return the answer to a body that cannot be taken; after one that is still on its way the connection ends."""
    response = problem_response(fault)
    if fault is TOO_SLOW:
        response.force_close()
    return response


class RouteEndpoint:
    """Turns requests of one route into calls of its handler."""

    def __init__(self, route: Route, /, *, gate: Gate, site: Site, may: Mapping[Role, tuple[str, ...]]) -> None:
        self._route = route
        self._gate = gate
        self._site = site
        self._may = may

    async def handle(self, request: web.Request, /) -> web.StreamResponse:
        """Answer one request."""
        admitted = await self._gate.admit(visit_of(request), roles=self._route.roles)
        if not isinstance(admitted, Admitted):
            return problem_response(admitted)
        signature = self._route.signature
        arguments = signature.arguments(path=request.match_info, query=request.query.items())
        body: object = None
        if signature.body is not None:
            body = await body_of(request, kind=signature.body)
            if isinstance(body, Problem):
                return refused_body(body)
        asked: Request[object] = Request(
            body=body,
            signed_in=admitted.principal,
            may=self._may[admitted.principal.role] if admitted.principal is not None else (),
            token=admitted.token,
            remote=remote_of(request, site=self._site),
        )
        return self._reply(await self._route.handler(asked, **arguments))

    def _reply(self, value: object) -> web.Response:
        session = value if isinstance(value, WithSession) else None
        if isinstance(value, WithStatus):
            response = self._plain(value.body)
            response.set_status(value.status)
            return response
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
        if self._route.signature.reply is None:
            return web.Response(status=HTTPStatus.NO_CONTENT, headers=headers)
        return web.Response(body=encode(value), headers=headers, content_type="application/json", charset="utf-8")

    def _set_cookie(self, response: web.Response, *, token: str | None) -> None:
        name, secure = self._site.cookie, self._site.secure
        if token is None:
            response.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=secure)
        else:
            response.set_cookie(name, token, path="/", httponly=True, samesite="Strict", secure=secure)
