"""RIFF files with G.711 A-law (WAVE format tag 6), as every softphone, browser and sox reads them."""

import struct

from vocabulary.audio import SAMPLE_RATE
from vocabulary.g711 import LINEAR_TO_ALAW, encode

ALAW_TAG = 6


def alaw_file(pcm: bytes, /) -> bytes:
    """Return a whole file of s16le 8 kHz mono samples: ``fmt`` with its extension size, ``fact``, ``data``."""
    payload = encode(pcm, LINEAR_TO_ALAW)
    header = struct.pack("<HHIIHHH", ALAW_TAG, 1, SAMPLE_RATE, SAMPLE_RATE, 1, 8, 0)
    chunks = _chunk(b"fmt ", header) + _chunk(b"fact", struct.pack("<I", len(payload))) + _chunk(b"data", payload)
    return _chunk(b"RIFF", b"WAVE" + chunks)


def seconds(pcm: bytes, /) -> float:
    """Return how long s16le 8 kHz samples sound, to the millisecond."""
    return round(len(pcm) / 2 / SAMPLE_RATE, 3)


def _chunk(name: bytes, body: bytes, /) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
