"""From whom a leg takes packets and where it sends them: symmetric RTP (RFC 4961) that trusts signalling. No I/O.

The address that SDP names is always taken, and taken back. Another one is taken only from the same host or from the
networks that signalling names, only for a while after signalling or when nothing is heard, and only after several
packets of one SSRC in a row. Nobody else is ever heard or sent to.
"""

from ipaddress import IPv4Address, IPv4Network

Address = tuple[str, int]
CONSECUTIVE = 4
SILENT_S = 2.0
LEARNING_S = 10.0
"""How long after signalling another address of the peer may be learnt while the present one is heard of nothing."""


class SourceLatch:
    """The address of one peer. ``moves`` counts how often another one than before was taken."""

    def __init__(self, signalled: Address, *, networks: tuple[str, ...] = (), now: float = 0.0) -> None:
        """Begin with the address of the peer's SDP; ``networks`` in CIDR form, ``now`` in seconds."""
        self.moves = 0
        self._networks = [IPv4Network(text) for text in networks]
        self._signalled = signalled
        self._source: Address | None = None
        self._signalled_at, self._heard_at, self._named_at = now, float("-inf"), float("-inf")
        self._candidate: tuple[Address, int] | None = None
        self._count = 0

    @property
    def target(self) -> Address:
        """Where to send: whom we hear, else whom the SDP names."""
        return self._source or self._signalled

    def signal(self, signalled: Address, /, *, now: float) -> None:
        """Take a new address from a re-INVITE; what was learnt before is forgotten."""
        self._signalled_at = now
        if signalled != self._signalled:
            self._signalled, self._source, self._candidate = signalled, None, None
            self._heard_at = self._named_at = float("-inf")

    def accepts(self, address: Address, /, *, ssrc: int, now: float) -> bool:
        """Tell whether a packet may be played; ``now`` in seconds."""
        if address == self._signalled:
            self._named_at = now
            self._take(address, now)
            return True
        if now - self._named_at < SILENT_S or not self.fits(address[0]):
            return False
        if address == self._source:
            self._heard_at, self._candidate = now, None
            return True
        if now - self._heard_at < SILENT_S or not self._learning(now):
            return False
        if self._candidate != (address, ssrc):
            self._candidate, self._count = (address, ssrc), 0
        self._count += 1
        if self._count < CONSECUTIVE:
            return False
        self._take(address, now)
        return True

    def fits(self, host: str, /) -> bool:
        """Tell whether ``host`` is the peer's own, or one that signalling named."""
        if host == self._signalled[0]:
            return True
        return bool(self._networks) and any(IPv4Address(host) in network for network in self._networks)

    def _learning(self, now: float) -> bool:
        """Another port or host may be learnt right after signalling, and when the one we knew fell silent."""
        return self._source is not None or now - self._signalled_at <= LEARNING_S

    def _take(self, address: Address, now: float) -> None:
        if self.target != address:
            self.moves += 1
        self._source, self._heard_at, self._candidate = address, now, None
