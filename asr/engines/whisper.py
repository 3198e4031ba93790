"""faster-whisper base, int8: finals only.

The encoder is made for 30 s and costs 1.3-2.3 s of a core however short an utterance is. It is shown the utterance and
5 s of silence instead: 0.9 s of a core, character error rate .200 against .188 on 15 utterances (2 s of silence cost
ten points). What comes out doubtful is decoded again with the whole 30 s. No initial prompt: it makes base worse by
five points. No sampling, so that a successor that hears the same sound writes the same words.
"""

import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from asr.endpointing import Endpointing
from asr.engines.protocol import FinalText, Heard
from asr.engines.rates import widened
from asr.ladder import Steps
from asr.normalise import invented, looped
from runtime.models import ModelDamaged
from vocabulary.audio import SAMPLE_RATE, samples_to_ms

_NEEDED = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
_MOST_SILENCE = SAMPLE_RATE * 4 // 10
_FRAMES_A_SECOND, _WHOLE, _MARGIN = 100, 3000, 500
_COMPRESSION_LIMIT = 2.4
_NO_SPEECH, _NO_SPEECH_DOUBT = 0.6, -1.0
_DOUBT = -1.2
"""Mean log probability below which base writes fancies."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    text: str
    mean_log_probability: float
    no_speech: float

    @property
    def doubtful(self) -> bool:
        data = self.text.encode()
        ran_in_circles = looped(self.text) or len(data) > _COMPRESSION_LIMIT * len(zlib.compress(data))
        return ran_in_circles or self.mean_log_probability < _DOUBT

    @property
    def silent(self) -> bool:
        return self.no_speech > _NO_SPEECH and self.mean_log_probability < _NO_SPEECH_DOUBT


class WhisperDecoder:
    """The model with its tokenizer; one decoding at a time."""

    def __init__(self, model: WhisperModel) -> None:
        """Mandarin, transcribed, without time stamps: those of base are unusable."""
        self._model = model
        self._tokenizer = Tokenizer(model.hf_tokenizer, multilingual=True, task="transcribe", language="zh")
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]

    def decode(self, pcm: bytes, *, beam: int) -> tuple[str, float]:
        """Return (text, confidence 0..1) of up to 30 s of s16le at 8 kHz; ("", 0.0) when nothing sure was said."""
        audio = widened(pcm)
        found = self._pass(audio, margin=_MARGIN, beam_size=beam)
        if found.doubtful and not found.silent:
            found = self._pass(audio, margin=_WHOLE, beam_size=beam, no_repeat_ngram_size=4, repetition_penalty=1.15)
        if found.doubtful or found.silent:
            return "", 0.0
        return found.text, math.exp(min(0.0, found.mean_log_probability))

    def _pass(self, audio: np.ndarray[Any, Any], *, margin: int, **how: Any) -> _Decoded:
        seconds = len(audio) / (2 * SAMPLE_RATE)
        frames = min(_WHOLE, 2 * math.ceil(seconds * _FRAMES_A_SECOND / 2) + margin)
        features = self._model.feature_extractor(audio)[..., :frames]
        padded = np.pad(features, ((0, 0), (0, frames - features.shape[-1])))
        result = self._model.model.generate(
            self._model.encode(padded), [self._prompt], max_length=len(self._prompt) + 16 + math.ceil(14 * seconds),
            return_scores=True, return_no_speech_prob=True, suppress_blank=True, suppress_tokens=[-1], **how,
        )[0]  # fmt: skip
        tokens = result.sequences_ids[0]
        text = self._tokenizer.decode([token for token in tokens if token < self._tokenizer.eot])
        mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
        return _Decoded(text.strip(), mean, result.no_speech_prob)


class WhisperStream:
    """Gathers an utterance, then decodes it."""

    def __init__(self, decoder: WhisperDecoder) -> None:
        """Begin with nothing heard."""
        self._decoder = decoder
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
        text, confidence = self._decoder.decode(pcm, beam=1 if hurried else 5)
        if not text or invented(text):
            return []
        return [FinalText(start_ms=samples_to_ms(start), end_ms=samples_to_ms(end), text=text, confidence=confidence)]

    def close(self) -> None:
        """Forget the rest."""
        self._pcm.clear()


class WhisperEngine:
    """The loaded model; one decoding at a time, on one thread."""

    name = "whisper-base"
    partials = False
    endpointing = Endpointing(pause=600, chunk=None, longest=12_000, hurry=200)
    steps = Steps(lag=(3000, 4500, 12_000, 25_000), lasting=(500, 500, 5000, 10_000))
    parallel = 1

    def __init__(self, folder: Path) -> None:
        """Load the model (0.6 s, 250-390 MB) from ``folder``, never from a network; ModelDamaged."""
        lacking = [name for name in _NEEDED if not (folder / name).is_file()]
        if lacking:
            raise ModelDamaged(f"{folder} lacks {', '.join(lacking)} of Whisper; run: hotline models verify")
        model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
        )
        self._decoder = WhisperDecoder(model)

    def legs(self, cores: int, /) -> int:
        """Two calls on a machine of two cores, whose decoding thread is one; it does not grow with cores."""
        return 4 if cores < 4 else 6

    def open(self) -> WhisperStream:
        """Open a stream; streams share the model."""
        return WhisperStream(self._decoder)
