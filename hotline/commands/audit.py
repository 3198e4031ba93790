"""``hotline audit``: whether the audit is whole, and who did what."""

import secrets
import sys
from uuid import UUID

from hotline.auditing import SEARCHED, heads_file, key_file
from hotline.connections import any_database
from hotline.migrations import refuse_pending
from hotline.places import Places
from hotline.settings import Settings
from runtime.audit import (
    HOUSE,
    Asked,
    AuditEntry,
    AuditKey,
    AuditKeyFault,
    AuditRow,
    AuditVerdict,
    find,
    read_heads,
    read_key,
    record,
    verify,
)
from runtime.clock import SystemClock
from vocabulary.ids import ContactId


def the_key(settings: Settings, /) -> AuditKey:
    """Return the key of the audit; AuditKeyFault when the desk never served with these settings."""
    key = read_key(key_file(settings))
    if key is None:
        raise AuditKeyFault(f"there is no key of the audit, {key_file(settings)}: the desk makes it at its first start")
    return key


async def verify_audit(settings: Settings, places: Places, /) -> AuditVerdict:
    """Walk the whole chain and compare the heads that are kept outside the database."""
    key = the_key(settings)
    async with any_database(settings, places) as (_, database):
        await refuse_pending(database)
        return await verify(database, key=key, heads=read_heads(heads_file(settings)))


async def show_audit(settings: Settings, places: Places, /, *, contact: UUID | None, limit: int) -> list[AuditRow]:
    """Return the newest entries, of one contact or of all; the look is an entry itself."""
    secret = the_key(settings).secret
    asked = Asked(contact=None if contact is None else ContactId(contact))
    async with any_database(settings, places, audit_secret=secret) as (_, database):
        await refuse_pending(database)
        why = f"at the terminal, limit={limit}"
        entry = AuditEntry(at=SystemClock().now(), account=HOUSE, what=SEARCHED, contact=asked.contact, why=why)
        async with database.transaction() as tx:
            await record(tx, entry, salt=secrets.token_bytes(16))
        return await find(database, asked, limit=limit)


def print_audit(rows: list[AuditRow], /) -> None:
    """Print entries as lines of tab-separated values; words that were erased are said to be."""
    for row in rows:
        why = "(erased)" if row.why is None else " ".join(row.why.split())
        values = (row.number, row.at.isoformat(), row.account, row.what, row.contact or "-", why)
        sys.stdout.write("\t".join(map(str, values)) + "\n")
