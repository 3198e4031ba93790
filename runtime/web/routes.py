"""What a feature says about its web side: rows of values, no server in sight."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
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
    """A query parameter that cannot be read; answered 400 with ``fields``."""

    def __init__(self, name: str, fault: str) -> None:
        """Name the parameter and say what it should be."""
        super().__init__("bad-query", f"参数 {name} {fault}")
        self.fields = {name: fault}


class BadDeclaration(TypeError):
    """A route whose handler's annotations do not describe it; raised when its row is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[B]):
    """What a handler sees; ``Request[None]`` takes no body."""

    body: B
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A reply that is not JSON; with ``filename`` the browser saves it, without it shows it."""

    content_type: str
    body: bytes
    filename: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithSession(Generic[B]):
    """A reply that also sets the session cookie to ``token``, or removes it when ``token`` is None."""

    body: B
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithStatus(Generic[B]):
    """A reply with another status than 200."""

    body: B
    status: int


Handler = Callable[..., Awaitable[object]]
"""Takes a Request and what its address says; ``runtime.web.rows`` holds its types."""
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


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
