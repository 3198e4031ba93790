"""Makes octets that are nearly right: bits flipped, pieces cut, repeated, joined with others, numbers and words put in."""

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 65_507
"""Octets of the largest datagram; longer inputs are cut."""
WORDS = (
    b"\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\r\n", b"\r\n\r\n", b"\xed\xa0\x80", b"\xc0\x80", b"%00",
    b"-1", b"0", b"65536", b"2147483648", b"9" * 40, b"[" * 500, b"{" * 500, b"<" * 500, b" " * 500, b'"', b"\\", b";", b",", b"nan",
    "零幺二".encode(), "１２".encode(), b"null", b"1e999",
)  # fmt: skip


def _flipped(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _cut(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start = random.randrange(len(data))
    del data[start : start + random.randrange(1, 1 + max(1, len(data) // 4))]


def _repeated(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start = random.randrange(len(data))
    piece = data[start : start + random.randrange(1, 64)]
    data[start:start] = piece * random.choice((1, 2, 16, 400))


def _joined(data: bytearray, random: Random, seeds: Sequence[bytes]) -> None:
    other = random.choice(seeds)
    data[random.randrange(len(data)) :] = other[random.randrange(len(other) + 1) :]


def _worded(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start = random.randrange(len(data))
    data[start : start + random.choice((0, 1, 4))] = random.choice(WORDS)


def _lengthened(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    """Another number in the place of a length: 2 or 4 octets, near zero or near the end of the range."""
    size = random.choice((2, 4))
    start = random.randrange(len(data))
    number = random.choice((0, 1, 2**15, 2**16 - 1, len(data), len(data) + 1, 2 ** (8 * size) - 1))
    data[start : start + size] = (number % 2 ** (8 * size)).to_bytes(size, random.choice(("big", "little")))


_WAYS: tuple[Callable[[bytearray, Random, Sequence[bytes]], None], ...] = (
    _flipped, _flipped, _cut, _repeated, _joined, _worded, _worded, _lengthened,
)  # fmt: skip


def mutated(seeds: Sequence[bytes], /, *, random: Random) -> bytes:
    """Return one of ``seeds`` after one to six changes, at most 65,507 octets."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.randrange(1, 7)):
        if not data:
            data += random.choice(WORDS)
        random.choice(_WAYS)(data, random, seeds)
    return bytes(data[:LONGEST])
