"""Music for those who wait: a quiet pentatonic tune of our own, computed, sixteen seconds, without a seam."""

import numpy as np
import numpy.typing as npt

RATE = 8000
SECONDS = 16
BEAT_S = 0.5
PEAK_DBFS = -20.0
TUNE = (
    67,
    69,
    72,
    74,
    76,
    74,
    72,
    69,
    67,
    64,
    62,
    64,
    67,
    69,
    67,
    64,
    62,
    64,
    67,
    72,
    69,
    67,
    64,
    62,
    60,
    62,
    64,
    67,
    62,
    64,
    60,
    0,
)
"""MIDI notes (69 = 440 Hz), one a beat; 0 rests."""
BASS = (48, 53, 48, 55, 53, 48, 55, 48)
"""MIDI notes, one every four beats."""

Samples = npt.NDArray[np.float32]


def melody() -> Samples:
    """Return the loop as 8 kHz samples in [-1, 1]; its end runs into its beginning."""
    total = np.zeros(SECONDS * RATE)
    for beat, note in enumerate(TUNE):
        if note:
            _add(total, start_s=beat * BEAT_S, note=note, ring_s=1.6, strength=1.0)
    for bar, note in enumerate(BASS):
        _add(total, start_s=bar * 4 * BEAT_S, note=note, ring_s=3.0, strength=0.7)
        _add(total, start_s=bar * 4 * BEAT_S, note=note + 7, ring_s=3.0, strength=0.35)
    return np.asarray(total / np.abs(total).max() * 10 ** (PEAK_DBFS / 20), dtype=np.float32)


def _add(total: npt.NDArray[np.float64], /, *, start_s: float, note: int, ring_s: float, strength: float) -> None:
    """Add a soft struck tone that fades within ``ring_s`` seconds; what passes the end continues at the beginning."""
    time = np.arange(round(ring_s * RATE)) / RATE
    hertz = 440.0 * 2 ** ((note - 69) / 12)
    tone = np.sin(2 * np.pi * hertz * time) + 0.25 * np.sin(4 * np.pi * hertz * time) * np.exp(-4 * time)
    shape = np.minimum(time / 0.02, 1.0) * np.exp(-3.0 * time / ring_s) * (1 - time / ring_s)
    where = (round(start_s * RATE) + np.arange(len(time))) % len(total)
    total[where] += strength * shape * tone
