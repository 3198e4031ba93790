"""Writes looks and plays into the audit, with fresh salt for the words."""

import secrets
from datetime import datetime

from runtime.audit import AuditEntry, record
from runtime.clock import Clock
from runtime.postgres import Database, Transaction
from vocabulary.ids import AccountId, ContactId

SALT_BYTES = 16


async def write_down(
    tx: Transaction, /, *, at: datetime, account: AccountId, what: str, contact: ContactId | None, why: str
) -> None:
    """Append who looked at what or changed what, and why, in the transaction of the act."""
    entry = AuditEntry(at=at, account=account, what=what, contact=contact, why=why)
    await record(tx, entry, salt=secrets.token_bytes(SALT_BYTES))


class Looks:
    """Writes a look down in a transaction of its own, before anything is shown: what cannot be written is not shown."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def at(self, contact: ContactId, /, *, what: str, account: AccountId, why: str) -> None:
        """Append one look."""
        async with self._database.transaction() as tx:
            await write_down(tx, at=self._clock.now(), account=account, what=what, contact=contact, why=why)
