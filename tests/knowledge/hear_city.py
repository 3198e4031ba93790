"""Make heard.jsonl: what Whisper base understands of the city's callers, over an A-law line, quiet and noisy.

Run by hand, some minutes: ``python -m tests.knowledge.hear_city MODELS`` (the folder of ``hotline models pull``).
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asr.installed import choose
from asr.process import open_engine
from runtime.wav import read_wav
from tests.asr.hearing import finals, hear, silence
from vocabulary.g711 import ALAW_TO_LINEAR, LINEAR_TO_ALAW, decode, encode

CITY = Path(__file__).resolve().parents[2] / "city"
HEARD = Path(__file__).parent / "heard.jsonl"
LINES = {"quiet": None, "noise-15dB": 15.0, "noise-8dB": 8.0}
"""Ratio of voice to noise; the noise falls by 3 dB an octave, as that of streets and rooms does."""


def _turns() -> Iterator[tuple[str, str | None, str, str]]:
    for path in sorted((CITY / "dialogues").glob("*.json")):
        read = json.loads(path.read_text(encoding="utf-8"))
        for turn in read["turns"]:
            if turn["party"] == "CALLER":
                yield read["id"], read["expect"]["entry"], turn["wav"], turn["text"]


def _noise(samples: int, seed: int) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=samples))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, n=samples)
    return noise / np.sqrt(np.mean(noise**2))


def _line(pcm: bytes, *, ratio: float | None, seed: int) -> bytes:
    voice = np.frombuffer(silence(0.5) + pcm + silence(1), dtype="<i2").astype(float)
    if ratio is not None:
        loud = np.sqrt(np.mean(np.frombuffer(pcm, dtype="<i2").astype(float) ** 2))
        voice = voice + _noise(len(voice), seed) * loud / 10 ** (ratio / 20)
    return decode(encode(np.clip(voice, -32768, 32767).astype("<i2").tobytes(), LINEAR_TO_ALAW), ALAW_TO_LINEAR)


def main(models: Path, /) -> None:
    """Write heard.jsonl, one line a turn and line quality."""
    engine = open_engine(choose("whisper", models=models))
    rows = []
    for name, ratio in LINES.items():
        for seed, (dialogue, entry, wav, said) in enumerate(_turns()):
            sound = _line(read_wav(CITY / "voices" / wav), ratio=ratio, seed=seed)
            heard = [final.text for final in finals(hear(engine, sound))]
            rows.append({"dialogue": dialogue, "line": name, "wav": wav, "said": said, "heard": heard, "entry": entry})
            HEARD.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
