"""G.711 A-law and µ-law (ITU-T G.711) as tables between octets and 16-bit linear samples."""

from array import array
from bisect import bisect_right


def _alaw_to_linear(octet: int, /) -> int:
    octet ^= 0x55
    mantissa, segment = (octet & 0x0F) << 4, (octet & 0x70) >> 4
    magnitude = mantissa + 8 if segment == 0 else (mantissa + 0x108) << (segment - 1)
    return magnitude if octet & 0x80 else -magnitude


def _ulaw_to_linear(octet: int, /) -> int:
    octet = ~octet & 0xFF
    magnitude = (((octet & 0x0F) << 3) + 0x84) << ((octet & 0x70) >> 4)
    return 0x84 - magnitude if octet & 0x80 else magnitude - 0x84


ALAW_TO_LINEAR: tuple[int, ...] = tuple(_alaw_to_linear(octet) for octet in range(256))
ULAW_TO_LINEAR: tuple[int, ...] = tuple(_ulaw_to_linear(octet) for octet in range(256))


def _encoder(to_linear: tuple[int, ...], /) -> bytes:
    """Return 65,536 octets indexed by a sample as u16: the nearest code of every linear value."""
    codes = sorted(range(256), key=lambda octet: (to_linear[octet], octet))
    levels = [to_linear[octet] for octet in codes]
    table = bytearray(65536)
    for sample in range(-32768, 32768):
        above = bisect_right(levels, sample)
        nearer_below = above > 0 and (above == 256 or sample - levels[above - 1] < levels[above] - sample)
        near = above - 1 if nearer_below else above  # a tie goes up: silence is 0xD5 in A-law
        table[sample & 0xFFFF] = codes[near]
    return bytes(table)


LINEAR_TO_ALAW: bytes = _encoder(ALAW_TO_LINEAR)
LINEAR_TO_ULAW: bytes = _encoder(ULAW_TO_LINEAR)


def decode(payload: bytes, to_linear: tuple[int, ...], /) -> bytes:
    """Return s16le samples of G.711 octets."""
    return array("h", (to_linear[octet] for octet in payload)).tobytes()


def encode(pcm: bytes, from_linear: bytes, /) -> bytes:
    """Return G.711 octets of s16le samples."""
    return bytes(from_linear[sample] for sample in array("H", pcm))
