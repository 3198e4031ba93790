"""Entries of the audit in the database: writing, finding, erasing their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from runtime.audit.chain import GENESIS, AuditEntry, link, words_digest
from runtime.postgres import Database, Transaction
from vocabulary.errors import Permanent
from vocabulary.ids import AccountId, ContactId

HOUSE = AccountId(UUID(int=0))
"""Who did what no person did: a timer, a command at the terminal."""
LONGEST_PAGE = 500


class NoAuditKey(Permanent):
    """An entry is to be written and this process was not given the key of the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One entry as it is shown; ``why`` is None when its words were erased."""

    number: int
    at: datetime
    account: AccountId
    what: str
    contact: ContactId | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which entries are looked for; None asks for all. ``below`` is a number, for the next page."""

    contact: ContactId | None = None
    account: AccountId | None = None
    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None


async def record(tx: Transaction, entry: AuditEntry, /, *, salt: bytes) -> int:
    """Append an entry in the caller's transaction and return its number; ``salt`` is 16 random bytes or more.

    A lock is held until the transaction ends, so that numbers have no gap; do it late in the transaction. NoAuditKey
    when the database was opened without the key.
    """
    if not tx.audit_secret:
        raise NoAuditKey("the audit cannot be written: this process was not given its key")
    await tx.execute("select pg_advisory_xact_lock(12345, 2)")
    last = await tx.fetchrow("select number, chain from log.audit order by number desc limit 1")
    number = last["number"] + 1 if last else 1
    words = words_digest(entry.why, salt=salt)
    codes = (entry.at, entry.account, entry.what, entry.contact)
    before = last["chain"] if last else GENESIS
    row = {
        "number": number,
        "at": entry.at,
        "account": entry.account,
        "what": entry.what,
        "contact": entry.contact,
        "words_digest": words,
        "chain": link(before, number=number, entry=codes, words=words, secret=tx.audit_secret),
    }
    await tx.insert_into("log.audit", row)
    await tx.insert_into("log.audit_words", {"number": number, "why": entry.why, "salt": salt})
    return number


async def find(db: Database, asked: Asked, /, *, limit: int = 100) -> list[AuditRow]:
    """Return at most ``limit`` (≤ 500) entries, newest first."""
    async with db.reading() as reading:
        return await reading.fetch_as(
            AuditRow,
            "select a.number, a.at, a.account, a.what, a.contact, w.why from log.audit a "
            "left join log.audit_words w using (number) where (:contact::uuid is null or a.contact = :contact) "
            "and (:account::uuid is null or a.account = :account) and (:what::text is null or a.what = :what) "
            "and (:since::timestamptz is null or a.at >= :since) and (:until::timestamptz is null or a.at < :until) "
            "and (:below::bigint is null or a.number < :below) order by a.number desc limit :most",
            contact=asked.contact,
            account=asked.account,
            what=asked.what,
            since=asked.since,
            until=asked.until,
            below=asked.below,
            most=min(limit, LONGEST_PAGE),
        )


async def erase_words(tx: Transaction, /, *, contacts: Sequence[ContactId]) -> int:
    """Erase the words of all entries of some contacts; who, what and when stay. Return how many.

    The transaction is the owner's: the application may not remove words.
    """
    tag = await tx.execute(
        "delete from log.audit_words w using log.audit a where a.number = w.number and a.contact = any($1::uuid[])",
        list(contacts),
    )
    return int(tag.rpartition(" ")[2])
