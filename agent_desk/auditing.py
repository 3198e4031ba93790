"""Writes looks and plays into the audit, with fresh salt for the words."""

import secrets
from datetime import datetime

from runtime.audit import AuditEntry, record
from runtime.postgres import Transaction
from vocabulary.ids import AccountId, ContactId

SALT_BYTES = 16


async def write_down(
    tx: Transaction, /, *, at: datetime, account: AccountId, what: str, contact: ContactId, why: str
) -> None:
    """Append who looked at what, and why, in the transaction of the look."""
    entry = AuditEntry(at=at, account=account, what=what, contact=contact, why=why)
    await record(tx, entry, salt=secrets.token_bytes(SALT_BYTES))
