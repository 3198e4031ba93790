"""SIP messages as values, and their wire form (RFC 3261 §7, §25)."""

from collections.abc import Iterator
from dataclasses import dataclass

COMPACT = {
    "i": "Call-ID", "m": "Contact", "e": "Content-Encoding", "l": "Content-Length", "c": "Content-Type", "f": "From",
    "s": "Subject", "k": "Supported", "t": "To", "v": "Via", "x": "Session-Expires", "r": "Refer-To",
    "b": "Referred-By", "o": "Event", "u": "Allow-Events", "a": "Accept-Contact", "j": "Reject-Contact",
}  # fmt: skip
"""Compact header names (RFC 3261 §7.3.3 and its extensions)."""

_SPELLED = {
    name.lower(): name
    for name in (
        *COMPACT.values(), "CSeq", "Max-Forwards", "Record-Route", "Route", "Allow", "Accept", "Require", "Unsupported",
        "User-Agent", "Server", "Retry-After", "Reason", "Proxy-Require", "Warning",
    )
}  # fmt: skip

REASONS = {
    100: "Trying", 180: "Ringing", 200: "OK", 400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed",
    406: "Not Acceptable", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
    481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error", 501: "Not Implemented",
    503: "Service Unavailable", 505: "Version Not Supported", 513: "Message Too Large",
}  # fmt: skip


def spelled(name: str, /) -> str:
    """Return the full, canonical spelling of a header name: ``v`` and ``via`` are both ``Via``."""
    lower = name.strip().lower()
    return COMPACT.get(lower) or _SPELLED.get(lower) or name.strip()


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in order; names are canonical. Octets that are no UTF-8 survive as surrogates."""

    fields: tuple[tuple[str, str], ...] = ()

    def first(self, name: str, /) -> str:
        """The first value of ``name``, or an empty text."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str, /) -> list[str]:
        """Every value of ``name``, comma lists taken apart outside quotes and angle brackets (RFC 3261 §7.3.1)."""
        return [part for key, value in self.fields if key == name for part in split_list(value)]

    def each(self, name: str, /) -> list[str]:
        """Every value of ``name`` as its line has it."""
        return [value for key, value in self.fields if key == name]

    def count(self, name: str, /) -> int:
        """How many header lines have this name."""
        return sum(1 for key, _ in self.fields if key == name)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A SIP request (RFC 3261 §7.1)."""

    method: str
    uri: str
    headers: Headers
    body: bytes = b""

    @property
    def call_id(self) -> str:
        """The Call-ID."""
        return self.headers.first("Call-ID")

    @property
    def cseq(self) -> int:
        """The number of CSeq, -1 when it has none."""
        number = next(iter(self.headers.first("CSeq").split()), "")
        return int(number) if number.isascii() and number.isdigit() and len(number) <= 10 else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A SIP response (RFC 3261 §7.2)."""

    status: int
    reason: str
    headers: Headers
    body: bytes = b""


def split_list(value: str, /) -> list[str]:
    """Split a header value at commas that stand outside quoted strings and angle brackets."""
    parts: list[str] = []
    begin, quoted, depth, skip = 0, False, 0, False
    for index, char in enumerate(value):
        if skip:
            skip = False
        elif quoted:
            skip, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "<>":
            depth = 1 if char == "<" else 0
        elif char == "," and not depth:
            parts.append(value[begin:index])
            begin = index + 1
    parts.append(value[begin:])
    return [part.strip() for part in parts if part.strip()]


def _wire(start_line: str, headers: Headers, body: bytes) -> bytes:
    lines = [start_line, *(f"{name}: {value}" for name, value in headers if name != "Content-Length")]
    lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body


def to_wire(message: Request | Response, /) -> bytes:
    """Return the octets of a message; Content-Length is always that of its body."""
    if isinstance(message, Request):
        return _wire(f"{message.method} {message.uri} SIP/2.0", message.headers, message.body)
    return _wire(f"SIP/2.0 {message.status} {message.reason}", message.headers, message.body)
