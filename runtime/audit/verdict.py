"""Whether the audit is whole: every entry follows from the one before, and every head kept outside agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runtime.audit.chain import GENESIS, AuditKey, link, words_digest
from runtime.audit.heads import Head
from runtime.postgres import Database, Row

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """``broken_at`` is the first number that is not as it was made; ``erased`` counts entries without their words.

    ``rows`` counts the entries that follow, ``heads`` the heads that were compared. ``since`` is the entry behind which
    the walk began; what stands before it was whole at an earlier walk.
    """

    rows: int
    erased: int
    broken_at: int | None
    heads: int = 0
    reason: str = ""
    since: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out, put in between or cut off."""
        return self.broken_at is None

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        if self.broken_at is None:
            earlier = f"; up to entry {self.since} it was walked earlier" if self.since else ""
            return (
                f"the audit is whole: {self.rows} entries, {self.erased} of them without their words; "
                f"{self.heads} heads kept outside agree{earlier}"
            )
        return f"the audit is broken at entry {self.broken_at}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """How far the chain was found whole: entry ``number`` with its chain value, ``erased`` entries without words."""

    number: int = 0
    chain: bytes = GENESIS
    erased: int = 0


async def verify(db: Database, /, *, key: AuditKey, heads: Sequence[Head]) -> AuditVerdict:
    """Walk the whole chain, compare the heads kept outside the database, and return the verdict.

    A tail that was cut off shows by the first head beyond it; what was made after the last head and cut off does not.
    """
    verdict, _ = await walk_on(db, key=key, heads=heads, since=Walked())
    return verdict


async def walk_on(
    db: Database, /, *, key: AuditKey, heads: Sequence[Head], since: Walked
) -> tuple[AuditVerdict, Walked]:
    """Walk from where an earlier walk ended; return the verdict and how far the chain is whole now.

    That its end is still there and is the same is seen, and all that follows; a change before it, and a head before it
    that was kept since, only by a walk from the beginning.
    """
    walk = _Walk(key, heads, since)
    async with db.reading() as reading:
        if since.number:
            kept = await reading.fetchval("select chain from log.audit where number = $1", since.number)
            if kept != since.chain:
                reason = "it is gone" if kept is None else "its value is not that of an earlier walk"
                return walk.verdict(broken_at=since.number, reason=reason), since
        while True:
            page = await reading.fetch(
                "select a.*, w.why, w.salt from log.audit a left join log.audit_words w using (number) "
                "where a.number > $1 order by a.number limit $2",
                walk.end.number,
                _PAGE,
            )
            for row in page:
                if fault := walk.fault(row):
                    return walk.verdict(broken_at=walk.end.number + 1, reason=fault), walk.end
                walk.step(row)
            if len(page) < _PAGE:
                return walk.at_the_end(), walk.end


async def last_head(db: Database, /, *, at: datetime) -> Head | None:
    """Return where the chain ends now, None while it is empty."""
    async with db.reading() as reading:
        row = await reading.fetchrow("select number, chain from log.audit order by number desc limit 1")
    return None if row is None else Head(at=at, number=row["number"], chain=row["chain"].hex())


class _Walk:
    """What was seen of the chain so far."""

    def __init__(self, key: AuditKey, heads: Sequence[Head], since: Walked) -> None:
        self._key = key
        self._heads = {head.number: head for head in heads}
        self._since = since.number
        self.end = since

    def fault(self, row: Row) -> str:
        """Return why the next row is not as it was made, "" when it is."""
        number, words = self.end.number + 1, row["words_digest"]
        if row["number"] != number:
            return f"entry {row['number']} comes next"
        if row["why"] is not None and words_digest(row["why"], salt=row["salt"]) != words:
            return "its words are not those that were written"
        secret = self._key.secret if number >= self._key.first else b""
        codes = (row["at"], row["account"], row["what"], row["contact"])
        if link(self.end.chain, number=number, entry=codes, words=words, secret=secret) != row["chain"]:
            return "its value does not follow from the entry before"
        if number == self._key.first - 1 and row["chain"] != self._key.before:
            return "it is not the last entry without a key that the key's file names"
        head = self._heads.get(number)
        if head is not None and head.chain != row["chain"].hex():
            return f"the head of {head.at.isoformat()} names another value"
        return ""

    def step(self, row: Row) -> None:
        """Go on behind a row without fault."""
        erased = self.end.erased + (row["why"] is None)
        self.end = Walked(number=row["number"], chain=row["chain"], erased=erased)

    def at_the_end(self) -> AuditVerdict:
        """Return the verdict when the database has no more rows."""
        known = max(self._heads.values(), key=lambda head: head.number, default=None)
        if known is not None and known.number > self.end.number:
            reason = f"the end was cut off, the head of {known.at.isoformat()} names entry {known.number}"
            return self.verdict(broken_at=self.end.number + 1, reason=reason)
        if self.end.number < self._key.first - 1:
            reason = f"the end was cut off, the key's file names entry {self._key.first - 1}"
            return self.verdict(broken_at=self.end.number + 1, reason=reason)
        return self.verdict()

    def verdict(self, *, broken_at: int | None = None, reason: str = "") -> AuditVerdict:
        """Return the verdict over what was seen."""
        return AuditVerdict(
            rows=self.end.number,
            erased=self.end.erased,
            broken_at=broken_at,
            heads=len(self._heads),
            reason=reason,
            since=self._since,
        )
