"""People whose sessions were found before: who they are while the database is away."""

from collections import OrderedDict
from datetime import datetime

from vocabulary.people import Principal

MOST = 10_000
LOOK_AGAIN_S = 2.0


class Remembered:
    """Principals by digest of their token, the longest unseen forgotten beyond 10,000."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, tuple[Principal, datetime]] = OrderedDict()
        self._away_until = float("-inf")

    def keep(self, digest: bytes, who: Principal, /, *, expires_at: datetime) -> Principal:
        """Remember and return ``who``."""
        self._known[digest] = (who, expires_at)
        self._known.move_to_end(digest)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return who

    def who(self, digest: bytes, /, *, now: datetime) -> Principal | None:
        """Return the person of a session that has not expired."""
        known = self._known.get(digest)
        return known[0] if known is not None and known[1] > now else None

    def forget(self, digest: bytes, /) -> None:
        """Forget a session that is over."""
        self._known.pop(digest, None)

    def note_away(self, at_s: float, /) -> None:
        """Note that the database did not answer at monotonic ``at_s``: nobody waits for it again for two seconds."""
        self._away_until = at_s + LOOK_AGAIN_S

    def database_away(self, at_s: float, /) -> bool:
        """Tell whether it did not answer within the last two seconds."""
        return at_s < self._away_until
