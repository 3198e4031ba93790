"""Recogniser time ↔ call time: silence is not fed, noise is, so an engine's clock is not the call's."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Stretch:
    fed: int
    """Samples fed before it."""
    call: int
    """Call time, in samples, of its first one."""
    length: int
    heard: bool
    """False for injected noise: all of it maps to ``call``."""


class TimeMap:
    """Counts what was fed to one engine and says where each sample stands in call time. Unit: samples at 8 kHz."""

    def __init__(self) -> None:
        """Begin with nothing fed."""
        self._stretches: list[_Stretch] = []
        self.fed = 0

    def heard(self, first_sample: int, samples: int) -> None:
        """Enter ``samples`` of the call that begin at ``first_sample`` of call time."""
        last = self._stretches[-1] if self._stretches else None
        if last is not None and last.heard and last.call + last.length == first_sample:
            self._stretches[-1] = _Stretch(last.fed, last.call, last.length + samples, heard=True)
        else:
            self._stretches.append(_Stretch(self.fed, first_sample, samples, heard=True))
        self.fed += samples

    def injected(self, samples: int) -> None:
        """Enter ``samples`` that the call never had; they map to the end of what was heard before."""
        end = 0
        if self._stretches:
            last = self._stretches[-1]
            end = last.call + (last.length if last.heard else 0)
        self._stretches.append(_Stretch(self.fed, end, samples, heard=False))
        self.fed += samples

    def call_sample(self, fed: int, /) -> int:
        """Return the call sample of the ``fed``-th sample fed; beyond the end it is the end of what was heard."""
        if not self._stretches:
            return 0
        index = max(0, bisect_right(self._stretches, max(fed, 0), key=lambda stretch: stretch.fed) - 1)
        stretch = self._stretches[index]
        within = min(max(fed - stretch.fed, 0), stretch.length)
        return stretch.call + (within if stretch.heard else 0)

    def forget_before(self, fed: int, /) -> None:
        """Drop what lies wholly before ``fed``, so that a long call stays small."""
        while len(self._stretches) > 1 and self._stretches[1].fed <= fed:
            del self._stretches[0]
