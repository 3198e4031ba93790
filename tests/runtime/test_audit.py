"""The audit: append-only, chained, and erasable without breaking the chain."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from runtime.audit import AuditEntry, erase_words, record, verify
from runtime.ids import new_id
from runtime.postgres import Database
from vocabulary.ids import AccountId, ContactId

NOW = datetime(2026, 11, 23, 8, 0, 0, 123457, tzinfo=UTC)
CONTACT = ContactId(new_id())


def entry(why: str = "核对号码", *, contact: ContactId | None = CONTACT) -> AuditEntry:
    return AuditEntry(at=NOW, account=AccountId(new_id()), what="caller-revealed", contact=contact, why=why)


async def write(db: Database, *entries: AuditEntry) -> None:
    for one in entries:
        async with db.transaction() as tx:
            await record(tx, one, salt=os.urandom(16))


async def test_entries_are_numbered_and_the_chain_is_whole(database: Database) -> None:
    await write(database, entry(), entry("other", contact=None), entry(""))

    verdict = await verify(database)

    assert (verdict.whole, verdict.rows, verdict.erased) == (True, 3, 0)


async def test_an_empty_audit_is_whole(database: Database) -> None:
    assert (await verify(database)).whole


async def test_entries_written_at_once_by_many_still_make_one_chain(database: Database) -> None:
    await asyncio.gather(*(write(database, entry(str(n))) for n in range(20)))

    verdict = await verify(database)

    assert (verdict.whole, verdict.rows) == (True, 20)


async def test_an_entry_of_a_failed_transaction_leaves_no_gap(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await record(tx, entry(), salt=b"0" * 16)
            raise LookupError

    await write(database, entry())
    with pytest.raises(LookupError):
        await fail()
    await write(database, entry())

    assert (await verify(database)).rows == 2


@pytest.mark.parametrize(
    "change",
    [
        "update log.audit set what = 'nothing'",
        "delete from log.audit",
        "truncate log.audit cascade",
        "update log.audit_words set why = 'a better reason'",
    ],
)
async def test_changing_and_deleting_are_refused_to_the_application_and_to_the_owner(
    database: Database, owned: Database, change: str
) -> None:
    await write(database, entry())

    async def tamper(db: Database) -> None:
        async with db.transaction() as tx:
            await tx.execute(change)

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await tamper(database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await tamper(owned)

    assert (await verify(database)).whole


@pytest.mark.parametrize(
    "change",
    [
        "update log.audit set account = gen_random_uuid() where number = 2",
        "update log.audit set at = at + interval '1 microsecond' where number = 2",
        "update log.audit set contact = null where number = 2",
        "update log.audit set words_digest = decode('00', 'hex') where number = 2",
        "update log.audit_words set why = 'a better reason' where number = 2",
        "delete from log.audit_words where number = 2; delete from log.audit where number = 2",
    ],
)
async def test_whoever_takes_the_triggers_away_is_found_out_by_the_chain(
    database: Database, owned: Database, change: str
) -> None:
    await write(database, entry("a"), entry("b"), entry("c"))
    async with owned.transaction() as tx:
        await tx.execute("alter table log.audit disable trigger user; alter table log.audit_words disable trigger user")
        await tx.execute(change)

    assert (await verify(database)).broken_at == 2


async def test_words_can_be_erased_and_the_chain_stays_whole_and_tells_nothing(
    database: Database, owned: Database
) -> None:
    await write(database, entry("王某来电"), entry("other", contact=None))

    async with owned.transaction() as tx:
        assert await erase_words(tx, contact=CONTACT) == 1

    verdict = await verify(database)
    assert (verdict.whole, verdict.rows, verdict.erased) == (True, 2, 1)
    async with database.reading() as reading:
        assert await reading.fetchval("select count(*) from log.audit_words where why like '%王某%'") == 0


async def test_no_personal_text_stands_in_the_chained_table(database: Database) -> None:
    await write(database, entry("王某来电 13800001111"))
    async with database.reading() as reading:
        text = await reading.fetchval("select a::text from log.audit a")

    assert "王某" not in text
    assert "13800001111" not in text


def test_instants_survive_the_round_trip_to_the_microsecond() -> None:
    instants = [NOW + timedelta(microseconds=n) for n in range(1000)]

    assert len({int(one.timestamp() * 1_000_000) for one in instants}) == 1000
