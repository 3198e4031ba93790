"""How a room says its routes: one function a method, ``get("/api/orders", self.listed, READERS, "Open ones first")``.

Types are those of the handler: ``async def one(self, request: Request[None], *, order_no: OrderNo) -> OrderView``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from runtime.web.routes import BadDeclaration, Handler, Method, Public, Request
from runtime.web.signatures import Signature, signature_of
from vocabulary.people import Role

B = TypeVar("B")
P = ParamSpec("P")
Roles = frozenset[Role] | Public
Bodiless = Callable[Concatenate[Request[None], P], Awaitable[object]]
"""A handler that takes no body."""
MayTakeBody = Callable[Concatenate[Request[B], P], Awaitable[object]]
"""A handler that may take one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row: what may be asked, by whom, of which types. ``path`` has ``{name}`` parts."""

    method: Method
    path: str
    handler: Handler
    roles: Roles
    summary: str
    signature: Signature


def get(path: str, handler: Bodiless[P], roles: Roles, summary: str, /) -> Route:
    """Return the row of a GET."""
    return _row("GET", path, handler, roles=roles, summary=summary)


def post(path: str, handler: MayTakeBody[B, P], roles: Roles, summary: str, /) -> Route:
    """Return the row of a POST."""
    return _row("POST", path, handler, roles=roles, summary=summary)


def patch(path: str, handler: MayTakeBody[B, P], roles: Roles, summary: str, /) -> Route:
    """Return the row of a PATCH."""
    return _row("PATCH", path, handler, roles=roles, summary=summary)


def delete(path: str, handler: Bodiless[P], roles: Roles, summary: str, /) -> Route:
    """Return the row of a DELETE."""
    return _row("DELETE", path, handler, roles=roles, summary=summary)


def _row(method: Method, path: str, handler: Handler, *, roles: Roles, summary: str) -> Route:
    """Return a row with the types of its handler; BadDeclaration names the row when they do not fit its path."""
    try:
        signature = signature_of(handler, path=path)
    except BadDeclaration as error:
        raise BadDeclaration(f"{method} {path}: {error}") from None
    return Route(method=method, path=path, handler=handler, roles=roles, summary=summary, signature=signature)


__all__ = ["Route", "delete", "get", "patch", "post"]
