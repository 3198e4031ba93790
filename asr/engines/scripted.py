"""An engine for tests only: it hears tones. A tone of ``1000 + 100·n`` Hz is the n-th character of its alphabet.

So a test can say which words a leg carries, and sound that goes to the wrong leg, is lost or is heard twice shows.
"""

import time

import numpy as np

from asr.endpointing import Endpointing
from asr.engines.protocol import FinalText, Heard, PartialText
from asr.ladder import Steps
from vocabulary.audio import FRAME_SAMPLES, SAMPLE_RATE, samples_to_ms

ALPHABET = "甲乙丙丁戊己庚辛壬癸天地玄黄宇宙"
TONE_BASE, TONE_STEP = 1000, 100


def tone(text: str, *, ms: int = 300) -> bytes:
    """Return s16le at 8 kHz that says ``text``: ``ms`` a character, a slow tremolo so that a voice detector bites."""
    parts = []
    for character in text:
        times = np.arange(SAMPLE_RATE * ms // 1000) / SAMPLE_RATE
        wave = np.sin(2 * np.pi * (TONE_BASE + TONE_STEP * ALPHABET.index(character)) * times)
        parts.append((8000 * wave * (0.8 + 0.2 * np.sin(2 * np.pi * 5 * times))).astype("<i2").tobytes())
    return b"".join(parts)


def _character(frame: np.ndarray[tuple[int], np.dtype[np.int16]]) -> str:
    if np.abs(frame.astype(np.int32)).mean() < 500:
        return ""
    spectrum = np.abs(np.fft.rfft(frame, SAMPLE_RATE // 10))
    index = round((float(np.argmax(spectrum)) * 10 - TONE_BASE) / TONE_STEP)
    return ALPHABET[index] if 0 <= index < len(ALPHABET) else ""


class ScriptedStream:
    """Writes each tone's character once."""

    def __init__(self, *, cost: float) -> None:
        """``cost`` seconds are slept for each second heard."""
        self._cost = cost
        self._text, self._run, self._start = "", "", 0

    def begin(self, start: int, /) -> None:
        """Remember where the utterance begins."""
        self._start = start

    def hear(self, first_sample: int, pcm: bytes, *, partial: bool) -> list[Heard]:  # noqa: ARG002 - tones need no time
        """Listen for tones of at least 100 ms."""
        if self._cost:
            time.sleep(self._cost * len(pcm) / 2 / SAMPLE_RATE)
        before = self._text
        sound = np.frombuffer(pcm, dtype="<i2")
        for offset in range(0, len(sound), FRAME_SAMPLES):
            character = _character(sound[offset : offset + FRAME_SAMPLES])
            self._run = self._run + character if character and self._run[-1:] in {"", character} else character
            if len(self._run) == 5:
                self._text += character
        if not partial or self._text == before:
            return []
        return [PartialText(start_ms=samples_to_ms(self._start), text=self._text)]

    def end(self, start: int, end: int, *, hurried: bool) -> list[Heard]:  # noqa: ARG002 - always at once
        """Return what was heard."""
        text, self._text, self._run = self._text, "", ""
        if not text:
            return []
        return [FinalText(start_ms=samples_to_ms(start), end_ms=samples_to_ms(end), text=text, confidence=1.0)]

    def close(self) -> None:
        """Nothing to give back."""


class ScriptedEngine:
    """Hears tones as fast as one likes."""

    name = "scripted"
    partials = True
    endpointing = Endpointing()
    parallel = 4

    def __init__(self, *, cost: float = 0.0, steps: Steps | None = None) -> None:
        """``cost`` is real time a second of sound takes."""
        self._cost, self.steps = cost, steps or Steps()

    def legs(self, cores: int, /) -> int:
        """As many as anyone asks for."""
        return 100 * cores

    def open(self) -> ScriptedStream:
        """Open a stream."""
        return ScriptedStream(cost=self._cost)
