"""RTCP as a sign of life (RFC 3550 §6, on one port with RTP RFC 5761). No I/O."""

import struct

_HEADER = struct.Struct("!BBH")
_FIRST, _LAST = 192, 223


def is_rtcp(datagram: bytes, /) -> bool:
    """Tell RTCP from RTP on one port (RFC 5761 §4): packet types 192 to 223."""
    return len(datagram) >= 8 and datagram[0] >> 6 == 2 and _FIRST <= datagram[1] <= _LAST


def is_compound(datagram: bytes, /) -> bool:
    """Tell whether a datagram is RTCP whose packets fill it to the last octet (RFC 3550 §6.1, A.2)."""
    at, end = 0, len(datagram)
    while at + 8 <= end:
        first, kind, words = _HEADER.unpack_from(datagram, at)
        if first >> 6 != 2 or not _FIRST <= kind <= _LAST:
            return False
        at += 4 * (words + 1)
    return at == end and end > 0
