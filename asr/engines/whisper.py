"""faster-whisper base, int8: finals only.

Costs 1.3-2 s of one core an utterance, however short it is, because the encoder always sees 30 s; so utterances are
few and long, and one is decoded at a time.
No initial prompt: it makes base worse by five points. Greedy temperature only, so that a successor that hears the same
sound writes the same words.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from asr.endpointing import Endpointing
from asr.engines.protocol import FinalText, Heard
from asr.engines.rates import widened
from asr.ladder import Steps
from asr.normalise import invented, looped
from runtime.models import ModelDamaged
from vocabulary.audio import SAMPLE_RATE, samples_to_ms

_NEEDED = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
_MOST_SILENCE = SAMPLE_RATE * 4 // 10
_COMPRESSION_LIMIT = 2.4
_DOUBT = -1.2
"""Mean log probability below which base writes fancies."""


class WhisperStream:
    """Gathers an utterance, then decodes it."""

    def __init__(self, model: WhisperModel) -> None:
        """Begin with nothing heard."""
        self._model = model
        self._pcm = bytearray()
        self._next: int | None = None

    def begin(self, start: int, /) -> None:
        """Nothing to do: ``end`` says where it began."""

    def hear(self, first_sample: int, pcm: bytes, *, partial: bool) -> list[Heard]:  # noqa: ARG002 - it has none
        """Keep sound; the pause between utterances heard as one is shortened to 0.4 s."""
        if self._next is not None and first_sample > self._next:
            self._pcm += bytes(2 * min(first_sample - self._next, _MOST_SILENCE))
        self._pcm += pcm
        self._next = first_sample + len(pcm) // 2
        return []

    def end(self, start: int, end: int, *, hurried: bool) -> list[Heard]:
        """Decode what was heard: beam 5, or greedily when hurried."""
        pcm, self._pcm, self._next = bytes(self._pcm), bytearray(), None
        if not pcm:
            return []
        text, confidence = self._decoded(pcm, beam=1 if hurried else 5)
        if not text or invented(text):
            return []
        return [
            FinalText(start_ms=samples_to_ms(start), end_ms=samples_to_ms(end), text=text, confidence=confidence),
        ]

    def close(self) -> None:
        """Forget the rest."""
        self._pcm.clear()

    def _decoded(self, pcm: bytes, *, beam: int) -> tuple[str, float]:
        audio = widened(pcm)
        text, confidence, doubtful = self._pass(audio, beam_size=beam)
        if doubtful:
            text, confidence, doubtful = self._pass(audio, beam_size=1, no_repeat_ngram_size=4, repetition_penalty=1.15)
        return ("", 0.0) if doubtful else (text, confidence)

    def _pass(self, audio: np.ndarray[Any, Any], **how: Any) -> tuple[str, float, bool]:
        """Return (text, confidence 0..1, whether it ran in circles)."""
        seconds = len(audio) / (2 * SAMPLE_RATE)
        found, _ = self._model.transcribe(
            audio, language="zh", temperature=0.0, condition_on_previous_text=False, without_timestamps=True,
            vad_filter=False, max_new_tokens=16 + math.ceil(14 * seconds), **how,
        )  # fmt: skip
        segments = [segment for segment in found if segment.avg_logprob > _DOUBT]
        if not segments:
            return "", 0.0, False
        text = "".join(segment.text for segment in segments)
        doubtful = looped(text) or any(segment.compression_ratio > _COMPRESSION_LIMIT for segment in segments)
        return text, math.exp(sum(segment.avg_logprob for segment in segments) / len(segments)), doubtful


class WhisperEngine:
    """The loaded model; one decoding at a time, on one thread."""

    name = "whisper-base"
    partials = False
    endpointing = Endpointing(pause=600, chunk=None, longest=12_000, hurry=200)
    steps = Steps(lag=(3000, 4500, 12_000, 25_000), lasting=(500, 500, 5000, 10_000))
    parallel = 1

    def __init__(self, folder: Path) -> None:
        """Load the model (0.6 s, 250-390 MB) from ``folder``, never from a network."""
        lacking = [name for name in _NEEDED if not (folder / name).is_file()]
        if lacking:
            raise ModelDamaged(
                f"{folder} is no Whisper model: {', '.join(lacking)} is missing; run: hotline models verify"
            )
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
        )

    def legs(self, cores: int, /) -> int:
        """Two calls on a machine of two cores, whose decoding thread is one; it does not grow with cores."""
        return 4 if cores < 4 else 6

    def open(self) -> WhisperStream:
        """Open a stream; streams share the model."""
        return WhisperStream(self._model)
