"""What a feature says about its web side: rows of values, no server in sight."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from vocabulary.errors import Refused
from vocabulary.people import Principal, Role

B = TypeVar("B")
TypeForm = Any
"""A type as the codec takes it: a class or a generic such as ``list[OrderBrief]``."""
BODY_LIMIT = 1024 * 1024
"""Bytes of a request body; more is answered 413."""


class Public(Enum):
    """The one value that says that nobody need be signed in."""

    PUBLIC = "public"


PUBLIC = Public.PUBLIC
SIGNED_IN: frozenset[Role] = frozenset(Role)
"""Every role."""


class NotFound(Refused):
    """What the path names does not exist; answered 404."""

    def __init__(self, text: str) -> None:
        """Say in the reader's language what was not found."""
        super().__init__("not-found", text)


class BadQuery(Refused):
    """A query parameter that cannot be read; answered 400."""

    def __init__(self, text: str) -> None:
        """Name the parameter and what it should be."""
        super().__init__("bad-query", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[B]):
    """What a handler sees. ``body`` is of the route's request type (None when it has none)."""

    body: B
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    signed_in: Principal | None = None
    may: tuple[str, ...] = ()
    """``METHOD /path`` of every route that lets the asker's role in, in the order of the rows."""
    token: str | None = field(default=None, repr=False)
    remote: str = ""

    @property
    def principal(self) -> Principal:
        """The person who asks; LookupError on a PUBLIC route, where there may be none."""
        if self.signed_in is None:
            message = "a PUBLIC route has no principal"
            raise LookupError(message)
        return self.signed_in

    def instant(self, name: str, /) -> datetime | None:
        """Return query parameter ``name`` (ISO 8601 with a zone) as an instant in UTC, None without it; else BadQuery.

        An instant that is before the year 1 or after 9999 in UTC, whatever it is where it was written, is none.
        """
        text = self.query.get(name)
        if text is None:
            return None
        try:
            instant = datetime.fromisoformat(text)
            if instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise BadQuery(f"参数 {name} 应为带时区的 ISO 8601 时刻，如 2026-11-25T08:00:00+08:00")

    def whole(self, name: str, /, *, default: int, least: int = 0, most: int = 2**53) -> int:
        """Return query parameter ``name`` as a whole number within [least, most]; BadQuery (400) otherwise."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 16:
            raise BadQuery(f"参数 {name} 应为整数，收到的是“{text[:20]}”")
        value = int(text)
        if not least <= value <= most:
            raise BadQuery(f"参数 {name} 应在 {least} 与 {most} 之间，收到的是 {value}")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A reply that is not JSON; with ``filename`` the browser saves it, without it shows it."""

    content_type: str
    body: bytes
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithSession:
    """A reply that also sets the session cookie to ``token``, or removes it when ``token`` is None."""

    body: object
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithStatus:
    """A reply with another status than 200."""

    body: object
    status: int


Handler = Callable[[Request[Any]], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row: what may be asked, by whom, of which types.

    ``path`` has ``{name}`` parts; ``reply`` None means 204, ``Download`` means bytes; ``query`` names and describes
    the query parameters for the document.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    roles: frozenset[Role] | Public
    summary: str
    request: TypeForm | None = None
    reply: TypeForm | None = None
    query: Mapping[str, str] = field(default_factory=dict)


class Socket(Protocol):
    """One open WebSocket. ``query`` and ``remote`` are those of the request that opened it."""

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters of the opening request."""
        ...

    @property
    def remote(self) -> str:
        """Address of the other side."""
        ...

    async def send(self, text: str, /) -> None:
        """Send one text message within 10 s; SocketGone(Transient) when the other side is away or too slow."""
        ...

    async def receive(self) -> str | None:
        """Return the next text message; None when the socket is closed."""
        ...

    async def close(self, *, code: int = 1000, reason: str = "") -> None:
        """Close it, with an RFC 6455 status code."""
        ...


SocketHandler = Callable[[Socket, Principal | None], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """A closed union for the document: component ``name``, one of ``members``, told apart by their literal ``kind``.

    ``beside`` is a class whose fields stand beside those of the member in the same JSON object.
    """

    name: str
    members: tuple[type, ...]
    beside: type | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketRoute:
    """A socket that a page may open; the handler's end closes it. ``heartbeat_s`` is the ping interval.

    ``sends`` and ``hears`` are what the handler and the page say, for the document.
    """

    path: str
    handler: SocketHandler
    roles: frozenset[Role] | Public
    summary: str = ""
    heartbeat_s: float = 2.0
    sends: tuple[OneOf, ...] = ()
    hears: TypeForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFolder:
    """Files of ``directory`` under ``prefix``; with ``fallback`` an unknown path gets that file (pages of an app)."""

    prefix: str
    directory: Path
    fallback: str | None = None


class Sessions(Protocol):
    """Who stands behind a token (the session cookie, or ``Authorization: Bearer``)."""

    async def principal(self, token: str, /) -> Principal | None:
        """Return the person or system of a valid token, else None."""
        ...

    async def ended(self, token: str, principal: Principal, /) -> None:
        """Return when ``token`` no longer stands for this very ``principal``, and not before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiInfo:
    """Head of the OpenAPI document."""

    title: str
    version: str
    description: str = ""
