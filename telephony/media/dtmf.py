"""Keys as RTP telephone events (RFC 4733). No I/O."""

import struct
from collections import deque

DIGITS = "0123456789*#ABCD"
_EVENT = struct.Struct("!BBH")
_REMEMBERED = 16


class DigitReader:
    """Turns event packets into keys: one a timestamp, whichever of its packets comes first, marker or not."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)

    def read(self, payload: bytes, /, *, ssrc: int, timestamp: int) -> str | None:
        """Return the key of a new event, None for repeats, other events (hook flash …) and short payloads."""
        if len(payload) < _EVENT.size:
            return None
        event = payload[0]
        key = (ssrc, timestamp)
        if event >= len(DIGITS) or key in self._seen:
            return None
        self._seen.append(key)
        return DIGITS[event]


def event_payload(digit: str, /, *, duration: int, end: bool = False, volume: int = 10) -> bytes:
    """Return the 4 octets of RFC 4733 §2.3; ``duration`` in timestamp units, ``volume`` in -dBm0."""
    return _EVENT.pack(DIGITS.index(digit), (end << 7) | volume, duration)
