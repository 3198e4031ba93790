"""Vosk (libvosk 0.3.45): streaming, partial words, word times.

``Model(lang=…)`` is never used, because it downloads.
One Model a process, one recogniser a leg for its whole life: a cold one costs two to five times the CPU of a warm one,
and dynamic graphs take 200-350 MB an active recogniser, so it is replaced after four minutes of speech. When the voice
detector says that speech is over, 1.2 s of low noise make the recogniser's own endpoint fire at once, which keeps its
speaker adaptation; ``FinalResult`` would drop it.
"""

import ctypes
import json
import sys
from pathlib import Path
from typing import Any

import vosk

from asr.endpointing import Endpointing
from asr.engines.protocol import FinalText, Heard, PartialText
from asr.engines.rates import WIDE_RATE, Widener, low_noise
from asr.ladder import Steps
from asr.normalise import punctuated
from asr.timemap import TimeMap
from runtime.models import ModelDamaged
from vocabulary.audio import SAMPLE_RATE, SAMPLES_PER_MS, samples_to_ms
from vocabulary.speech import Word

_NOISE = low_noise(SAMPLE_RATE * 12 // 10)
_PIECE = SAMPLE_RATE * 2 // 5  # bytes of 200 ms
_RENEW_AFTER = SAMPLE_RATE * 240
_NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")


def _give_memory_back() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


class VoskStream:
    """One leg's recogniser with its resampler and time map."""

    def __init__(self, model: vosk.Model) -> None:
        """Open a cold recogniser."""
        self._model = model
        self._start = 0
        self._partial = ""
        self._renew()

    def _renew(self) -> None:
        self._recogniser: Any = vosk.KaldiRecognizer(self._model, WIDE_RATE)
        self._recogniser.SetWords(True)
        self._widener = Widener()
        self._times = TimeMap()

    def begin(self, start: int, /) -> None:
        """Remember where the utterance begins."""
        self._start, self._partial = start, ""

    def hear(self, first_sample: int, pcm: bytes, *, partial: bool) -> list[Heard]:
        """Feed sound; finals come when the model's own endpoint fires inside long speech."""
        self._times.heard(first_sample, len(pcm) // 2)
        if self._recogniser.AcceptWaveform(self._widener.widen(pcm)):
            return self._final(None)
        if not partial:
            return []
        text = json.loads(self._recogniser.PartialResult()).get("partial", "")
        if not text or text == self._partial:
            return []
        self._partial = text
        return [PartialText(start_ms=samples_to_ms(self._start), text=text)]

    def end(self, start: int, end: int, *, hurried: bool) -> list[Heard]:  # noqa: ARG002 - nothing to hurry here
        """Make the endpoint fire, then take the final."""
        found: list[Heard] = []
        for offset in range(0, len(_NOISE), _PIECE):
            piece = _NOISE[offset : offset + _PIECE]
            self._times.injected(len(piece) // 2)
            if self._recogniser.AcceptWaveform(self._widener.widen(piece)):
                found = self._final(end)
                break
        else:
            if json.loads(self._recogniser.PartialResult()).get("partial", ""):
                found = self._final(end, flush=True)
        if self._times.fed > _RENEW_AFTER:
            del self._recogniser
            _give_memory_back()
            self._renew()
        return found

    def close(self) -> None:
        """Free the recogniser: only ``del`` and ``malloc_trim`` give its memory back."""
        del self._recogniser
        _give_memory_back()

    def _final(self, end: int | None, *, flush: bool = False) -> list[Heard]:
        data = json.loads(self._recogniser.FinalResult() if flush else self._recogniser.Result())
        words = tuple(self._word(item) for item in data.get("result", ()) if item["word"] != "[unk]")
        self._partial = ""
        if not words:
            return []
        start_ms = samples_to_ms(self._start)
        end_ms = words[-1].end_ms if end is None else samples_to_ms(end)
        self._start = max(self._start, words[-1].end_ms * SAMPLES_PER_MS)
        confidence = sum(word.confidence or 0.0 for word in words) / len(words)
        self._times.forget_before(self._times.fed - SAMPLE_RATE * 60)
        final = FinalText(
            start_ms=start_ms, end_ms=max(end_ms, start_ms + 1), text=punctuated(words), words=words,
            confidence=confidence,
        )  # fmt: skip
        return [final]

    def _word(self, item: dict[str, Any]) -> Word:
        start, end = (self._times.call_sample(round(item[key] * SAMPLE_RATE)) for key in ("start", "end"))
        return Word(
            text=item["word"], start_ms=samples_to_ms(start), end_ms=samples_to_ms(end), confidence=item.get("conf")
        )


class VoskEngine:
    """A loaded model folder."""

    partials = True
    endpointing = Endpointing()
    steps = Steps()
    parallel = 64

    def __init__(self, folder: Path, *, name: str) -> None:
        """Load the model (1-3 s, 0.5 GB for a small one); ModelDamaged names what a damaged folder lacks."""
        lacking = [name for name in _NEEDED if not (folder / name).is_file()]
        if lacking:
            raise ModelDamaged(f"{folder} is no Vosk model: {', '.join(lacking)} is missing; unpack the model again")
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(str(folder))
        self.name = name if name.startswith("vosk") else f"vosk-{name}"

    def legs(self, cores: int, /) -> int:
        """Six gated legs on two cores keep lag p95 below 0.5 s; four where switch and desk share them."""
        return max(2, 2 * cores)

    def open(self) -> VoskStream:
        """Open a stream."""
        return VoskStream(self._model)
