"""How long what is kept: the policy of the house as one table, and the run that applies it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hotline.erasure import erase, remove_recording
from runtime.audit import HOUSE, AuditEntry, record
from runtime.clock import Clock
from runtime.postgres import Database, Row
from vocabulary.ids import ContactId

MOST_CONTACTS = 1000
"""Contacts of one run; the next run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """One row of the policy: what is removed when it is older than ``keep``, and why it is kept that long."""

    what: str
    keep: timedelta
    basis: str
    counted: str
    removed: str


RECORDINGS_KEEP = timedelta(days=2 * 365)
RECORDINGS_BASIS = "sound is needed while a complaint about the talk may come; the words stay longer"
CONTACTS_KEEP = timedelta(days=3 * 365)
CONTACTS_BASIS = "an order may be reopened for three years; then person and words are taken out, figures stay"
POLICY = (
    Keep(
        what="sessions",
        keep=timedelta(days=1),
        basis="an ended session is of no use",
        counted="select count(*) from agent_desk.session where expires_at < $1",
        removed="delete from agent_desk.session where expires_at < $1",
    ),
    Keep(
        what="drafts",
        keep=timedelta(days=90),
        basis="a form that nobody sent in 90 days will not be sent",
        counted="select count(*) from agent_desk.draft where saved_at < $1",
        removed="delete from agent_desk.draft where saved_at < $1",
    ),
    Keep(
        what="callbacks",
        keep=timedelta(days=180),
        basis="the list of call-backs that were made is looked at for half a year",
        counted="select count(*) from agent_desk.callback where done_at < $1",
        removed="delete from agent_desk.callback where done_at < $1",
    ),
    Keep(
        what="refused messages",
        keep=timedelta(days=90),
        basis="what could not be read is kept whole while somebody may look for its cause",
        counted="select count(*) from log.log_refused where refused_at < $1",
        removed="delete from log.log_refused where refused_at < $1",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due of one row of the policy."""

    what: str
    keep: timedelta
    basis: str
    count: int


async def due(db: Database, /, *, clock: Clock) -> list[Due]:
    """Return what the policy would remove now; changes nothing."""
    now = clock.now()
    async with db.reading() as reading:
        found = [
            Due(
                what=row.what, keep=row.keep, basis=row.basis, count=await reading.fetchval(row.counted, now - row.keep)
            )
            for row in POLICY
        ]
    old = len(await _old_contacts(db, clock=clock))
    sound = len(await _old_recordings(db, clock=clock))
    return [
        *found,
        Due(what="recordings", keep=RECORDINGS_KEEP, basis=RECORDINGS_BASIS, count=sound),
        Due(what="contacts", keep=CONTACTS_KEEP, basis=CONTACTS_BASIS, count=old),
    ]


async def apply(db: Database, /, *, recordings: Path, clock: Clock) -> list[Due]:
    """Remove what is due, as the owner, and return what was; contacts are erased as `hotline erase` does."""
    done, now = await due(db, clock=clock), clock.now()
    async with db.transaction() as tx:
        for row in POLICY:
            await tx.execute(row.removed, now - row.keep)
    for contact, name in await _old_recordings(db, clock=clock):
        if remove_recording(recordings, name):
            async with db.transaction() as tx:
                await tx.execute("update agent_desk.contact set record_name = null where contact = $1", contact)
    await _write_down(db, done, clock=clock)
    contacts = await _old_contacts(db, clock=clock)
    if contacts:
        await erase(db, contacts, why="retention", recordings=recordings, clock=clock)
    return done


async def _write_down(db: Database, done: list[Due], *, clock: Clock) -> None:
    why = ", ".join(f"{one.what} {one.count}" for one in done)
    async with db.transaction() as tx:
        entry = AuditEntry(at=clock.now(), account=HOUSE, what="retention-applied", contact=None, why=why)
        await record(tx, entry, salt=secrets.token_bytes(16))


async def _old_recordings(db: Database, *, clock: Clock) -> list[tuple[ContactId, str]]:
    """Return contacts beyond the time of recordings, with the file's name."""
    async with db.reading() as reading:
        rows = await reading.fetch(
            "select contact, record_name from agent_desk.contact where record_name is not null and accepted_at < $1",
            clock.now() - RECORDINGS_KEEP,
        )
    return [(ContactId(row["contact"]), row["record_name"]) for row in rows]


async def _old_contacts(db: Database, *, clock: Clock) -> list[ContactId]:
    """Return contacts beyond their time that still have something personal and no open order, oldest first."""
    async with db.reading() as reading:
        rows: list[Row] = await reading.fetch(
            "select c.contact from agent_desk.contact c where c.accepted_at < $1 and not exists ("
            " select from log.audit a where a.contact = c.contact and a.what = 'contact-erased') and not exists ("
            " select from work_orders.work_order o where o.contact = c.contact and o.closed_at is null) "
            "order by c.accepted_at limit $2",
            clock.now() - CONTACTS_KEEP,
            MOST_CONTACTS,
        )
    return [ContactId(row["contact"]) for row in rows]
