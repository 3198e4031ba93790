"""What every answer carries, and the last net under a handler."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from runtime.codec import encode
from runtime.telemetry import get_logger
from runtime.web.problems import INTERNAL, NO_SUCH_PATH, TOO_LARGE, Problem, method_not_allowed, reply_for
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
"""``style-src`` allows inline styles because Element Plus and ECharts set them."""

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem_response(problem: Problem, /, *, headers: dict[str, str] | None = None) -> web.Response:
    """Return the application/problem+json answer."""
    body = {"type": problem.type, "title": problem.title, "status": problem.status, "detail": problem.detail}
    full = {**body, "reason": problem.reason, **({"fields": problem.fields} if problem.fields else {})}
    return web.Response(
        status=problem.status, body=encode(full), headers=headers, content_type="application/problem+json"
    )


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


@web.middleware
async def frame(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer every failure as a problem and put the security headers on every answer."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = _from_server(error)
    except HotlineError as error:
        answer = reply_for(error)
        response = problem_response(answer.problem, headers=answer.headers)
    except Exception:
        # The boundary of the server: a fault of ours must not show its words to the visitor.
        log.exception("a web handler failed in an unforeseen way", method=request.method)
        response = problem_response(INTERNAL)
    if not response.prepared:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
    return response
