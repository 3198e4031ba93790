"""Text that crosses a wall: valid, bounded, without controls. Whatever passes here can be encoded, stored and shown.

Two answers to text that is not so: ``checked_line`` and ``checked_text`` refuse it by the name of its field (input
of people and programs, who can correct it); ``taken_line`` mends it (what a telephone or a file sent, which is kept
as far as it can be).
"""

import re
import unicodedata

from vocabulary.errors import FieldError

LINE_LONGEST, TEXT_LONGEST = 256, 20_000
"""Default bounds in characters."""
_NEVER = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"  # C0 and C1 controls but tab, line feed, carriage return
    "\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069"  # separators and orders of direction (Unicode TR 36 §3.6)
    "\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff"  # surrogates and noncharacters
)
_OUTSIDE_TEXT = re.compile(f"[{_NEVER}]")
_OUTSIDE_LINE = re.compile(f"[{_NEVER}\\t\\n\\r]")


def text_fault(value: str, /, *, longest: int = TEXT_LONGEST, lines: bool = True) -> str | None:
    """Return what is wrong with ``value`` as a Chinese sentence, None when it may pass.

    ``longest`` counts characters; with ``lines`` tab, line feed and carriage return are allowed.
    """
    if len(value) > longest:
        return f"最多 {longest} 个字，现在有 {len(value)} 个"
    found = (_OUTSIDE_TEXT if lines else _OUTSIDE_LINE).search(value)
    if found is None:
        return None
    return f"第 {found.start() + 1} 个字符（U+{ord(found.group()):04X}）是不能保存的控制字符，请删去"


def checked_text(value: str, /, *, field: str, longest: int = TEXT_LONGEST) -> str:
    """Return ``value`` unchanged, or raise FieldError naming ``field``; several lines are allowed."""
    return _checked(value, field=field, fault=text_fault(value, longest=longest))


def checked_line(value: str, /, *, field: str, longest: int = LINE_LONGEST) -> str:
    """Return ``value`` unchanged, or raise FieldError naming ``field``; one line only."""
    return _checked(value, field=field, fault=text_fault(value, longest=longest, lines=False))


def _checked(value: str, *, field: str, fault: str | None) -> str:
    if fault is not None:
        raise FieldError({field: fault})
    return value


def taken_line(value: str | bytes, /, *, longest: int = LINE_LONGEST) -> str:
    """Return what can be kept of ``value``: octets that are no UTF-8 become U+FFFD, controls go, the rest is cut.

    Characters that Python made of such octets by ``surrogateescape`` are treated as the octets they stand for.
    """
    octets = value.encode("utf-8", "surrogateescape") if isinstance(value, str) and _escaped(value) else value
    text = octets.decode("utf-8", "replace") if isinstance(octets, bytes) else octets
    return unicodedata.normalize("NFC", _OUTSIDE_LINE.sub("", text))[:longest]


def _escaped(value: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in value) and not any(
        "\ud800" <= char <= "\udc7f" or "\udd00" <= char <= "\udfff" for char in value
    )
