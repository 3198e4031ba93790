"""What a setting must look like beyond its type; each refusal names the setting. No I/O."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from vocabulary.errors import Permanent
from vocabulary.text import text_fault

HIGHEST_PORT = 65_535
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*")
"""RFC 1123 §2.1."""


class BadSettings(Permanent):
    """A setting that cannot be used; the text names it and says what it should look like."""


def check_text(tree: Mapping[str, Any], /) -> None:
    """Raise BadSettings for text with characters that no path, address or password can have."""
    for name, value in _texts(tree, ""):
        if fault := text_fault(value, longest=4096, lines=False):
            raise BadSettings(f"{name}: {fault}")


def _texts(value: Any, name: str, /) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for inner, below in value.items():
            yield from _texts(below, f"{name}.{inner}" if name else str(inner))
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _texts(below, name)


def check_port(name: str, port: int, /) -> None:
    """Raise BadSettings when ``port`` is none; 0 lets the system choose."""
    if not 0 <= port <= HIGHEST_PORT:
        raise BadSettings(f"{name} is {port}; a port is a number from 1 to {HIGHEST_PORT}")


def check_host(name: str, host: str, /) -> None:
    """Raise BadSettings when ``host`` is neither an IP address nor a name."""
    try:
        ip_address(host)
    except ValueError:
        numbers = re.fullmatch(r"[0-9.]*", host) is not None
        if numbers or len(host) > 253 or not _HOST_NAME.fullmatch(host):
            raise BadSettings(f"{name} is {host!r}; it must be an IP address such as 127.0.0.1, or a name") from None


def check_port_range(low: int, high: int, /) -> None:
    """Raise BadSettings unless RTP's ports are a range; a low of 0 lets the system choose each."""
    if low and low >= high:
        raise BadSettings(f"telephony.rtp_port_low is {low} and rtp_port_high {high}; the high one must be the higher")
