"""How alike two stretches of sound are: 1 s windows, each at its best lag. No I/O."""

from dataclasses import dataclass
from typing import Any

import numpy as np

RATE = 8000
WINDOW = RATE
LOUD = 0.3
"""A window is looked at when it is at least so loud, beside the loudest one (root mean square)."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Median over the loud windows of ``one`` of the normalised correlation in ``other``, and the median lag there.

    ``lag`` is in samples: a window at n of ``one`` was found at n + lag of ``other``.
    """

    median: float
    lag: float
    windows: int


def likeness(one: bytes, other: bytes, /, *, at: float | None = None, within: int = RATE // 2) -> Likeness:
    """Compare s16le ``one`` with s16le ``other``; with ``at`` only lags at most ``within`` samples from it count."""
    wanted, heard = _samples(one), _samples(other)
    places = range(0, wanted.size - WINDOW + 1, WINDOW)
    levels = {start: float(np.sqrt((wanted[start : start + WINDOW] ** 2).mean())) for start in places}
    loud = [start for start in places if levels[start] >= LOUD * max(levels.values(), default=0.0) > 0]
    found = [_best(wanted[start : start + WINDOW], heard, start=start, at=at, within=within) for start in loud]
    known = [each for each in found if each is not None]
    if not known:
        return Likeness(0.0, 0.0, 0)
    return Likeness(
        float(np.median([score for score, _ in known])), float(np.median([lag for _, lag in known])), len(known)
    )


def found_at(one: bytes, other: bytes, /) -> int:
    """Return the lag in samples at which all of ``one`` fits best into ``other``."""
    wanted, heard = _samples(one), _samples(other)
    size = wanted.size + heard.size
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    best = int(products.argmax())
    return best if best < heard.size else best - size


def _samples(pcm: bytes) -> Any:
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return samples - samples.mean() if samples.size else samples


def _best(window: Any, heard: Any, *, start: int, at: float | None, within: int) -> tuple[float, int] | None:
    low, high = 0, heard.size
    if at is not None:
        low, high = max(0, int(start + at - within)), min(heard.size, int(start + at + within + WINDOW))
    place = heard[low:high]
    if place.size < WINDOW:
        return None
    size = place.size + WINDOW
    products = np.fft.irfft(np.fft.rfft(place, size) * np.conj(np.fft.rfft(window, size)), size)
    products = products[: place.size - WINDOW + 1]
    energy = np.concatenate([[0.0], (place**2).cumsum()])
    local = energy[WINDOW:] - energy[:-WINDOW]
    scores = products / np.sqrt(np.maximum(local, 1e4) * (window**2).sum())
    best = int(scores.argmax())
    return float(scores[best]), low + best - start
