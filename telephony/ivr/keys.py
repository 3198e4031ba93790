"""One press of a key that a telephone signals twice, by RTP event (RFC 4733) and by INFO (RFC 6086). No I/O."""

from collections import deque
from enum import StrEnum

PAIRED_WITHIN_MS = 3000
"""INFO comes when the key is let go, the RTP event when it is pressed: so long may lie between them."""
_REMEMBERED = 16


class KeySource(StrEnum):
    """How a key came."""

    RTP = "rtp"
    INFO = "info"


class KeyPresses:
    """Counts a press once. Each signal of one source uses up an unpaired one of the other."""

    def __init__(self) -> None:
        self._unpaired: deque[tuple[KeySource, str, int]] = deque(maxlen=_REMEMBERED)

    def is_new(self, digit: str, /, *, source: KeySource, at_ms: int) -> bool:
        """Tell whether this signal is a press of its own; ``at_ms`` in call time."""
        for entry in self._unpaired:
            other, pressed, when = entry
            if other is not source and pressed == digit and abs(at_ms - when) <= PAIRED_WITHIN_MS:
                self._unpaired.remove(entry)
                return False
        self._unpaired.append((source, digit, at_ms))
        return True
