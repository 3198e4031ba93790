"""What a request may carry: text that can be stored, numbers that fit, nesting that can be read. Else 400 by field."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, NewType, assert_never, get_args, get_type_hints
from urllib.parse import unquote_to_bytes

from vocabulary.personal import Personal
from vocabulary.text import LINE_LONGEST, text_fault

TARGET_LONGEST = 4096
"""Octets of path and query as sent."""
MOST_PARAMETERS = 32
DEEPEST = 32
"""Arrays and objects of a body within each other."""
_NAMED_FAULTS = 20
_INT4 = 2**31
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+\\?(?:"|\Z)', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(octet for octet in range(256) if octet not in b"[]{}")


def target_fault(target: str, /) -> str | None:
    """Return what is wrong with path and query as sent (percent-encoded UTF-8, RFC 3986), None when nothing is."""
    try:
        unquote_to_bytes(target).decode()
    except UnicodeError:
        return "地址不是有效的UTF-8编码"
    return None


def part_faults(path: Mapping[str, str], query: Mapping[str, str], /) -> dict[str, str]:
    """Return the faults of path parts and query parameters by name; each is one line of at most 256 characters."""
    if len(query) > MOST_PARAMETERS:
        return {"query": f"最多 {MOST_PARAMETERS} 个参数，现在有 {len(query)} 个"}
    found: dict[str, str] = {}
    for name, value in (*path.items(), *query.items()):
        if _line(name) is not None:
            found["query"] = "参数名含有不能保存的字符"
        elif (fault := _line(value)) is not None:
            found[name] = fault
    return found


def too_deep(raw: bytes, /) -> bool:
    """Tell whether JSON is nested deeper than 32, in time linear to its length and without reading its values."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    nested = _STRINGS.sub(b"", raw).translate(_BRACKETS, _OTHERS)
    for _ in range(DEEPEST):
        nested = nested.replace(b"[]", b"")
    return b"[]" in nested or nested.count(b"[") > DEEPEST


def body_faults(value: object, /) -> dict[str, str]:
    """Return the faults of a decoded body by the dotted path of the field, at most 20 of them.

    Text is valid and bounded (fields of an identifier's type are one line), whole numbers fit PostgreSQL's integer,
    others are finite.
    """
    found: dict[str, str] = {}
    for where, fault in _faults(value, where="", line=False):
        found[where or "body"] = fault
        if len(found) >= _NAMED_FAULTS:
            break
    return found


def _faults(value: object, *, where: str, line: bool) -> Iterator[tuple[str, str]]:
    if value is None or isinstance(value, bool | Enum):
        return
    if isinstance(value, str | Personal | int | float):
        fault = _of_scalar(value, line=line)
        if fault is not None:
            yield where, fault
        return
    for name, one, is_line in _members(value, line=line):
        if _line(name) is not None:
            yield where, "名称含有不能保存的字符"
        else:
            yield from _faults(one, where=f"{where}.{name}" if where else name, line=is_line)


def _members(value: object, *, line: bool) -> Iterator[tuple[str, object, bool]]:
    """Give name, value and whether it is one line of what stands inside ``value``."""
    if isinstance(value, Mapping):
        yield from ((str(key), one, line) for key, one in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from ((str(number), one, line) for number, one in enumerate(value))
    elif is_dataclass(value) and not isinstance(value, type):
        lines = _identifiers(type(value))
        yield from ((one.name, getattr(value, one.name), one.name in lines) for one in fields(value))


def _of_scalar(value: str | Personal | float, *, line: bool) -> str | None:
    match value:
        case Personal():
            return _line(value.reveal())
        case str():
            return _line(value) if line else text_fault(value)
        case int():
            return None if -_INT4 <= value < _INT4 else "数字超出范围"
        case float():
            return None if math.isfinite(value) else "数字超出范围"
        case _:
            assert_never(value)


@lru_cache(maxsize=1000)
def _identifiers(kind: type) -> frozenset[str]:
    """Return the fields whose type is an identifier of the vocabulary (a NewType of str), alone or in a union."""
    return frozenset(name for name, hint in get_type_hints(kind).items() if _is_identifier(hint))


def _is_identifier(hint: Any) -> bool:
    return any(isinstance(one, NewType) and one.__supertype__ is str for one in (hint, *get_args(hint)))


def _line(value: str) -> str | None:
    return text_fault(value, longest=LINE_LONGEST, lines=False)
