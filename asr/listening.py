"""From the blocks of one leg to what is to be fed: frames, voice, speech with its begin and end, gaps."""

import numpy as np

from asr.endpointing import Endpointer, Endpointing, Found, Over, frames_of
from asr.ports import Detector
from vocabulary.audio import SAMPLES_PER_MS, AudioBlock


class LegListener:
    """The ear of one leg. Samples are call time at 8 kHz."""

    def __init__(self, *, settings: Endpointing, detector: Detector, from_sample: int) -> None:
        """Begin at ``from_sample``, where the claim begins."""
        self._endpointer = Endpointer(settings)
        self._detector = detector
        self._look_back = (settings.pre_roll + 2 * settings.min_speech) * SAMPLES_PER_MS
        self._began = False
        self._rest = b""
        self._spoken_to = from_sample
        self.next_sample = from_sample
        self.missed = False

    @property
    def quiet_to(self) -> int:
        """Sample before which no speech is under way here; where a successor may begin."""
        since = self._endpointer.open_since
        return max(self._spoken_to, self.next_sample - self._look_back) if since is None else since

    def take(self, block: AudioBlock, /) -> list[Found]:
        """Return what the block made known. Sound heard before is skipped; missing sound ends the utterance."""
        skip = min(max(self.next_sample - block.first_sample, 0), len(block.pcm) // 2)
        first, pcm = block.first_sample + skip, block.pcm[2 * skip :]
        if not pcm:
            return []
        found: list[Found] = []
        if (block.gap_before and not skip) or (self._began and first > self.next_sample):
            found += self.gap()
        self._began = True
        first -= len(self._rest) // 2
        pcm = self._rest + pcm
        whole = frames_of(first, pcm)
        for sample, frame in whole:
            found += self._endpointer.frame(sample, frame, voiced=self._detector.voiced(frame), level=_loudness(frame))
        self._rest = pcm[sum(len(frame) for _, frame in whole) :]
        self.next_sample = first + len(pcm) // 2
        return self._noted(found)

    def skip(self, block: AudioBlock, /) -> None:
        """Leave a block unheard."""
        self.next_sample = max(self.next_sample, block.end_sample)
        self.missed = True

    def gap(self) -> list[Found]:
        """Sound is missing from here on: the transcript is not complete."""
        self.missed = True
        return self.finish()

    def finish(self) -> list[Found]:
        """End what is under way."""
        self._rest = b""
        return self._noted(self._endpointer.cut())

    def _noted(self, found: list[Found], /) -> list[Found]:
        self._spoken_to = max([self._spoken_to, *(step.end for step in found if isinstance(step, Over))])
        return found


def _loudness(frame: bytes, /) -> int:
    return int(np.abs(np.frombuffer(frame, dtype="<i2").astype(np.int32)).mean())
