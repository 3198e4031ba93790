"""What a handler's annotations say about its route: body, reply, parts of the path, query."""

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from runtime.web.parameters import PathParameter, Query, origin_of, part_of, query_of
from runtime.web.routes import BadDeclaration, Handler, Request, TypeForm, WithSession, WithStatus

QUERY = "query"
"""Name of the handler's parameter that takes the query."""
_PART = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Types of a route: ``body`` None when it takes none; ``reply`` None is 204, ``Download`` bytes, all else JSON."""

    body: TypeForm | None
    reply: TypeForm | None
    parts: tuple[PathParameter, ...]
    query: Query

    def arguments(self, *, path: Mapping[str, str], query: Iterable[tuple[str, str]]) -> dict[str, object]:
        """Return what the handler takes besides the request; NotFound for a wrong part, BadQuery for the query."""
        found = {part.name: part.value(path[part.name]) for part in self.parts}
        asked = self.query.value(query)
        return found if self.query.form is None else {**found, QUERY: asked}


def signature_of(handler: Handler, /, *, path: str) -> Signature:
    """Return what ``async def handler(request: Request[B], *, part: P, query: Q) -> R`` says; else BadDeclaration.

    Each ``{part}`` of ``path`` is a parameter of that name, and only a dataclass named ``query`` stands beside them.
    """
    try:
        hints = get_type_hints(handler, include_extras=True)
    except NameError as error:
        raise BadDeclaration(str(error)) from None
    names = list(inspect.signature(handler).parameters)
    if missing := [name for name in (*names, "return") if name not in hints]:
        raise BadDeclaration(f"these have no annotation: {', '.join(missing)}")
    parts = _PART.findall(path)
    if not names or set(names[1:]) - {QUERY} != set(parts):
        raise BadDeclaration(f"the handler takes {names[1:]}, the path has {parts}")
    return Signature(
        body=_body_of(hints[names[0]]),
        reply=_reply_of(hints["return"]),
        parts=tuple(part_of(name, hints[name]) for name in parts),
        query=query_of(hints[QUERY]) if QUERY in names else Query(),
    )


def _body_of(hint: TypeForm) -> TypeForm | None:
    if origin_of(hint) is not Request:
        raise BadDeclaration(f"the first parameter is a Request[body], not {hint}")
    return _said(get_args(hint)[0])


def _reply_of(hint: TypeForm) -> TypeForm | None:
    if hint in {WithSession, WithStatus}:
        raise BadDeclaration(f"{hint.__name__} says of what: {hint.__name__}[body]")
    return _said(get_args(hint)[0] if origin_of(hint) in {WithSession, WithStatus} else hint)


def _said(kind: TypeForm) -> TypeForm | None:
    """Return ``kind``, None for the type of None; BadDeclaration for what says nothing."""
    if kind in {Any, object} or isinstance(kind, TypeVar):
        raise BadDeclaration(f"{kind} says nothing about the JSON")
    return None if kind is NoneType else kind


__all__ = ["QUERY", "Signature", "signature_of"]
