"""Erasure and retention: the person goes out of every table and file, and the record stays whole."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from agent_desk.contacts.projection import consumers
from hotline.erasure import contacts_of, erase
from hotline.retention import CONTACTS_KEEP, apply, due
from runtime.audit import AuditEntry, AuditKey, Head, last_head, record, verify
from runtime.clock import ManualClock
from runtime.log import read_log, reset_projection
from runtime.postgres import Database, DatabaseUrls, open_database
from tests.agent_desk.people import AGENT_ID, CALLER, NOW, MadeCall
from tests.agent_desk.test_projections import take_in
from tests.analytics.test_facts import PROJECTIONS
from tests.servers import AUDIT_SECRET
from tests.work_orders.town import AGENT, WATER, orders_of, wanted
from vocabulary.personal import PersonName

SAID = "李建国家里昨夜停水"
KEY = AuditKey(secret=AUDIT_SECRET)


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """The owner with the key of the audit, as the commands have it."""
    async with open_database(database_urls.owner, audit_secret=AUDIT_SECRET) as db:
        yield db


async def lived(db: Database, call: MadeCall) -> None:
    """Let a call, its talk, its order and a look at it go through the rooms."""
    clock = ManualClock(NOW)
    orders = orders_of(db, clock=clock)
    made = await orders.accept(
        wanted(contact=call.contact, content=SAID, caller_name=PersonName("李建国")), principal=AGENT
    )
    await orders.reply(made.order_no, unit=WATER, text=f"已为{SAID}修好。", note="")
    facts = [call.accepted(), call.connected(), call.heard(SAID), call.ended(), call.recorded()]
    await take_in(db, facts, [*consumers(), *PROJECTIONS])
    async with db.transaction() as tx:
        entry = AuditEntry(at=NOW, account=AGENT_ID, what="caller-revealed", contact=call.contact, why=f"{SAID}核对")
        await record(tx, entry, salt=b"0" * 16)


async def everything(db: Database) -> str:
    """Return every row of every table as text."""
    async with db.reading() as reading:
        tables = await reading.fetch(
            "select table_schema || '.' || table_name as name from information_schema.tables "
            "where table_schema !~ '^(pg_|information)' and table_type = 'BASE TABLE'"
        )
        texts = [
            await reading.fetchval(f"select string_agg(t::text, ' ') from {table['name']} t")  # noqa: S608 - catalogue
            for table in tables
        ]
    return " ".join(text for text in texts if text)


async def counts(db: Database) -> dict[str, int]:
    async with db.reading() as reading:
        return {
            table: await reading.fetchval(f"select count(*) from {table}")  # noqa: S608 - names of this file
            for table in ("log.events", "work_orders.work_order", "work_orders.stage_entry", "analytics.call_fact",
                          "analytics.order_fact", "agent_desk.contact", "agent_desk.utterance")
        }  # fmt: skip


async def test_after_an_erasure_nothing_of_the_person_is_left_and_the_record_is_whole(
    database: Database, owner: Database, tmp_path: Path
) -> None:
    call, other = MadeCall(), MadeCall(caller="19911112222")
    await lived(database, call)
    await take_in(database, [other.accepted(), other.heard("路灯不亮")], [*consumers(), *PROJECTIONS])
    for name in ("rec.wav", "rec.json", "other.wav"):
        (tmp_path / name).touch()
    before, places = await counts(database), [row.position for row in await read_log(database, limit=1000)]
    head = await last_head(database, at=NOW)
    found = await everything(database)
    assert (SAID in found, CALLER in found, "李建国" in found) == (True, True, True)

    done = await erase(
        owner, await contacts_of(database, CALLER), why="on request", recordings=tmp_path, clock=ManualClock(NOW)
    )

    assert (done.contacts, done.recordings, done.elsewhere) == (1, 1, ())
    assert [path.name for path in tmp_path.iterdir()] == ["other.wav"]
    for again in range(2):
        left = await everything(database)
        assert [word for word in (SAID, CALLER, "李建国", "停水了") if word in left] == [], f"after {again} replays"
        assert "19911112222" in left
        assert await counts(database) == before
        for projection in (*consumers(), *PROJECTIONS):
            if projection.kind == "projection":
                await reset_projection(owner, projection)
        await take_in(database, [], [*consumers(), *PROJECTIONS])
    assert [row.position for row in await read_log(database, limit=1000)] == places
    verdict = await verify(database, key=KEY, heads=[head] if isinstance(head, Head) else [])
    assert (verdict.whole, verdict.erased, verdict.heads) == (True, 1, 1)


async def test_the_application_cannot_erase(database: Database, owner: Database, tmp_path: Path) -> None:
    call = MadeCall()
    await lived(database, call)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await erase(database, [call.contact], why="x", recordings=tmp_path, clock=ManualClock(NOW))

    assert SAID in await everything(database)


async def test_a_recording_on_another_host_is_named_and_no_path_leads_out_of_the_folder(
    database: Database, owner: Database, tmp_path: Path
) -> None:
    call = MadeCall()
    await lived(database, call)
    async with owner.transaction() as tx:
        await tx.execute(
            "update log.events set data = data || '{\"name\": \"../keep.wav\"}' where type like '%recorded%'"
        )
    (tmp_path / "keep.wav").touch()
    (tmp_path / "recordings").mkdir()

    done = await erase(
        owner, [call.contact], why="on request", recordings=tmp_path / "recordings", clock=ManualClock(NOW)
    )

    assert done.elsewhere == ("../keep.wav",)
    assert (tmp_path / "keep.wav").exists()


async def test_retention_shows_what_is_due_and_removes_it_only_when_told(
    database: Database, owner: Database, tmp_path: Path
) -> None:
    call = MadeCall()
    await lived(database, call)
    async with owner.transaction() as tx:
        await tx.execute("update work_orders.work_order set closed_at = created_at")
    clock = ManualClock(NOW)
    assert {row.what: row.count for row in await due(owner, clock=clock)}["contacts"] == 0
    clock.advance(CONTACTS_KEEP + timedelta(days=1))

    shown = {row.what: row.count for row in await due(owner, clock=clock)}
    assert (shown["contacts"], shown["recordings"]) == (1, 1)
    assert SAID in await everything(database)

    await apply(owner, recordings=tmp_path, clock=clock)
    assert SAID not in await everything(database)
    assert {row.what: row.count for row in await due(owner, clock=clock)}["contacts"] == 0
    assert (await verify(database, key=KEY, heads=[])).whole


async def test_a_contact_with_an_open_order_is_kept(database: Database, owner: Database, tmp_path: Path) -> None:
    await lived(database, MadeCall())
    clock = ManualClock(NOW)
    clock.advance(CONTACTS_KEEP + timedelta(days=1))

    await apply(owner, recordings=tmp_path, clock=clock)

    assert SAID in await everything(database)
