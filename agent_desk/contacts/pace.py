"""How often a person may ask for full numbers."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from math import ceil

from vocabulary.errors import TooOften
from vocabulary.ids import AccountId

MOST, WITHIN = 10, timedelta(minutes=10)
_KEPT_ACCOUNTS = 5000


class Pace:
    """Counts what each account was shown; the account that asked least lately is forgotten beyond 5,000."""

    def __init__(self) -> None:
        self._shown: OrderedDict[AccountId, deque[datetime]] = OrderedDict()

    def take(self, account: AccountId, /, *, at: datetime) -> None:
        """Count one look; TooOften beyond 10 in 10 minutes."""
        looks = self._shown.setdefault(account, deque())
        self._shown.move_to_end(account)
        while looks and at - looks[0] >= WITHIN:
            looks.popleft()
        if len(looks) >= MOST:
            after_s = ceil((looks[0] + WITHIN - at).total_seconds())
            text = f"{WITHIN.seconds // 60}分钟内最多查看{MOST}个完整号码，请{ceil(after_s / 60)}分钟后再试"
            raise TooOften("too-often", text, after_s=after_s)
        looks.append(at)
        if len(self._shown) > _KEPT_ACCOUNTS:
            self._shown.popitem(last=False)
