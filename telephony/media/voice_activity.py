"""Is somebody speaking in this frame? Engine: webrtcvad, mode 2."""

import webrtcvad

from vocabulary.audio import SAMPLE_RATE

_MODE = 2


class VoiceActivity:
    """Verdicts on the frames of one leg, in order."""

    def __init__(self) -> None:
        self._engine = webrtcvad.Vad(_MODE)

    def voiced(self, pcm: bytes, /) -> bool:
        """Tell whether 160 s16le samples contain a voice."""
        verdict: bool = self._engine.is_speech(pcm, SAMPLE_RATE)
        return verdict
