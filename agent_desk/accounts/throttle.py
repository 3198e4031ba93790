"""Slows guessing of passwords down without locking out whom it is aimed at. Token buckets over monotonic seconds."""

from collections import OrderedDict
from collections.abc import Hashable

MOST_KEYS = 10_000


class Buckets:
    """A bucket for each key: ``burst`` tokens, one more every ``refill_s``. The longest unused key is forgotten."""

    def __init__(self, *, burst: int, refill_s: float) -> None:
        self._burst, self._refill_s = float(burst), refill_s
        self._kept: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: Hashable, /, *, at_s: float) -> float:
        """Return the seconds until ``key`` has a token, 0 when it has one."""
        return max(0.0, (1.0 - self._tokens(key, at_s)) * self._refill_s)

    def spend(self, key: Hashable, /, *, at_s: float) -> None:
        """Take a token."""
        self._put(key, self._tokens(key, at_s) - 1.0, at_s)

    def give_back(self, key: Hashable, /, *, at_s: float) -> None:
        """Return a token."""
        self._put(key, min(self._burst, self._tokens(key, at_s) + 1.0), at_s)

    def fill(self, key: Hashable, /) -> None:
        """Forget what ``key`` has spent."""
        self._kept.pop(key, None)

    def _tokens(self, key: Hashable, at_s: float) -> float:
        tokens, then_s = self._kept.get(key, (self._burst, at_s))
        return min(self._burst, tokens + (at_s - then_s) / self._refill_s)

    def _put(self, key: Hashable, tokens: float, at_s: float) -> None:
        self._kept[key] = (tokens, at_s)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_KEYS:
            self._kept.popitem(last=False)


class LogInThrottle:
    """Three limits. A stranger meets that of the source first, then that of the name.

    Somebody who has logged in with this name from this source before meets neither, only one of their own: whoever
    guesses from elsewhere cannot keep them out. A try counts as failed until it has succeeded, so that many at once do
    not get past.
    """

    def __init__(self) -> None:
        self._source = Buckets(burst=30, refill_s=2.0)
        self._name = Buckets(burst=5, refill_s=30.0)
        self._known = Buckets(burst=5, refill_s=30.0)

    def wait_s(self, *, login: str, source: str, known: bool, at_s: float) -> float:
        """Return the seconds this try must wait; 0 takes its tokens."""
        limits = self._limits(login, source, known=known)
        wait_s = max(buckets.wait_s(key, at_s=at_s) for buckets, key in limits)
        if wait_s == 0.0:
            for buckets, key in limits:
                buckets.spend(key, at_s=at_s)
        return wait_s

    def succeeded(self, *, login: str, source: str, known: bool, at_s: float) -> None:
        """Give back what a right password has taken."""
        for buckets, key in self._limits(login, source, known=known):
            if key == source:
                buckets.give_back(key, at_s=at_s)
            else:
                buckets.fill(key)

    def _limits(self, login: str, source: str, *, known: bool) -> list[tuple[Buckets, Hashable]]:
        if known:
            return [(self._known, (login, source))]
        return [(self._source, source), (self._name, (login,))]
