"""Keys as RTP telephone events (RFC 4733). No I/O."""

import struct
from collections import deque
from dataclasses import dataclass

from telephony.media.rtp import difference

DIGITS = "0123456789*#ABCD"
_EVENT = struct.Struct("!BBH")
_REMEMBERED = 16
_END_SLACK = 800
"""Timestamp units (100 ms) by which repeats of an end packet may be stamped after the event."""
_SEGMENT = 0xFFFF - 8000
"""A duration from which the next packet may be another segment of the same press (RFC 4733 §2.5.1.3)."""


@dataclass(slots=True)
class _Press:
    """The press that was counted last: ``start`` and ``duration`` in timestamp units of its present segment."""

    event: int
    ssrc: int
    start: int
    duration: int


class DigitReader:
    """Turns event packets into keys: one a press, whichever of its packets comes first, marker or not.

    A press has one timestamp. Two kinds of packets with another one belong to it still: the next segment of a long
    press, and end packets that some telephones stamp anew.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._press: _Press | None = None

    def read(self, payload: bytes, /, *, ssrc: int, timestamp: int) -> str | None:
        """Return the key of a new press, None for repeats, other events (hook flash …) and short payloads."""
        if len(payload) < _EVENT.size:
            return None
        event, flags, duration = _EVENT.unpack_from(payload)
        if event >= len(DIGITS):
            return None
        if (ssrc, timestamp) in self._seen:
            self._grow(ssrc, timestamp, duration)
            return None
        self._seen.append((ssrc, timestamp))
        if self._goes_on(event, ssrc, timestamp, duration, end=bool(flags & 0x80)):
            return None
        self._press = _Press(event, ssrc, timestamp, duration)
        return DIGITS[event]

    def _grow(self, ssrc: int, timestamp: int, duration: int) -> None:
        press = self._press
        if press is not None and (press.ssrc, press.start) == (ssrc, timestamp):
            press.duration = max(press.duration, duration)

    def _goes_on(self, event: int, ssrc: int, timestamp: int, duration: int, *, end: bool) -> bool:
        press = self._press
        if press is None or (press.event, press.ssrc) != (event, ssrc):
            return False
        passed = difference(newer=timestamp, older=press.start, bits=32)
        if end and duration >= press.duration and 0 <= passed <= duration + _END_SLACK:
            press.duration = duration
            return True
        if press.duration >= _SEGMENT and abs(passed - press.duration) <= _END_SLACK:
            press.start, press.duration = timestamp, duration
            return True
        return False


def event_payload(digit: str, /, *, duration: int, end: bool = False, volume: int = 10) -> bytes:
    """Return the 4 octets of RFC 4733 §2.3; ``duration`` in timestamp units, ``volume`` in -dBm0."""
    return _EVENT.pack(DIGITS.index(digit), (end << 7) | volume, duration)
