"""Sound on its way to a telephone line: 24 kHz to 8 kHz, close cut, one level. Values in, values out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RATE_IN = 24000
RATE_OUT = 8000
ACTIVE_DBFS = -26.0
"""Root mean square of the active 20 ms frames, against a full scale of 1.0 (ITU-T P.56 asks −26 dBov of speech)."""
PEAK_DBFS = -3.2
FLOOR_DB = -38.0
"""A frame this far below the loudest one is silence."""
FADE_MS = 5

Samples = npt.NDArray[np.float32]


def decimate(samples: Samples, /) -> Samples:
    """Return 24 kHz samples at 8 kHz: a linear-phase Kaiser low-pass (−6 dB at 3.7 kHz), then every third sample."""
    half, cutoff = 144, 3700.0 / RATE_IN
    taps = np.arange(-half, half + 1)
    kernel = 2 * cutoff * np.sinc(2 * cutoff * taps) * np.kaiser(2 * half + 1, 8.0)
    kernel /= kernel.sum()
    return np.convolve(samples, kernel, mode="full")[half : half + len(samples)][::3].astype(np.float32)


def trim(samples: Samples, /, *, edge_ms: int, floor_db: float = FLOOR_DB) -> Samples:
    """Return 8 kHz samples with ``edge_ms`` of quiet, faded in and out, before the first and after the last sound.

    Sound is a frame of 10 ms less than ``-floor_db`` decibels below the loudest one.
    """
    frame = RATE_OUT // 100
    frames = _frames_db(samples, frame)
    loud = np.flatnonzero(frames > frames.max(initial=-200.0) + floor_db)
    if not loud.size:
        return samples
    edge = edge_ms * RATE_OUT // 1000
    first, last = int(loud[0]) * frame, (int(loud[-1]) + 1) * frame
    cut = np.pad(samples, (edge, edge + frame))[first : last + 2 * edge].copy()
    ramp = np.linspace(0.0, 1.0, max(2, min(edge, FADE_MS * RATE_OUT // 1000)), dtype=np.float32)
    cut[: len(ramp)] *= ramp
    cut[-len(ramp) :] *= ramp[::-1]
    return cut


def level(samples: Samples, /) -> Samples:
    """Return samples whose active frames have ``ACTIVE_DBFS`` and whose peak stays below ``PEAK_DBFS``."""
    gain = 10 ** ((ACTIVE_DBFS - active_dbfs(samples)) / 20)
    peak = float(np.abs(samples).max(initial=1e-9)) * gain
    return (samples * min(gain, gain * 10 ** (PEAK_DBFS / 20) / peak)).astype(np.float32)


def active_dbfs(samples: Samples, /) -> float:
    """Return the level of the 20 ms frames that hold sound, in dB against a full scale of 1.0."""
    frames = _frames_db(samples, RATE_OUT // 50)
    active = frames[frames > frames.max(initial=-200.0) + FLOOR_DB / 2]
    return float(10 * np.log10(np.mean(10 ** (active / 10)))) if active.size else -200.0


def join(parts: Sequence[Samples], /, *, pause_s: float) -> Samples:
    """Return 8 kHz parts one after the other with ``pause_s`` seconds of silence between them."""
    gap = np.zeros(round(pause_s * RATE_OUT), dtype=np.float32)
    woven = [sound for part in parts for sound in (part, gap)]
    return np.concatenate(woven[:-1])


def to_pcm(samples: Samples, /) -> bytes:
    """Return s16le octets of samples in [-1, 1]."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes()


def _frames_db(samples: Samples, length: int, /) -> npt.NDArray[np.float64]:
    whole = np.pad(samples, (0, -len(samples) % length)).reshape(-1, length).astype(np.float64)
    return np.asarray(10 * np.log10(np.mean(whole**2, axis=1) + 1e-20))
