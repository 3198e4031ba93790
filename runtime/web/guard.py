"""What every answer carries, and the last net under a handler."""

import secrets
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Middleware

from runtime.codec import encode
from runtime.metrics import counter, histogram
from runtime.telemetry import get_logger
from runtime.web.problems import (
    NO_SUCH_PATH,
    TARGET_TOO_LONG,
    TOO_LARGE,
    UNREADABLE,
    WRONG_HOST,
    Problem,
    internal,
    method_not_allowed,
    reply_for,
    wrong_parts,
)
from runtime.web.site import Site
from runtime.web.walls import TARGET_LONGEST, part_faults, target_fault
from vocabulary.errors import HotlineError

log = get_logger(__name__)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}
"""``style-src`` allows inline styles because ECharts sets them."""
ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}
"""For a year (RFC 6797), where people come over HTTPS."""

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
_OUR_FAULT = 500
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUESTS = counter("hotline_http_requests", "Answers of the desk", "method", "route", "status")
_SECONDS = histogram(
    "hotline_http_request_seconds", "Time to an answer", "method", "route", buckets_s=(0.01, 0.05, 0.1, 0.3, 1, 3, 10)
)


def problem_response(problem: Problem, /, *, headers: dict[str, str] | None = None) -> web.Response:
    """Return the application/problem+json answer."""
    body = {"type": problem.type, "title": problem.title, "status": problem.status, "detail": problem.detail}
    full = {**body, "reason": problem.reason, **_present(fields=problem.fields, incident=problem.incident)}
    return web.Response(
        status=problem.status, body=encode(full), headers=headers, content_type="application/problem+json"
    )


def _present(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}


def _from_server(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        return error
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return problem_response(method_not_allowed(allowed), headers={"Allow": allowed})
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return problem_response(TOO_LARGE)
    if isinstance(error, web.HTTPNotFound):
        return problem_response(NO_SUCH_PATH)
    return problem_response(
        Problem(status=error.status, title=error.reason, detail=error.reason, reason=f"http-{error.status}")
    )


def framed(site: Site, /) -> Middleware:
    """Return what stands around every handler: the wall before it, failures as problems, headers on every answer."""
    headers = SECURITY_HEADERS | (ONLY_HTTPS if site.secure else {})

    @web.middleware
    async def frame(request: web.Request, handler: Next) -> web.StreamResponse:
        began = time.perf_counter()
        fault = wall_fault(request, site=site)
        response = problem_response(fault) if fault is not None else await _answer(request, handler)
        if not response.prepared:
            for name, value in headers.items():
                response.headers.setdefault(name, value)
        _measure(request, response, seconds=time.perf_counter() - began)
        return response

    return frame


def _measure(request: web.Request, response: web.StreamResponse, *, seconds: float) -> None:
    """Count an answer by the template of its route; a socket's time is no time to answer."""
    method = request.method if request.method in _METHODS else "other"
    route = _route_of(request)
    _REQUESTS.labels(method, route, str(response.status)).inc()
    if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        _SECONDS.labels(method, route).observe(seconds)


def wall_fault(request: web.Request, /, *, site: Site) -> Problem | None:
    """Return the problem of a request that is not for us or holds text that must not get further, None when it may."""
    if not site.serves(request.headers.get("Host", "")):
        return WRONG_HOST
    if len(request.raw_path) > TARGET_LONGEST:
        return TARGET_TOO_LONG
    fault = target_fault(request.raw_path)
    if fault is not None:
        return wrong_parts({"path": fault})
    faults = part_faults(request.match_info, request.query)
    return wrong_parts(faults) if faults else None


async def _answer(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.RequestPayloadError:
        return problem_response(UNREADABLE)
    except web.HTTPException as error:
        return _from_server(error)
    except HotlineError as error:
        answer = reply_for(error)
        if answer.problem.status == _OUR_FAULT:
            return _fault(request, error)
        return problem_response(answer.problem, headers=answer.headers)
    except Exception as error:
        # The boundary of the server: a fault of ours must not show its words to the visitor.
        return _fault(request, error)


def _fault(request: web.Request, error: Exception) -> web.Response:
    """Answer with an id, and log the failure under it once."""
    incident = secrets.token_hex(4)
    route = _route_of(request)
    log.error("a web handler failed", incident=incident, method=request.method, route=route, exc_info=error)
    return problem_response(internal(incident))


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""
