"""Is somebody speaking in this frame? Engine: webrtcvad, mode 2."""

import numpy as np
import webrtcvad

from telephony.media.g711 import Samples
from vocabulary.audio import SAMPLE_RATE

_MODE = 2
_FLOOR = 120
"""Peak below which a frame is silence whatever the engine says (about -49 dBFS)."""


class VoiceActivity:
    """Verdicts on the frames of one leg, in order."""

    def __init__(self) -> None:
        self._engine = webrtcvad.Vad(_MODE)

    def voiced(self, frame: Samples, /) -> bool:
        """Tell whether 160 samples contain a voice."""
        if int(np.abs(frame).max()) < _FLOOR:
            return False
        verdict: bool = self._engine.is_speech(frame.tobytes(), SAMPLE_RATE)
        return verdict
