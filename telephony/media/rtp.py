"""RTP packets (RFC 3550 §5.1) between octets and values. No I/O."""

import struct
from typing import NamedTuple

from vocabulary.errors import Permanent

CLOCK_RATE = 8000
COMFORT_NOISE = 13
"""Payload type of RFC 3389."""
_HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")


class MalformedRtp(Permanent):
    """A datagram that is no RTP version 2 packet."""


class RtpPacket(NamedTuple):
    """One packet; ``payload`` is without padding, CSRC list and header extension."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(datagram: bytes, /) -> RtpPacket:
    """Return the packet in ``datagram``; MalformedRtp says which rule it breaks."""
    if len(datagram) < _HEADER.size:
        raise MalformedRtp("shorter than an RTP header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(datagram)
    if first >> 6 != 2:
        raise MalformedRtp("not RTP version 2")
    start, end = _HEADER.size + 4 * (first & 0x0F), len(datagram)
    if first & 0x10:
        if start + _EXTENSION.size > end:
            raise MalformedRtp("header extension cut off")
        start += _EXTENSION.size + 4 * _EXTENSION.unpack_from(datagram, start)[1]
    if first & 0x20:
        padding = datagram[-1]
        if padding == 0:
            raise MalformedRtp("padding of no length")
        end -= padding
    if start > end:
        raise MalformedRtp("header and padding overlap")
    return RtpPacket(second & 0x7F, second >= 0x80, sequence, timestamp, ssrc, datagram[start:end])


def build(packet: RtpPacket, /) -> bytes:
    """Return the octets of a packet without padding, CSRC or extension; numbers are taken modulo their width."""
    return (
        _HEADER.pack(
            0x80,
            (packet.marker << 7) | packet.payload_type,
            packet.sequence & 0xFFFF,
            packet.timestamp & 0xFFFFFFFF,
            packet.ssrc,
        )
        + packet.payload
    )


def difference(*, newer: int, older: int, bits: int) -> int:
    """Return ``newer - older`` of wrapping counters as a signed number (RFC 1982)."""
    half = 1 << (bits - 1)
    return ((newer - older + half) & ((1 << bits) - 1)) - half
