"""AUDIO → TRANSCRIPT: every leg of every call is heard, and what both sides say is written down while they say it."""

from pathlib import Path
from typing import Any

from asr.config import RecogniserConfig
from asr.installed import Chosen, choose

__all__ = [
    "Chosen",
    "RecogniserConfig",
    "character_error_rate",
    "choose",
    "run_bench",
    "run_recogniser",
]


async def run_recogniser(config: RecogniserConfig, /) -> None:
    """Be the recogniser process of a host until told to stop."""
    from asr import process  # noqa: PLC0415  engines are loaded by their process only

    await process.run_recogniser(config)


def character_error_rate(reference: str, hypothesis: str, /) -> float:
    """Return edits per character of ``reference``: NFKC, simplified, digits as 汉字, no punctuation, no spaces."""
    from asr.cer import error_rate  # noqa: PLC0415
    from asr.engines.simplified import simplify  # noqa: PLC0415

    return error_rate(reference, hypothesis, simplify=simplify)


async def run_bench(chosen: Chosen, /, *, sounds: list[Path], legs: int, seconds: float) -> dict[str, Any]:
    """Pace ``legs`` legs in real time through an engine; see ``asr.bench``."""
    from asr import bench  # noqa: PLC0415

    return await bench.run_bench(chosen, sounds=sounds, legs=legs, seconds=seconds)
