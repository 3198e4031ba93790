"""A list of prompts played back to back in frames. No I/O."""

from uuid import UUID

import numpy as np

from telephony.media.g711 import Samples
from vocabulary.audio import FRAME_SAMPLES


class Playlist:
    """What is being played to one leg."""

    def __init__(self, *, play_id: UUID, sounds: tuple[Samples, ...], loop: bool) -> None:
        """Take 8 kHz sounds; with ``loop`` they never end unless all are empty."""
        self.play_id = play_id
        self._sound: Samples = np.concatenate(sounds) if sounds else np.zeros(0, dtype=np.int16)
        self._loop = loop and self._sound.size > 0
        self._at = 0

    def next_frame(self) -> Samples | None:
        """Return the next 160 samples, the last ones filled up with silence; None after the end."""
        end = self._at + FRAME_SAMPLES
        if self._loop:
            frame = np.take(self._sound, np.arange(self._at, end), mode="wrap")
            self._at = end % self._sound.size
            return frame
        frame = self._sound[self._at : end]
        self._at = end
        if frame.size == 0:
            return None
        return frame if frame.size == FRAME_SAMPLES else np.pad(frame, (0, FRAME_SAMPLES - frame.size))
