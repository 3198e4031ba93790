"""How long what is kept: the policy of the house as one table, and the run that applies it."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hotline.erasure import erase, remove_recording
from runtime.audit import HOUSE, AuditEntry, record
from runtime.clock import Clock
from runtime.postgres import Database, Row, Transaction
from vocabulary.ids import ContactId

MOST_ROWS = 1000
"""Rows of one transaction, so that none holds locks for long; a run makes as many as it needs."""
MOST_CONTACTS = 50
"""Contacts of one transaction: each has many rows."""
ONE_RUN = "retention"
"""The lock of a run: several hosts of one database do not erase the same contact twice."""
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """One row of the policy: rows of ``table`` go when ``instant`` is longer ago than ``keep``; ``basis`` says why."""

    what: str
    keep: timedelta
    basis: str
    table: str
    instant: str

    @property
    def counted(self) -> str:
        """SQL that counts what is older than $1."""
        return f"select count(*) from {self.table} where {self.instant} < $1"  # noqa: S608 - names of this file

    @property
    def removed(self) -> str:
        """SQL that removes at most ``MOST_ROWS`` of what is older than $1."""
        old = f"select ctid from {self.table} where {self.instant} < $1 limit {MOST_ROWS}"  # noqa: S608
        return f"delete from {self.table} where ctid = any(array({old}))"  # noqa: S608


RECORDINGS_KEEP = timedelta(days=2 * 365)
RECORDINGS_BASIS = "sound is needed while a complaint about the talk may come; the words stay longer"
CONTACTS_KEEP = timedelta(days=3 * 365)
CONTACTS_BASIS = "an order may be reopened for three years; then person and words are taken out, figures stay"
POLICY = (
    Keep(
        what="sessions", keep=timedelta(days=1), table="agent_desk.session", instant="expires_at",
        basis="an ended session is of no use",
    ),
    Keep(
        what="known sources", keep=timedelta(days=180), table="agent_desk.known_source", instant="seen_at",
        basis="from where somebody logs in tells a guess from its owner; half a year covers a long leave",
    ),
    Keep(
        what="drafts", keep=timedelta(days=90), table="agent_desk.draft", instant="saved_at",
        basis="a form that nobody sent in 90 days will not be sent",
    ),
    Keep(
        what="callbacks", keep=timedelta(days=180), table="agent_desk.callback", instant="done_at",
        basis="the list of call-backs that were made is looked at for half a year",
    ),
    Keep(
        what="refused messages", keep=timedelta(days=90), table="log.log_refused", instant="refused_at",
        basis="what could not be read is kept whole while somebody may look for its cause",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due of one row of the policy, or was removed."""

    what: str
    keep: timedelta
    basis: str
    count: int


async def due(db: Database, /, *, clock: Clock) -> list[Due]:
    """Return what the policy would remove now; changes nothing."""
    now = clock.now()
    async with db.reading() as reading:
        rows = [await reading.fetchval(row.counted, now - row.keep) for row in POLICY]
        sound = await reading.fetchval(f"select count(*) {_SOUND}", now - RECORDINGS_KEEP)
        people = await reading.fetchval(f"select count(*) {_PEOPLE}", now - CONTACTS_KEEP)
    return _told(rows, sound=sound, people=people)


async def apply(db: Database, /, *, recordings: Path, clock: Clock) -> list[Due]:
    """Remove what is due, as the owner, and return what was; contacts are erased as `hotline erase` does.

    Many short transactions, each with its entry in the audit; what a crash leaves is due at the next run. Waits for a
    run elsewhere to end. A recording on another host stays due. OSError when a file cannot be removed.
    """
    async with db.holding(ONE_RUN):
        rows = [await _remove_rows(db, row, clock=clock) for row in POLICY]
        sound = await _remove_sound(db, recordings=recordings, clock=clock)
        people = await _erase_people(db, recordings=recordings, clock=clock)
    return _told(rows, sound=sound, people=people)


def _told(rows: list[int], *, sound: int, people: int) -> list[Due]:
    found = [
        Due(what=row.what, keep=row.keep, basis=row.basis, count=count) for row, count in zip(POLICY, rows, strict=True)
    ]
    return [
        *found,
        Due(what="recordings", keep=RECORDINGS_KEEP, basis=RECORDINGS_BASIS, count=sound),
        Due(what="contacts", keep=CONTACTS_KEEP, basis=CONTACTS_BASIS, count=people),
    ]


async def _remove_rows(db: Database, row: Keep, *, clock: Clock) -> int:
    before, count, gone = clock.now() - row.keep, 0, MOST_ROWS
    while gone == MOST_ROWS:
        async with db.transaction() as tx:
            gone = int((await tx.execute(row.removed, before)).rpartition(" ")[2])
            await _write_down(tx, row.what, gone, clock=clock)
        count += gone
    return count


async def _write_down(tx: Transaction, what: str, count: int, *, clock: Clock) -> None:
    if count:
        entry = AuditEntry(at=clock.now(), account=HOUSE, what="retention-applied", contact=None, why=f"{what} {count}")
        await record(tx, entry, salt=secrets.token_bytes(16))


_SOUND = "from agent_desk.call c where c.record_name is not null and c.accepted_at < $1"
_PEOPLE = """from agent_desk.contact c where c.begun_at < $1
    and not exists (select from agent_desk.call a where a.contact = c.contact and a.accepted_at >= $1)
    and not exists (select from log.audit a where a.contact = c.contact and a.what = 'contact-erased')
    and not exists (select from work_orders.work_order o where o.contact = c.contact and o.closed_at is null)"""
"""Contacts beyond their time that still have something personal and no open order."""


async def _remove_sound(db: Database, *, recordings: Path, clock: Clock) -> int:
    """Remove the recordings of this host, from the oldest on; those of another host are passed over."""
    before, count = clock.now() - RECORDINGS_KEEP, 0
    batch = await _old_recordings(db, before=before, behind=None)
    while batch:
        gone = [
            row["call"]
            for row in batch
            if await asyncio.to_thread(remove_recording, recordings, str(row["record_name"]))
        ]
        async with db.transaction() as tx:
            await tx.execute("update agent_desk.call set record_name = null where call = any($1)", gone)
            await _write_down(tx, "recordings", len(gone), clock=clock)
        count += len(gone)
        batch = await _old_recordings(db, before=before, behind=batch[-1])
    return count


async def _old_recordings(db: Database, *, before: datetime, behind: Row | None) -> list[Row]:
    place = (behind["accepted_at"], behind["call"]) if behind else (datetime.min.replace(tzinfo=UTC), _FIRST)
    async with db.reading() as reading:
        return await reading.fetch(
            f"select c.call, c.record_name, c.accepted_at {_SOUND} and (c.accepted_at, c.call) > ($2, $3) "
            "order by c.accepted_at, c.call limit $4",
            before,
            *place,
            MOST_CONTACTS,
        )


async def _erase_people(db: Database, *, recordings: Path, clock: Clock) -> int:
    before, count = clock.now() - CONTACTS_KEEP, 0
    while True:
        async with db.reading() as reading:
            rows = await reading.fetch(
                f"select c.contact {_PEOPLE} order by c.begun_at limit $2", before, MOST_CONTACTS
            )
        if not rows:
            return count
        people = [ContactId(row["contact"]) for row in rows]
        await erase(db, people, why="retention", recordings=recordings, clock=clock)
        count += len(people)
