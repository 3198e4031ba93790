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
    whole = _Place(heard, low=0)
    found = []
    for start in loud:
        place = (
            whole if at is None else _Place(heard, low=int(start + at - within), high=int(start + at + within + WINDOW))
        )
        found.append(place.best(wanted[start : start + WINDOW], start=start))
    known = [each for each in found if each is not None]
    if not known:
        return Likeness(0.0, 0.0, 0)
    return Likeness(
        float(np.median([score for score, _ in known])), float(np.median([lag for _, lag in known])), len(known)
    )


def found_at(one: bytes, other: bytes, /) -> int:
    """Return the lag in samples at which all of ``one`` fits best into ``other``."""
    wanted, heard = _samples(one), _samples(other)
    size = _quick(wanted.size + heard.size)
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    best = int(products.argmax())
    return best if best < heard.size else best - size


def _quick(size: int) -> int:
    """Return the next power of two: a transform of any other length may take many times as long."""
    return 1 << max(0, size - 1).bit_length()


def _samples(pcm: bytes) -> Any:
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return samples - samples.mean() if samples.size else samples


class _Place:
    """A stretch in which windows are looked for; it is transformed once, however many are."""

    def __init__(self, heard: Any, *, low: int, high: int | None = None) -> None:
        self.low = max(0, low)
        self.sound = heard[self.low : high]
        self.size = _quick(self.sound.size + WINDOW)
        self.spectrum = np.fft.rfft(self.sound, self.size)
        energy = np.concatenate([[0.0], (self.sound**2).cumsum()])
        self.energy = energy[WINDOW:] - energy[:-WINDOW]

    def best(self, window: Any, *, start: int) -> tuple[float, int] | None:
        """Return score and lag of the best place for a window that stands at ``start``; None where it has no room."""
        if self.sound.size < WINDOW:
            return None
        products = np.fft.irfft(self.spectrum * np.conj(np.fft.rfft(window, self.size)), self.size)
        products = products[: self.sound.size - WINDOW + 1]
        scores = products / np.sqrt(np.maximum(self.energy, 1e4) * (window**2).sum())
        best = int(scores.argmax())
        return float(scores[best]), self.low + best - start
