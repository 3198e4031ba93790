"""Under which names the pages are reached, and whether a request comes from them."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

PLAIN_COOKIE, SECURE_COOKIE = "hotline_session", "__Host-hotline"
"""The second is kept by browsers only with Secure, Path=/ and no Domain (RFC 6265bis section 4.1.3.2)."""
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``public_url`` is the address people type (empty: only this machine); ``host`` the one we are bound to.

    ``proxies`` are the addresses of reverse proxies whose X-Forwarded-For is believed.
    """

    public_url: str = ""
    host: str = "127.0.0.1"
    proxies: frozenset[str] = frozenset()

    @property
    def secure(self) -> bool:
        """Whether people come over HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """Name of the session cookie."""
        return SECURE_COOKIE if self.secure else PLAIN_COOKIE

    def serves(self, authority: str, /) -> bool:
        """Tell whether a Host header names us: the public name, the bound host, this machine, or a plain address.

        Every other name may be one that its owner points at us (DNS rebinding). A plain IP address cannot be.
        """
        name = host_of(authority)
        if name is None:
            return False
        return name in {"localhost", self.host.lower(), urlsplit(self.public_url).hostname} or _is_address(name)

    def own_origin(self, origin: str | None, /, *, authority: str) -> bool:
        """Tell whether scheme, host and port of an Origin header are ours; a client that is no browser sends none."""
        if origin is None:
            return True
        public = urlsplit(self.public_url)
        if public.netloc and origin == f"{public.scheme}://{public.netloc}":
            return True
        return origin == f"http://{authority}" and (not self.secure or host_of(authority) in {"localhost", "127.0.0.1"})

    def source(self, peer: str, /, *, forwarded: str) -> str:
        """Return the address a request comes from; the last entry of X-Forwarded-For when ``peer`` is our proxy."""
        last = forwarded.rpartition(",")[2].strip()
        return last if peer in self.proxies and _is_address(last) else peer


def host_of(authority: str, /) -> str | None:
    """Return the host of ``host[:port]`` in lower case, an IPv6 address without its brackets; None when malformed."""
    found = _AUTHORITY.fullmatch(authority)
    return found[1].strip("[]").lower() if found else None


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
