"""Sound as the rooms exchange it: 16-bit linear PCM, little endian, one channel, 8 kHz, counted from CallAccepted."""

from dataclasses import dataclass, field
from enum import StrEnum

from vocabulary.ids import LegId

SAMPLE_RATE = 8000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
BLOCK_MS = 100
BLOCK_SAMPLES = SAMPLE_RATE * BLOCK_MS // 1000
SAMPLES_PER_MS = SAMPLE_RATE // 1000


class Party(StrEnum):
    """Who speaks on a leg."""

    CALLER = "CALLER"
    AGENT = "AGENT"
    EXPERT = "EXPERT"
    SUPERVISOR = "SUPERVISOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioBlock:
    """A stretch of one leg before mixing. ``first_sample`` counts 8 kHz samples since CallAccepted of its call."""

    leg: LegId
    first_sample: int
    pcm: bytes = field(repr=False)
    gap_before: bool = False
    """Samples between the previous block and this one were lost to this reader."""

    @property
    def end_sample(self) -> int:
        """The sample after the last one of this block."""
        return self.first_sample + len(self.pcm) // 2


def samples_to_ms(samples: int, /) -> int:
    """Call time in milliseconds of a sample index at 8 kHz."""
    return samples // SAMPLES_PER_MS
