"""G.711 over whole matrices of frames: the tables of ``vocabulary.g711`` as numpy arrays."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from telephony.media_protocol import Codec
from vocabulary import g711

Samples = NDArray[np.int16]
Octets = NDArray[np.uint8]


class Law(IntEnum):
    """Row number of the tables; the static payload types of RFC 3551 are in ``PAYLOAD_TYPES``."""

    ALAW = 0
    ULAW = 1


LAW_OF: dict[Codec, Law] = {Codec.PCMA: Law.ALAW, Codec.PCMU: Law.ULAW}
LAW_OF_PAYLOAD_TYPE: dict[int, Law] = {8: Law.ALAW, 0: Law.ULAW}
PAYLOAD_TYPES: tuple[int, int] = (8, 0)
SILENCE: tuple[bytes, bytes] = (b"\xd5", b"\xff")
"""One octet of silence in either law."""

_TO_LINEAR: NDArray[np.int16] = np.array([g711.ALAW_TO_LINEAR, g711.ULAW_TO_LINEAR], dtype=np.int16)
_FROM_LINEAR: NDArray[np.uint8] = np.stack(
    [np.frombuffer(g711.LINEAR_TO_ALAW, dtype=np.uint8), np.frombuffer(g711.LINEAR_TO_ULAW, dtype=np.uint8)]
)
_FROM_LINEAR[Law.ALAW, 0] = 0xD5  # between +8 and -8 silence is the octet that everybody sends
_FLAT_TO_LINEAR = _TO_LINEAR.reshape(-1)
_FLAT_FROM_LINEAR = _FROM_LINEAR.reshape(-1)

LOUDNESS: tuple[bytes, bytes] = tuple(  # type: ignore[assignment]  # two rows, one a law
    bytes(min(255, abs(int(value)) >> 5) for value in row) for row in _TO_LINEAR
)
"""Tables for ``bytes.translate``: magnitude of an octet in steps of 32."""


def decode(octets: Octets, laws: NDArray[np.intp], /) -> Samples:
    """Return linear samples (N, S) of octets (N, S); ``laws`` (N,) holds a ``Law`` a row."""
    index = octets.astype(np.intp)
    index += (laws << 8)[:, np.newaxis]
    return _FLAT_TO_LINEAR.take(index)


def encode(samples: Samples, laws: NDArray[np.intp], /) -> Octets:
    """Return octets (N, S) of linear samples (N, S); ``laws`` (N,) holds a ``Law`` a row."""
    index = samples.view(np.uint16).astype(np.intp)
    index += (laws << 16)[:, np.newaxis]
    return _FLAT_FROM_LINEAR.take(index)
