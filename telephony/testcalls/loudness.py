"""Is the other side speaking? By loudness alone, with patience. No I/O."""

from array import array

_LOUD = 250
_ONSET, _HANGOVER = 3, 15


class Loudness:
    """Speaking begins with 3 loud frames of 20 ms in a row and ends with 15 quiet ones."""

    def __init__(self) -> None:
        self.speaking = False
        self._run = 0

    def feed(self, pcm: bytes, /) -> bool | None:
        """Take one frame of s16le; return the new state when it changed."""
        samples = array("h", pcm)
        loud = sum(map(abs, samples)) > _LOUD * len(samples)
        self._run = self._run + 1 if loud != self.speaking else 0
        if self._run < (_HANGOVER if self.speaking else _ONSET):
            return None
        self.speaking, self._run = not self.speaking, 0
        return self.speaking
