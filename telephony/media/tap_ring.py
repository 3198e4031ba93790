"""The last 30 s of one leg in blocks of 100 ms. No I/O."""

from collections import deque

from vocabulary.audio import BLOCK_SAMPLES, SAMPLE_RATE, AudioBlock
from vocabulary.taps import TapLeg

KEPT_S = 30
_KEPT_BLOCKS = KEPT_S * SAMPLE_RATE // BLOCK_SAMPLES
_BLOCK_BYTES = 2 * BLOCK_SAMPLES


class TapRing:
    """Blocks of a leg, oldest lost first. A reader keeps its own place and learns of what it missed."""

    def __init__(self, leg: TapLeg) -> None:
        """Begin at ``leg.first_sample``."""
        self.leg = leg
        self.closed = False
        self._blocks: deque[AudioBlock] = deque(maxlen=_KEPT_BLOCKS)
        self._filling = bytearray()
        self._next = leg.first_sample

    @property
    def end_sample(self) -> int:
        """The sample after the last one that was fed."""
        return self._next + len(self._filling) // 2

    def feed(self, pcm: bytes, /) -> bool:
        """Take the next samples; True when a block became whole."""
        self._filling += pcm
        fresh = False
        while len(self._filling) >= _BLOCK_BYTES:
            self._cut(_BLOCK_BYTES)
            fresh = True
        return fresh

    def close(self) -> None:
        """No sample follows; what is left becomes a shorter block."""
        if self._filling and not self.closed:
            self._cut(len(self._filling))
        self.closed = True

    def after(self, sample: int, /) -> AudioBlock | None:
        """Return the first kept block that ends after ``sample``, from ``sample`` on; None when there is none yet.

        ``gap_before`` is set when samples between ``sample`` and the block are lost.
        """
        if not self._blocks or self._blocks[-1].end_sample <= sample:
            return None
        first = self._blocks[0].first_sample
        if sample < first:
            return AudioBlock(leg=self.leg.leg, first_sample=first, pcm=self._blocks[0].pcm, gap_before=True)
        block = self._blocks[min(len(self._blocks) - 1, (sample - first) // BLOCK_SAMPLES)]
        cut = sample - block.first_sample
        return AudioBlock(leg=self.leg.leg, first_sample=sample, pcm=block.pcm[2 * cut :])

    def _cut(self, length: int) -> None:
        pcm = bytes(self._filling[:length])
        del self._filling[:length]
        self._blocks.append(AudioBlock(leg=self.leg.leg, first_sample=self._next, pcm=pcm))
        self._next += length // 2
