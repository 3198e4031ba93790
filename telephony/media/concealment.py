"""What is played where no packet came: the last frame again, fading out (after ITU-T G.711 Appendix I, simplified)."""

import numpy as np
from numpy.typing import NDArray

from telephony.media.g711 import Samples

FADE: NDArray[np.float32] = np.array([1.0, 0.7, 0.4, 0.2, 0.0], dtype=np.float32)
"""Gain of the first, second … frame in a row that is missing."""


def conceal(frames: Samples, last: Samples, missing: NDArray[np.intp], /) -> Samples:
    """Return ``frames`` (N, 160) with rows whose ``missing`` (N,) is above 0 made from ``last`` (N, 160).

    ``missing`` counts frames missing in a row up to now, this one included; 0 means that the row is good.
    """
    rows = np.flatnonzero(missing)
    if rows.size:
        gains = FADE[np.minimum(missing[rows], FADE.size) - 1]
        frames[rows] = (last[rows] * gains[:, np.newaxis]).astype(np.int16)
    return frames
