"""Routes become an aiohttp application: who asks, may they, what did they send, what do we answer."""

import re
from collections.abc import Sequence
from typing import NewType

from aiohttp import web

from runtime.web.exchange import RouteEndpoint
from runtime.web.gate import Gate
from runtime.web.guard import framed
from runtime.web.openapi import openapi
from runtime.web.roles import permits
from runtime.web.routes import (
    BODY_LIMIT,
    PUBLIC,
    ApiInfo,
    Request,
    Sessions,
    StaticFolder,
    WebSocketRoute,
)
from runtime.web.rows import Route, get
from runtime.web.site import Site
from runtime.web.sockets import SocketEndpoint
from runtime.web.statics import StaticEndpoint
from vocabulary.people import Role

WebApp = NewType("WebApp", web.Application)
"""A built application; only ``serve_app`` takes it."""
DOCUMENT_PATH = "/api/openapi.json"
_PART = re.compile(r"\{([a-z_]+)\}")


def build_app(
    routes: Sequence[Route],
    /,
    *,
    sessions: Sessions,
    info: ApiInfo,
    sockets: Sequence[WebSocketRoute] = (),
    statics: Sequence[StaticFolder] = (),
    site: Site = Site(),  # noqa: B008 - a frozen value
) -> WebApp:
    """Return the application of ``site``. Two rows of one address: ValueError."""
    _refuse_twins(routes)
    app = web.Application(middlewares=[framed(site)], client_max_size=BODY_LIMIT)
    gate = Gate(sessions, site=site)
    document = openapi(routes, info=info, sockets=sockets)

    async def describe(request: Request[None]) -> dict[str, object]:  # noqa: ARG001 - a handler takes a request
        return document

    described = get(DOCUMENT_PATH, describe, PUBLIC, "This document")
    may = {role: _open_to(role, routes) for role in Role}
    for route in (*routes, described):
        endpoint = RouteEndpoint(route, gate=gate, site=site, may=may)
        app.router.add_route(route.method, route.path, endpoint.handle)
    for socket in sockets:
        app.router.add_get(socket.path, SocketEndpoint(socket, gate=gate, site=site).handle)
    for folder in sorted(statics, key=lambda one: -len(one.prefix)):
        app.router.add_get(folder.prefix.rstrip("/") + r"/{tail:(?!api/).*}", StaticEndpoint(folder).handle)
    return WebApp(app)


def _open_to(role: Role, routes: Sequence[Route]) -> tuple[str, ...]:
    return tuple(f"{one.method} {one.path}" for one in routes if permits(one.roles, role=role))


def _refuse_twins(routes: Sequence[Route]) -> None:
    seen: set[tuple[str, str]] = set()
    for route in routes:
        key = (route.method, _PART.sub("{}", route.path))
        if key in seen:
            message = f"two routes claim {route.method} {route.path}"
            raise ValueError(message)
        seen.add(key)
