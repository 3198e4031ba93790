"""What we send to one peer: the only place where a leg's sequence and timestamp are counted. No I/O."""

import struct

from vocabulary.audio import FRAME_SAMPLES

_HEADER = struct.Struct("!BBHII")


class Outgoing:
    """Packets of one SSRC; the timestamp runs with the ticks, sent or not (RFC 3550 §5.1)."""

    def __init__(self, *, ssrc: int, sequence: int, timestamp: int) -> None:
        """Begin with random numbers of the caller's choice."""
        self.ssrc = ssrc
        self.sent = 0
        self._sequence = sequence & 0xFFFF
        self._timestamp = timestamp & 0xFFFFFFFF
        self._marker = 0x80

    def packet(self, payload: bytes, /, *, payload_type: int) -> bytes:
        """Return the datagram of this tick."""
        header = _HEADER.pack(0x80, self._marker | payload_type, self._sequence, self._timestamp, self.ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._marker = 0
        self.sent += 1
        self.skip(1)
        return header + payload

    def skip(self, ticks: int, /) -> None:
        """Let ticks pass without a packet; the next one bears a marker when more than this one is missing."""
        self._timestamp = (self._timestamp + ticks * FRAME_SAMPLES) & 0xFFFFFFFF

    def pause(self) -> None:
        """Let one tick pass in silence (hold): a talk spurt begins after it."""
        self._marker = 0x80
        self.skip(1)
