"""From whom a leg takes packets and where it sends them: symmetric RTP (RFC 4961) with a check. No I/O."""

Address = tuple[str, int]
_CONSECUTIVE = 4
_SILENT_S = 2.0


class SourceLatch:
    """Takes the signalled address at once, another after 4 packets in a row of one SSRC, none beside a live one."""

    def __init__(self, signalled: Address) -> None:
        """Begin with the address of the peer's SDP."""
        self._signalled = signalled
        self._source: Address | None = None
        self._heard = 0.0
        self._candidate: tuple[Address, int] | None = None
        self._count = 0

    @property
    def target(self) -> Address:
        """Where to send: whom we hear, else whom the SDP names."""
        return self._source or self._signalled

    def signal(self, signalled: Address, /) -> None:
        """Take a new address from a re-INVITE; the old source may go on until the new one is heard."""
        if signalled != self._signalled:
            self._signalled, self._source, self._candidate = signalled, None, None

    def accepts(self, address: Address, /, *, ssrc: int, now: float) -> bool:
        """Tell whether a packet may be played; ``now`` in seconds."""
        if address == self._source or (address == self._signalled and self._source is None):
            self._source, self._heard, self._candidate = address, now, None
            return True
        if self._source is not None and now - self._heard < _SILENT_S:
            return False
        if self._candidate != (address, ssrc):
            self._candidate, self._count = (address, ssrc), 0
        self._count += 1
        if self._count < _CONSECUTIVE:
            return False
        self._source, self._heard, self._candidate = address, now, None
        return True
