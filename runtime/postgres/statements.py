"""Statements with named values: text and arguments of an insert, an update, a query; rows as values by column name.

Names of tables and columns are our own words, never input: what is not ``[a-z_][a-z0-9_]*`` raises ValueError.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from runtime.codec import MalformedMessage, from_builtins
from vocabulary.errors import Permanent

T = TypeVar("T")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_TABLE = re.compile(rf"{_NAME.pattern}(\.{_NAME.pattern})?")
_PLACE = re.compile(r"'(?:[^']|'')*'|(?<!:):([a-z_][a-z0-9_]*)")
"""A quoted text, which is left alone, or ``:name``; the two colons of a cast are none."""
_VALUE = re.compile(r"value ['\"].*['\"]", re.DOTALL)
"""The value in what the codec says of a member that an enum does not have."""
_COLUMNS: dict[Any, list[str]] = {}


class RowMismatch(Permanent):
    """A row that is not of the expected type: a column is missing, too many, or of another type."""


class Columns(Protocol):
    """What is asked of a row: its column names, and a value by name."""

    def keys(self) -> Any:
        """Return the column names, one twice when the query gives it twice."""
        ...

    def __getitem__(self, key: str, /) -> Any: ...


def _checked(names: Sequence[str], pattern: re.Pattern[str] = _NAME) -> Sequence[str]:
    for name in names:
        if not pattern.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a table or column")
    return names


def _comma_separated(names: Sequence[str], *, pattern: str = "{name} = ${place}", first: int = 1) -> str:
    return ", ".join(pattern.format(name=name, place=place) for place, name in enumerate(names, first))


@lru_cache(maxsize=256)
def insertion(table: str, columns: tuple[str, ...], /, *, on_conflict: str = "", returning: str = "") -> str:
    """Return ``insert into table (columns) values ($1, …)``; ``on_conflict`` is what follows ``on conflict``."""
    if not columns:
        raise ValueError("a row without columns")
    _checked((table,), _TABLE)
    places = _comma_separated(columns, pattern="${place}")
    sql = f"insert into {table} ({', '.join(_checked(columns))}) values ({places})"  # noqa: S608 - names are checked
    sql += f" on conflict {on_conflict}" if on_conflict else ""
    return sql + (f" returning {returning}" if returning else "")


@lru_cache(maxsize=256)
def alteration(table: str, columns: tuple[str, ...], where: tuple[str, ...], /) -> str:
    """Return ``update table set columns where each of where``; the arguments of ``where`` follow the others."""
    if not columns or not where:
        raise ValueError("an update without columns or without a condition")
    _checked((table,), _TABLE)
    changes = _comma_separated(_checked(columns))
    places = enumerate(_checked(where), len(columns) + 1)
    condition = " and ".join(f"{name} = ${place}" for place, name in places)
    return f"update {table} set {changes} where {condition}"  # noqa: S608 - names are checked


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return found[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PLACE.sub(place, sql), tuple(names)


def bound(sql: str, values: Mapping[str, Any], /) -> tuple[str, list[Any]]:
    """Return ``sql`` with ``$n`` for each ``:name``, and the values in that order; ValueError when names differ."""
    text, names = _numbered(sql)
    if set(names) != set(values):
        raise ValueError(f"the statement names {sorted(names)} and is given {sorted(values)}")
    return text, [values[name] for name in names]


def _columns_of(kind: Any) -> list[str]:
    columns = _COLUMNS.get(kind)
    if columns is None:
        columns = _COLUMNS[kind] = sorted(one.name for one in fields(kind))
    return columns


def row_as(kind: type[T], row: Columns, /) -> T:
    """Return a row as a value of the dataclass ``kind``: its columns are the fields, no more and no less.

    Values are of the field's type, or what stands for it in the database: the text of an enum, a list for a tuple or a
    set, jsonb for a dataclass. RowMismatch names the column, never its value.
    """
    found, expected = sorted(row.keys()), _columns_of(kind)
    if found != expected:
        missing, other = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
        twice = sorted({name for name in found if found.count(name) > 1})
        raise RowMismatch(f"no {kind.__name__}: columns missing {missing}, unknown {other}, double {twice}")
    try:
        return from_builtins({name: row[name] for name in expected}, kind, strict=True)
    except MalformedMessage as error:
        raise RowMismatch(f"no {kind.__name__}: {_VALUE.sub('value', str(error))}") from None
