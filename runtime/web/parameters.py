"""Path parts and query parameters: text of an address becomes a value of the type that a handler's annotation says."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from runtime.codec import Meta
from runtime.web.routes import BadDeclaration, BadQuery, NotFound, TypeForm

Read = Callable[[str], object]
"""Text to value; ValueError says in Chinese what is expected."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SHOWN = 40
"""Characters of a text that a refusal repeats."""
_DIGITS = 17
_INSTANT = "应为带时区的 ISO 8601 时刻，如 2026-11-25T08:00:00+08:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPart:
    """Stands in the ``Annotated`` type of a part of a path: what is answered (404) to text that cannot be one.

    ``{text}`` in ``missing`` becomes the first 40 characters of it. ``read`` makes the value, ValueError for what
    cannot be one; without it the type alone decides.
    """

    missing: str
    read: Read | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathParameter:
    """A part of a path; ``kind`` is its type for the document."""

    name: str
    kind: TypeForm
    path_part: PathPart
    read: Read

    def value(self, text: str, /) -> object:
        """Return what ``text`` stands for; NotFound when it cannot be one."""
        try:
            return self.read(text)
        except ValueError:
            raise NotFound(self.path_part.missing.replace("{text}", text[:_SHOWN])) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryParameter:
    """A query parameter; ``kind`` is its type for the document, ``default`` None when there is none."""

    name: str
    kind: TypeForm
    description: str
    read: Read
    required: bool
    default: object

    def value(self, text: str, /) -> object:
        """Return what ``text`` stands for; BadQuery says what is expected."""
        try:
            return self.read(text)
        except ValueError as error:
            raise BadQuery(self.name, f"{error}，收到的是“{text[:_SHOWN]}”") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The query of a route: ``form`` is the frozen dataclass that a handler takes, None when it takes none."""

    form: type | None = None
    parameters: tuple[QueryParameter, ...] = ()

    def value(self, given: Iterable[tuple[str, str]], /) -> object:
        """Return the form of the parameters as sent (None without one).

        BadQuery for one that is unknown, sent twice, missing or no value of its type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        values: dict[str, object] = {}
        for name, text in given:
            if name not in known:
                raise BadQuery(name[:_SHOWN], f"没有这个参数，可用的有：{'、'.join(known) or '无'}")
            if name in values:
                raise BadQuery(name, "只能给一次")
            values[name] = known[name].value(text)
        for name, parameter in known.items():
            if parameter.required and name not in values:
                raise BadQuery(name, "缺少这个参数")
        return None if self.form is None else self.form(**values)


def part_of(name: str, hint: TypeForm, /) -> PathParameter:
    """Return the part ``name`` of a path as its annotation describes it; BadDeclaration when it does not."""
    extras = get_args(hint)[1:] if origin_of(hint) is Annotated else ()
    path_part = next((extra for extra in extras if isinstance(extra, PathPart)), None)
    if path_part is None:
        raise BadDeclaration(f"the type of the path part {name} has no PathPart that says what is answered without it")
    return PathParameter(name=name, kind=hint, path_part=path_part, read=path_part.read or reader_of(hint))


def query_of(form: TypeForm, /) -> Query:
    """Return the query that a dataclass describes, field by field; BadDeclaration when one cannot be a parameter."""
    if not (isinstance(form, type) and is_dataclass(form)):
        raise BadDeclaration(f"a query is a dataclass, not {form}")
    hints = get_type_hints(form, include_extras=True)
    found = []
    for field in fields(form):
        kind = _without_none(hints[field.name])
        meta = _bare(kind)[1]
        if not meta.description:
            raise BadDeclaration(f"the query parameter {field.name} of {form.__name__} has no description")
        if field.default_factory is not MISSING:
            raise BadDeclaration(f"the default of the query parameter {field.name} of {form.__name__} is no value")
        required = field.default is MISSING
        found.append(
            QueryParameter(
                name=field.name, kind=kind, description=meta.description, read=reader_of(kind), required=required,
                default=None if required else field.default,
            )
        )  # fmt: skip
    return Query(form=form, parameters=tuple(found))


def reader_of(kind: TypeForm, /) -> Read:
    """Return what reads a value of ``kind``; BadDeclaration for a type that no text of an address stands for."""
    bare, meta = _bare(kind)
    if origin_of(bare) is Literal:
        return _one_of({str(value): value for value in get_args(bare)})
    if isinstance(bare, type) and issubclass(bare, Enum):
        return _one_of({str(member.value): member for member in bare})
    if bare is int:
        return _whole(meta)
    if bare is str:
        return _text(meta)
    simple: Mapping[object, Read] = {
        bool: _one_of({"true": True, "false": False}),
        datetime: _instant,
        UUID: _uuid,
    }
    if bare not in simple:
        raise BadDeclaration(f"{kind} cannot be read from an address")
    return simple[bare]


def origin_of(kind: TypeForm, /) -> object:
    """Return the generic that ``kind`` is made of: ``list`` of ``list[X]``; None for a plain class."""
    return get_origin(kind)


def _without_none(hint: TypeForm) -> TypeForm:
    """Return ``X`` of ``X | None``."""
    if origin_of(hint) not in {Union, UnionType}:
        return hint
    others = [one for one in get_args(hint) if one is not NoneType]
    if len(others) != 1:
        raise BadDeclaration(f"{hint} is no one type, with or without None")
    return others[0]


def _bare(kind: TypeForm) -> tuple[Any, Meta]:
    """Return the class below ``Annotated`` and ``NewType``, and the bounds and description on the way."""
    meta = Meta()
    while isinstance(kind, NewType) or origin_of(kind) is Annotated:
        if isinstance(kind, NewType):
            kind = kind.__supertype__
        else:
            kind, *extras = get_args(kind)
            meta = next((extra for extra in extras if isinstance(extra, Meta)), meta)
    return kind, meta


def _one_of(values: Mapping[str, object]) -> Read:
    def read(text: str) -> object:
        if text not in values:
            raise ValueError(f"应为 {'、'.join(values)} 之一")
        return values[text]

    return read


def _whole(meta: Meta) -> Read:
    least, most = meta.ge, meta.le
    if least is None or most is None:
        raise BadDeclaration("a whole number in an address has both bounds: Meta(ge=..., le=...)")

    def read(text: str) -> object:
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > _DIGITS:
            raise ValueError("应为整数")
        if not least <= int(text) <= most:
            raise ValueError(f"应在 {least} 与 {most} 之间")
        return int(text)

    return read


def _text(meta: Meta) -> Read:
    shortest, longest = meta.min_length or 0, meta.max_length

    def read(text: str) -> object:
        if len(text) < shortest:
            raise ValueError(f"至少 {shortest} 个字")
        if longest is not None and len(text) > longest:
            raise ValueError(f"最多 {longest} 个字")
        return text

    return read


def _instant(text: str) -> object:
    """Return an instant in UTC; one before the year 1 or after 9999 in UTC, whatever it is where written, is none."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(_INSTANT)


def _uuid(text: str) -> object:
    if not _UUID.fullmatch(text):
        raise ValueError("应为 UUID")
    return UUID(text)


__all__ = ["QueryParameter", "PathParameter", "PathPart", "Query", "Read", "part_of", "query_of", "reader_of"]
