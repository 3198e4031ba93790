"""Slows down guessing: after five wrong passwords a login waits."""

from collections import OrderedDict
from datetime import datetime, timedelta

FREE = 5
PAUSE = timedelta(seconds=30)
REMEMBERED = 10_000


class Attempts:
    """Counts failures by login; forgets the oldest beyond 10,000 logins."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wait(self, login: str, /, *, now: datetime) -> timedelta:
        """Return how long this login must wait, zero when it may try."""
        count, last = self._failed.get(login, (0, now))
        return max(last + PAUSE - now, timedelta(0)) if count >= FREE else timedelta(0)

    def failed(self, login: str, /, *, now: datetime) -> None:
        """Remember a wrong password."""
        count, _ = self._failed.pop(login, (0, now))
        self._failed[login] = (count + 1, now)
        if len(self._failed) > REMEMBERED:
            self._failed.popitem(last=False)

    def succeeded(self, login: str, /) -> None:
        """Forget the failures of a login."""
        self._failed.pop(login, None)
