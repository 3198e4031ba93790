"""From a verdict on each 20 ms frame to "began to speak" and "ceased". No I/O."""

from dataclasses import dataclass

from vocabulary.audio import FRAME_MS

_ONSET = 4
_ONSET_WINDOW = 0b111111
_HANGOVER = 25


@dataclass(frozen=True, slots=True)
class SpeechChange:
    """``speaking`` changed at ``at_ms``, which lies in the past by the time it took to be sure."""

    speaking: bool
    at_ms: int


class SpeechGate:
    """Speech begins with 4 voiced frames among 6 and ends after 0.5 s without one."""

    def __init__(self) -> None:
        self._recent = 0
        self._unvoiced = 0
        self.speaking = False

    def feed(self, *, voiced: bool, at_ms: int) -> SpeechChange | None:
        """Take the verdict on the frame that begins at ``at_ms``; return a change when there is one."""
        self._recent = ((self._recent << 1) | voiced) & _ONSET_WINDOW
        self._unvoiced = 0 if voiced else self._unvoiced + 1
        if not self.speaking and self._recent.bit_count() >= _ONSET:
            self.speaking = True
            return SpeechChange(speaking=True, at_ms=max(0, at_ms - (self._recent.bit_length() - 1) * FRAME_MS))
        if self.speaking and self._unvoiced >= _HANGOVER:
            self.speaking, self._recent = False, 0
            return SpeechChange(speaking=False, at_ms=max(0, at_ms - (self._unvoiced - 1) * FRAME_MS))
        return None
