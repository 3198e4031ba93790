"""Failed log-ins in the audit: by count, never by password."""

import asyncio
from collections import Counter
from uuid import UUID

from agent_desk.auditing import write_down
from runtime.clock import Clock
from runtime.postgres import Database, DatabaseAway
from vocabulary.ids import AccountId

WRITE_EVERY_S = 60.0
MOST_ACCOUNTS = 1000
NOBODY = AccountId(UUID(int=0))
"""Stands for all names that no account has."""


class LogInFailures:
    """Counts failures by account and writes a row for each account once a minute."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._counted: Counter[AccountId] = Counter()

    def count(self, account: AccountId | None, /) -> None:
        """Count one; beyond 1000 accounts in a minute they count as nobody's."""
        key = account if account is not None else NOBODY
        self._counted[key if key in self._counted or len(self._counted) < MOST_ACCOUNTS else NOBODY] += 1

    async def write(self) -> None:
        """Write what was counted; it stays counted while the database is away."""
        counted, self._counted = self._counted, Counter()
        try:
            async with self._database.transaction() as tx:
                for account, count in counted.items():
                    words = f"{count} failed"
                    await write_down(
                        tx, at=self._clock.now(), account=account, what="log-in-failed", contact=None, why=words
                    )
        except DatabaseAway:
            self._counted.update(counted)

    async def run(self) -> None:
        """Write once a minute, for ever."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()
