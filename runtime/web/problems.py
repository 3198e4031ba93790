"""Failures as RFC 9457 problem details (application/problem+json)."""

from dataclasses import dataclass, field
from http import HTTPStatus

from runtime.codec import MalformedMessage
from runtime.web.routes import BadQuery, NotFound
from vocabulary.errors import ChangedMeanwhile, FieldError, HotlineError, Refused, TooOften, Transient

RETRY_AFTER_S = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem document; ``reason`` is a stable code, ``detail`` a sentence for people."""

    status: int
    title: str
    detail: str
    reason: str
    type: str = "about:blank"
    fields: dict[str, str] | None = None
    incident: str | None = None
    """Of a fault of ours: the id under which it stands in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReply:
    """A problem and the headers that go with it."""

    problem: Problem
    headers: dict[str, str] = field(default_factory=dict)


def problem(status: HTTPStatus, /, *, reason: str, detail: str, fields: dict[str, str] | None = None) -> Problem:
    """Return a problem whose title is the status phrase."""
    return Problem(status=status.value, title=status.phrase, detail=detail, reason=reason, fields=fields)


UNAUTHENTICATED = problem(HTTPStatus.UNAUTHORIZED, reason="unauthenticated", detail="请先登录")
FORBIDDEN = problem(HTTPStatus.FORBIDDEN, reason="forbidden", detail="您的角色不能做这件事")
CROSS_SITE = problem(
    HTTPStatus.FORBIDDEN,
    reason="cross-site",
    detail="A request that changes something needs the header X-Requested-With: hotline, or a Bearer token.",
)
WRONG_ORIGIN = problem(HTTPStatus.FORBIDDEN, reason="cross-site", detail="The page that opens this socket is not ours.")
NO_SUCH_PATH = problem(HTTPStatus.NOT_FOUND, reason="not-found", detail="没有这个地址")
TOO_LARGE = problem(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason="too-large", detail="The body is larger than 1 MiB; send less."
)
NOT_JSON = problem(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason="not-json", detail="The body must be application/json in UTF-8."
)
TOO_DEEP = problem(
    HTTPStatus.BAD_REQUEST, reason="malformed", detail="The JSON is nested deeper than 32; send it flatter."
)
UNREADABLE = problem(HTTPStatus.BAD_REQUEST, reason="malformed", detail="The body cannot be read as it was sent.")
TOO_SLOW = problem(
    HTTPStatus.REQUEST_TIMEOUT, reason="too-slow", detail="The body did not arrive in time; send it again, faster."
)
TARGET_TOO_LONG = problem(
    HTTPStatus.REQUEST_URI_TOO_LONG, reason="too-long", detail="The address is longer than 4096 octets."
)
TOO_MANY_SOCKETS = problem(
    HTTPStatus.TOO_MANY_REQUESTS, reason="too-many-sockets", detail="打开的页面太多，请先关闭几个"
)
WRONG_HOST = problem(
    HTTPStatus.MISDIRECTED_REQUEST,
    reason="wrong-host",
    detail="This is not a name of this desk; set web.public_url to the address that people type.",
)


def wrong_parts(fields: dict[str, str], /) -> Problem:
    """Return the 400 problem that names each part of a request that cannot be taken as it is."""
    return problem(
        HTTPStatus.BAD_REQUEST,
        reason="malformed",
        detail="；".join(f"{name}：{fault}" for name, fault in fields.items()),
        fields=fields,
    )


def internal(incident: str, /) -> Problem:
    """Return the 500 problem of a fault of ours; the log has its words under ``incident``."""
    return Problem(
        status=HTTPStatus.INTERNAL_SERVER_ERROR.value,
        title=HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        detail=f"系统内部错误，已记录，编号 {incident}",
        reason="internal",
        incident=incident,
    )


def method_not_allowed(allowed: str, /) -> Problem:
    """Return the 405 problem that names the methods the path has."""
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, reason="method", detail=f"This address answers {allowed} only.")


_STATUS_OF_REFUSAL: dict[type[Refused], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    BadQuery: HTTPStatus.BAD_REQUEST,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
}


def reply_for(error: HotlineError, /) -> ProblemReply:
    """Return status, reason and sentence for an anticipated failure."""
    if isinstance(error, FieldError):
        return ProblemReply(
            problem=problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, reason=error.reason, detail=error.text, fields=error.fields
            )
        )
    if isinstance(error, Refused):
        status = _STATUS_OF_REFUSAL.get(type(error), HTTPStatus.CONFLICT)
        fields = error.fields if isinstance(error, ChangedMeanwhile | BadQuery) else None
        headers = {"Retry-After": str(error.after_s)} if isinstance(error, TooOften) else {}
        answer = problem(status, reason=error.reason, detail=error.text, fields=fields)
        return ProblemReply(problem=answer, headers=headers)
    if isinstance(error, Transient):
        return ProblemReply(
            problem=problem(HTTPStatus.SERVICE_UNAVAILABLE, reason="away", detail=str(error)),
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )
    return ProblemReply(problem=problem(HTTPStatus.INTERNAL_SERVER_ERROR, reason="permanent", detail=str(error)))


def malformed(error: MalformedMessage, /) -> Problem:
    """Return the 400 problem for a body that is not of the route's type."""
    return problem(HTTPStatus.BAD_REQUEST, reason="malformed", detail=str(error))
