"""Who did what, when, with which contact and why: append-only, chained by digests that tell nothing once erased."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from runtime.postgres import Database, Row, Transaction
from vocabulary.ids import AccountId, ContactId

_GENESIS = bytes(32)
_SEPARATOR = b"\x1f"
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """``what`` is a stable code such as ``recording-played``; ``why`` are the person's words and may be erased."""

    at: datetime
    account: AccountId
    what: str
    contact: ContactId | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """``broken_at`` is the first number whose digest does not follow; ``erased`` counts rows without their words."""

    rows: int
    erased: int
    broken_at: int | None

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out or put in between."""
        return self.broken_at is None


def words_digest(why: str, /, *, salt: bytes) -> bytes:
    """Return SHA-256 of salt and words; without the salt, which is erased with the words, nobody can guess them."""
    return hashlib.sha256(salt + why.encode()).digest()


def link(previous: bytes, /, *, number: int, entry: tuple[datetime, UUID, str, UUID | None], words: bytes) -> bytes:
    """Return the chain value of a row: SHA-256 over the value before and the row's codes and digest."""
    at, account, what, contact = entry
    stamp = f"{int(at.timestamp() * 1_000_000)}"
    parts = [str(number), stamp, str(account), what, str(contact or "")]
    return hashlib.sha256(previous + words + _SEPARATOR.join(part.encode() for part in parts)).digest()


async def record(tx: Transaction, entry: AuditEntry, /, *, salt: bytes) -> int:
    """Append an entry in the caller's transaction and return its number; ``salt`` is 16 random bytes or more.

    A lock is held until the transaction ends, so that numbers have no gap; do it late in the transaction.
    """
    await tx.execute("select pg_advisory_xact_lock(12345, 2)")
    last = await tx.fetchrow("select number, chain from log.audit order by number desc limit 1")
    number = last["number"] + 1 if last else 1
    words = words_digest(entry.why, salt=salt)
    codes = (entry.at, entry.account, entry.what, entry.contact)
    chain = link(last["chain"] if last else _GENESIS, number=number, entry=codes, words=words)
    await tx.execute(
        "insert into log.audit (number, at, account, what, contact, words_digest, chain) "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        number,
        *codes,
        words,
        chain,
    )
    await tx.execute("insert into log.audit_words (number, why, salt) values ($1, $2, $3)", number, entry.why, salt)
    return number


async def erase_words(tx: Transaction, /, *, contact: ContactId) -> int:
    """Erase the words of all entries of a contact; who, what and when stay. Return how many."""
    tag = await tx.execute(
        "delete from log.audit_words w using log.audit a where a.number = w.number and a.contact = $1", contact
    )
    return int(tag.rpartition(" ")[2])


async def verify(db: Database, /) -> AuditVerdict:
    """Walk the whole chain and return the verdict; a cut-off tail shows only against a chain value kept elsewhere."""
    previous, rows, erased = _GENESIS, 0, 0
    async with db.reading() as reading:
        while True:
            page = await reading.fetch(
                "select a.*, w.why, w.salt from log.audit a left join log.audit_words w using (number) "
                "where a.number > $1 order by a.number limit $2",
                rows,
                _PAGE,
            )
            for row in page:
                if not _follows(row, previous=previous, number=rows + 1):
                    return AuditVerdict(rows=rows, erased=erased, broken_at=rows + 1)
                previous, rows = row["chain"], rows + 1
                erased += row["why"] is None
            if len(page) < _PAGE:
                return AuditVerdict(rows=rows, erased=erased, broken_at=None)


def _follows(row: Row, *, previous: bytes, number: int) -> bool:
    words: bytes = row["words_digest"]
    if row["why"] is not None and words_digest(row["why"], salt=row["salt"]) != words:
        return False
    codes = (row["at"], row["account"], row["what"], row["contact"])
    chain: bytes = row["chain"]
    return row["number"] == number and link(previous, number=number, entry=codes, words=words) == chain
