"""The audit: append-only, chained, and erasable without breaking the chain."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from runtime.audit import (
    HOUSE,
    Asked,
    AuditEntry,
    AuditKey,
    AuditKeyFault,
    AuditVerdict,
    AuditWatch,
    Head,
    HeadsFault,
    NoAuditKey,
    append_head,
    ensure_key,
    erase_words,
    find,
    last_head,
    read_heads,
    record,
    verify,
)
from runtime.audit.chain import GENESIS, link, words_digest
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.postgres import Database, DatabaseUrls, open_database
from tests.servers import AUDIT_SECRET
from vocabulary.ids import AccountId, ContactId

NOW = datetime(2026, 11, 23, 8, 0, 0, 123457, tzinfo=UTC)
CONTACT = ContactId(new_id())
KEY = AuditKey(secret=AUDIT_SECRET)
UNTOUCHABLE = "alter table log.audit disable trigger user; alter table log.audit_words disable trigger user"
"""What the owner can do to the triggers before it changes entries."""


def entry(why: str = "核对号码", *, contact: ContactId | None = CONTACT) -> AuditEntry:
    return AuditEntry(at=NOW, account=AccountId(new_id()), what="caller-revealed", contact=contact, why=why)


async def write(db: Database, *entries: AuditEntry) -> None:
    for one in entries:
        async with db.transaction() as tx:
            await record(tx, one, salt=os.urandom(16))


async def whole(db: Database, *heads: Head, key: AuditKey = KEY) -> AuditVerdict:
    return await verify(db, key=key, heads=heads)


async def tamper(owned: Database, sql: str, *args: object) -> None:
    async with owned.transaction() as tx:
        await tx.execute(UNTOUCHABLE)
        await tx.execute(sql, *args)


async def chain_anew(owned: Database, *, secret: bytes) -> None:
    """Do what an owner would do to hide a change: compute every value from the first on again."""
    async with owned.transaction() as tx:
        await tx.execute(UNTOUCHABLE)
        before = GENESIS
        for row in await tx.fetch("select * from log.audit order by number"):
            codes = (row["at"], row["account"], row["what"], row["contact"])
            before = link(before, number=row["number"], entry=codes, words=row["words_digest"], secret=secret)
            await tx.execute("update log.audit set chain = $2 where number = $1", row["number"], before)


async def write_without_key(owned: Database, *whys: str) -> None:
    """Write entries as version 0.1 did."""
    async with owned.transaction() as tx:
        before = await tx.fetchval("select chain from log.audit order by number desc limit 1") or GENESIS
        for number, why in enumerate(whys, start=1):
            one, words = entry(why), words_digest(why, salt=b"0" * 16)
            codes = (one.at, one.account, one.what, one.contact)
            before = link(before, number=number, entry=codes, words=words, secret=b"")
            await tx.execute("insert into log.audit values ($1, $2, $3, $4, $5, $6, $7)", number, *codes, words, before)
            await tx.execute("insert into log.audit_words values ($1, $2, $3)", number, why, b"0" * 16)


async def test_entries_are_numbered_and_the_chain_is_whole(database: Database) -> None:
    await write(database, entry(), entry("other", contact=None), entry(""))

    verdict = await whole(database)

    assert (verdict.whole, verdict.rows, verdict.erased) == (True, 3, 0)


async def test_an_empty_audit_is_whole(database: Database) -> None:
    assert (await whole(database)).whole


async def test_entries_written_at_once_by_many_still_make_one_chain(database: Database) -> None:
    await asyncio.gather(*(write(database, entry(str(n))) for n in range(20)))

    verdict = await whole(database)

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

    assert (await whole(database)).rows == 2


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

    async def attempt(db: Database) -> None:
        async with db.transaction() as tx:
            await tx.execute(change)

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await attempt(database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await attempt(owned)

    assert (await whole(database)).whole


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
        await tx.execute(UNTOUCHABLE)
        await tx.execute(change)

    assert (await whole(database)).broken_at == 2


async def test_words_can_be_erased_and_the_chain_stays_whole_and_tells_nothing(
    database: Database, owned: Database
) -> None:
    await write(database, entry("王某来电"), entry("other", contact=None))

    async with owned.transaction() as tx:
        assert await erase_words(tx, contacts=[CONTACT]) == 1

    verdict = await whole(database)
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


async def test_a_change_with_every_value_computed_anew_is_found_because_the_key_lies_elsewhere(
    database: Database, owned: Database
) -> None:
    await write(database, entry("a"), entry("b"), entry("c"))
    await tamper(owned, "update log.audit set what = 'nothing' where number = 2")
    for secret in (b"", b"a guess"):
        await chain_anew(owned, secret=secret)

        assert (await whole(database)).broken_at == 1

    await chain_anew(owned, secret=AUDIT_SECRET)
    assert (await whole(database)).whole


async def test_a_tail_that_was_cut_off_is_found_by_the_heads(database: Database, owned: Database) -> None:
    await write(database, entry("a"), entry("b"), entry("c"))
    head = await last_head(database, at=NOW)
    assert head is not None
    assert (await whole(database, head)).whole

    await tamper(owned, "delete from log.audit_words where number > 1")
    await tamper(owned, "delete from log.audit where number > 1")

    verdict = await whole(database, head)
    assert verdict.broken_at == 2
    assert "the end was cut off" in verdict.sentence
    assert "names entry 3" in verdict.sentence
    await write(database, entry("d"), entry("e"), entry("f"))
    assert (await whole(database, head)).broken_at == 3


async def test_entries_of_an_earlier_version_stay_whole_and_cannot_be_made_anew(
    database: Database, owned: Database, database_url: str, tmp_path: Path
) -> None:
    await write_without_key(owned, "a", "b", "c")
    file = tmp_path / "audit.key"
    key = await ensure_key(file, database_url=database_url, clock=ManualClock(NOW))
    assert file.stat().st_mode & 0o777 == 0o600
    assert (key.first, await ensure_key(file, database_url=database_url, clock=ManualClock(NOW))) == (4, key)
    async with open_database(database_url, audit_secret=key.secret) as db:
        await write(db, entry("d"))

    rows = await find(database, Asked())
    assert [row.what for row in rows] == ["caller-revealed", "chain-keyed", *["caller-revealed"] * 3]
    assert rows[1].account == HOUSE
    assert (await whole(database, key=key)).rows == 5

    await tamper(owned, "update log.audit set what = 'nothing' where number = 2")
    await tamper(owned, "delete from log.audit_words where number > 3")
    await tamper(owned, "delete from log.audit where number > 3")
    await chain_anew(owned, secret=b"")
    assert (await whole(database, key=key)).broken_at == 3


async def test_without_its_key_an_audit_is_not_given_another_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await write(database, entry("a"), entry("b"))

    with pytest.raises(AuditKeyFault, match=r"has 2 entries and its key, .*audit.key, is missing: put it back"):
        await ensure_key(tmp_path / "audit.key", database_url=database_url, clock=ManualClock(NOW))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{}", '{"secret": "zz", "first": 1, "before": ""}', '{"secret": "00", "first": 1, "before": ""}']
)
async def test_a_key_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "audit.key").write_text(text, "utf-8")

    with pytest.raises(AuditKeyFault, match=r"the key of the audit, .*audit.key, "):
        await ensure_key(
            tmp_path / "audit.key", database_url="postgresql://nobody@127.0.0.1:1/x", clock=ManualClock(NOW)
        )


async def test_nothing_is_written_without_the_key(database_urls: DatabaseUrls) -> None:
    async with open_database(database_urls.app) as db:
        with pytest.raises(NoAuditKey):
            await write(db, entry())


def test_heads_are_kept_in_order_and_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "heads"
    heads = [Head(at=NOW, number=n, chain="00" * 32) for n in (1, 2)]
    for head in heads:
        append_head(file, head)
    assert file.stat().st_mode & 0o777 == 0o600

    whole_text = file.read_bytes()
    file.write_bytes(whole_text + b'{"at": "20')
    assert read_heads(file) == heads
    append_head(file, heads[1])
    assert read_heads(file) == [*heads, heads[1]]
    file.write_bytes(b"what\n" + whole_text)
    with pytest.raises(HeadsFault, match="line 1 is no head"):
        read_heads(file)


async def test_the_watch_keeps_a_head_an_hour_and_verifies_once_a_day(
    database: Database, owned: Database, tmp_path: Path
) -> None:
    clock, file = ManualClock(NOW), tmp_path / "heads"
    watch = AuditWatch(database, key=KEY, heads=file, clock=clock)
    for passed, expected in ((0, [1]), (30, [1]), (31, [1, 3])):
        await write(database, entry())
        clock.advance(timedelta(minutes=passed))
        await watch.look()
        assert [head.number for head in read_heads(file)] == expected
    assert watch.last_verdict is not None
    assert watch.last_verdict.rows == 1

    await tamper(owned, "update log.audit set what = 'nothing' where number = 3")
    clock.advance(timedelta(days=1))
    await write(database, entry())
    await watch.look()

    assert watch.last_verdict.broken_at == 3
    assert [head.number for head in read_heads(file)] == [1, 3], "no head is kept of a chain that is broken"


async def test_a_folder_that_cannot_be_written_is_told_and_tried_again(database: Database, tmp_path: Path) -> None:
    await write(database, entry())
    watch = AuditWatch(database, key=KEY, heads=tmp_path / "gone" / "heads", clock=ManualClock(NOW))
    await watch.look()
    assert "No such file" in watch.fault

    (tmp_path / "gone").mkdir()
    await watch.look()
    assert (watch.fault, len(read_heads(tmp_path / "gone" / "heads"))) == ("", 1)


async def test_entries_are_found_by_who_what_whom_and_when(database: Database) -> None:
    first, second = entry("a"), entry("b", contact=None)
    await write(database, first, second)

    async def numbers(asked: Asked) -> list[int]:
        return [row.number for row in await find(database, asked)]

    assert await numbers(Asked()) == [2, 1]
    assert await numbers(Asked(contact=CONTACT)) == [1]
    assert await numbers(Asked(account=second.account)) == [2]
    assert await numbers(Asked(what="recording-played")) == []
    assert await numbers(Asked(since=NOW, until=NOW + timedelta(seconds=1))) == [2, 1]
    assert await numbers(Asked(until=NOW)) == []
    assert await numbers(Asked(below=2)) == [1]
