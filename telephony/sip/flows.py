"""Between which two addresses, and by what transport, messages travel (RFC 3261 §18; RFC 5626 §3 calls it a flow)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

Address = tuple[str, int]
"""(host, port); the host is an IPv4 or IPv6 literal without brackets."""


class Transport(StrEnum):
    """As Via names it (RFC 3261 §20.42). Timers of transactions are those of a transport that may lose messages."""

    UDP = "UDP"


@dataclass(frozen=True, slots=True)
class Flow:
    """``local`` is the address that a socket of ours is bound to, ``remote`` the peer's."""

    transport: Transport
    local: Address
    remote: Address

    def to(self, remote: Address, /) -> "Flow":
        """The flow of the same socket to another peer."""
        return self if remote == self.remote else replace(self, remote=remote)


@dataclass(frozen=True, slots=True)
class Send:
    """Put a message on the wire."""

    data: bytes = field(repr=False)
    flow: Flow


def host_port(address: Address, /) -> str:
    """``host:port`` as URIs and Via have it: an IPv6 host in brackets (RFC 3261 §25.1 IPv6reference)."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
