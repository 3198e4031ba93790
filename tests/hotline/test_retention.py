"""Retention by itself: the house removes what is old each day, says when it cannot, and forgets no table."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotline import personal_columns
from hotline.auditing import key_file
from hotline.erasure import TABLES
from hotline.health_file import keep_health, read_health
from hotline.host_health import HostHealth, Part
from hotline.house import House
from hotline.places import Places
from hotline.retention import CONTACTS_KEEP, MOST_CONTACTS, MOST_ROWS, POLICY, RECORDINGS_KEEP, apply, due
from hotline.retention_watch import AGAIN, EVERY, NO_OWNER, RetentionWatch
from hotline.settings import DatabaseSettings, Settings
from runtime.audit import Asked, AuditKey, ensure_key, find, read_key, verify
from runtime.background import background
from runtime.clock import ManualClock
from runtime.nats_server import NatsAddress
from runtime.postgres import Database, DatabaseUrls, open_database
from runtime.supervision import supervise
from tests.agent_desk.people import NOW, MadeCall
from tests.hotline.test_audit import hotline
from tests.hotline.test_erasure import KEY, SAID, everything, lived
from tests.runtime.engines import eventually
from tests.servers import AUDIT_SECRET

TEXTUAL = """select table_schema || '.' || table_name as "table", column_name as "column"
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_type = 'BASE TABLE' and table_schema !~ '^(pg_|information|public)' and data_type not in
    ('uuid', 'timestamp with time zone', 'date', 'boolean', 'smallint', 'integer', 'bigint', 'double precision')"""
"""Columns whose type can hold something of a person."""


async def test_every_column_that_can_hold_text_is_named_with_how_it_leaves_and_none_is_named_that_is_gone(
    database: Database,
) -> None:
    async with database.reading() as reading:
        schema = {(row["table"], row["column"]) for row in await reading.fetch(TEXTUAL)}
    lists = [personal_columns.BY_AGE, personal_columns.BY_CONTACT, personal_columns.IMPERSONAL]
    named = {(table, column) for one in lists for table, columns in one.items() for column in columns}
    named |= {(table, column) for table, (columns, _) in personal_columns.KEPT.items() for column in columns}

    assert len(schema) > 60
    assert (schema - named, named - schema) == (set(), set())


def test_what_is_said_to_leave_by_age_or_with_its_contact_is_in_the_policy_and_in_the_erasure() -> None:
    assert set(personal_columns.BY_AGE) == {row.table for row in POLICY}
    elsewhere = {"log.events", "log.audit_words"}  # by log.erase_personal and erase_words
    unnamed = []
    for table, columns in personal_columns.BY_CONTACT.items():
        sql = " ".join(one for one in TABLES.values() if re.search(rf"(update|from) {table} ", one))
        unnamed += [(table, name) for name in columns if "delete" not in sql and f" {name} = " not in sql]
    assert [place for place in unnamed if place[0] not in elsewhere] == []


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    async with open_database(database_urls.owner, audit_secret=AUDIT_SECRET) as db:
        yield db


async def fill(owner: Database, *, sources: int, contacts: int) -> None:
    """Put rows in as they were left by years of service: places of log-ins, contacts with recordings."""
    async with owner.transaction() as tx:
        await tx.execute(
            "insert into agent_desk.account (account, login, name, role, password_hash) "
            "values (gen_random_uuid(), 'old', '', 'agent', '')"
        )
        await tx.execute(
            "insert into agent_desk.known_source select account, 'h' || n, $1 from agent_desk.account, "
            "generate_series(1, $2::int) n",
            NOW, sources,
        )  # fmt: skip
        await tx.execute(
            "insert into agent_desk.call (contact, call, accepted_at, caller_phone, record_name) "
            "select gen_random_uuid(), gen_random_uuid(), $1, '19900000101', 'r' || n || '.wav' "
            "from generate_series(1, $2::int) n",
            NOW, contacts,
        )  # fmt: skip
        await tx.execute(
            "insert into agent_desk.contact (contact, begun_at, identity) "
            "select contact, accepted_at, caller_phone from agent_desk.call"
        )


async def test_all_that_is_due_goes_however_many_batches_it_takes_each_with_its_entry(
    database: Database, owner: Database, tmp_path: Path
) -> None:
    contacts = 2 * MOST_CONTACTS + 1
    await fill(owner, sources=MOST_ROWS + 1, contacts=contacts)
    for number in range(1, contacts):  # the last recording lies on another host
        (tmp_path / f"r{number}.wav").touch()
    clock = ManualClock(NOW + RECORDINGS_KEEP + timedelta(days=1))

    done = {row.what: row.count for row in await apply(owner, recordings=tmp_path, clock=clock)}

    assert {what: count for what, count in done.items() if count} == {
        "known sources": MOST_ROWS + 1, "recordings": contacts - 1,
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == []
    assert {row.what: row.count for row in await due(owner, clock=clock)} == {**dict.fromkeys(done, 0), "recordings": 1}
    entries = [str(entry.why).rpartition(" ") for entry in await find(database, Asked(what="retention-applied"))]
    removed = [int(count) for what, _, count in entries if what == "recordings"]
    assert (sum(removed), max(removed), len(removed)) == (contacts - 1, MOST_CONTACTS, len(entries) - 2)
    assert {(what, int(count)) for what, _, count in entries} >= {("known sources", MOST_ROWS), ("known sources", 1)}

    clock.advance(CONTACTS_KEEP - RECORDINGS_KEEP)
    assert (await apply(owner, recordings=tmp_path, clock=clock))[-1].count == contacts
    assert "19900000101" not in await everything(database)
    assert (await verify(database, key=KEY, heads=[])).whole


Watching = Callable[..., RetentionWatch]


@pytest.fixture
def parts() -> list[Part]:
    return []


@pytest.fixture
async def watching(database_urls: DatabaseUrls, tmp_path: Path, parts: list[Part]) -> Watching:
    """Makes the watch of a house whose audit has the key of the tests."""
    settings = Settings(data=str(tmp_path))

    def make(clock: ManualClock, *, owner_url: str | None = None) -> RetentionWatch:
        url = database_urls.owner if owner_url is None else owner_url
        return RetentionWatch(settings, owner_url=url, recordings=tmp_path, clock=clock, tell=parts.append)

    return make


async def test_the_house_applies_the_policy_each_day_and_keeps_the_chain_of_the_desk(
    database_urls: DatabaseUrls, watching: Watching, parts: list[Part], tmp_path: Path
) -> None:
    key = await ensure_key(
        key_file(Settings(data=str(tmp_path))), database_url=database_urls.app, clock=ManualClock(NOW)
    )
    clock = ManualClock(NOW + CONTACTS_KEEP - timedelta(hours=12))
    async with open_database(database_urls.owner, audit_secret=key.secret) as db:
        await lived(db, MadeCall())
        async with db.transaction() as tx:
            await tx.execute("update work_orders.work_order set closed_at = created_at")
        watch = watching(clock)
        await watch.look()
        assert SAID in await everything(db)

        clock.advance(EVERY)
        await watch.look()
        assert SAID not in await everything(db)
        assert (await verify(db, key=AuditKey(secret=key.secret), heads=[])).whole

    clock.advance(EVERY - timedelta(minutes=1))
    await watch.look()
    assert [part.ok for part in parts] == [True, True]


async def test_a_run_that_fails_is_said_ends_nothing_and_is_tried_again(
    database_urls: DatabaseUrls, watching: Watching, parts: list[Part], tmp_path: Path
) -> None:
    clock = ManualClock(NOW)
    watch = watching(clock)
    await watch.look()
    assert (parts[-1].ok, "audit.key" in parts[-1].detail) == (False, True)

    key = await ensure_key(tmp_path / "audit.key", database_url=database_urls.app, clock=clock)
    await watch.look()
    assert len(parts) == 1
    clock.advance(AGAIN)
    await watch.look()
    assert (parts[-1].ok, read_key(tmp_path / "audit.key")) == (True, key)

    await watching(clock, owner_url=database_urls.app).look()
    assert not parts[-1].ok
    await watching(clock, owner_url="postgresql://hotline_owner@127.0.0.1:1/hotline").look()
    assert (parts[-1].ok, "does not answer" in parts[-1].detail) == (False, True)
    await watching(clock, owner_url="").look()
    assert parts[-1] == Part(name="retention", ok=False, detail=NO_OWNER)


async def test_no_child_is_told_how_the_owner_of_the_tables_enters(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), database=DatabaseSettings(url="postgresql://app", owner_url="secret-owner"))
    async with supervise() as supervisor:
        house = House(settings=settings, places=Places(data=tmp_path, run=tmp_path), supervisor=supervisor, logs=None)
        nats = NatsAddress(url="nats://x", user="", password="")
        child = house.child("desk", house.desk_config(database_url="postgresql://app", nats=nats))

    assert child.env["HOTLINE_DATABASE__OWNER_URL"] == ""
    assert b"postgresql://app" in (tmp_path / "desk.json").read_bytes()
    assert b"secret-owner" not in (tmp_path / "desk.json").read_bytes()


async def test_what_the_supervisor_does_itself_stands_in_the_health_of_its_host(tmp_path: Path) -> None:
    part = Part(name="retention", ok=False, detail="x")
    file, said = tmp_path / "health.json", list[Part]()
    own = [replace(part, ok=True)]
    async with background(keep_health(file, states=dict, folders={}, say=said.append, own=lambda: tuple(own))):
        await eventually(lambda: read_health(file) is not None)
        own[:] = [part]
        await eventually(lambda: part in (read_health(file) or HostHealth(at=NOW, parts=())).parts)

    assert said == [part]


@pytest.mark.parametrize("whom", [("--contact", "0190f6f0-0000-7000-8000-000000000001"), ("--phone", "19900000102")])
async def test_an_erasure_of_somebody_unknown_says_so_and_is_no_success(
    database_urls: DatabaseUrls, tmp_path: Path, whom: tuple[str, str]
) -> None:
    await ensure_key(tmp_path / "audit.key", database_url=database_urls.app, clock=ManualClock(NOW))

    code, said = hotline(tmp_path, database_urls, "erase", *whom, "--why", "on request")

    assert (code, said.count("\n")) == (1, 1)
    assert "is in the record; nothing was erased" in said
    assert "19900000102" not in said


async def test_an_erasure_of_a_known_contact_is_a_success_also_the_second_time(
    database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    key = await ensure_key(tmp_path / "audit.key", database_url=database_urls.app, clock=ManualClock(NOW))
    call = MadeCall()
    async with open_database(database_urls.app, audit_secret=key.secret) as db:
        await lived(db, call)

    for _ in range(2):
        code, said = hotline(tmp_path, database_urls, "erase", "--contact", str(call.contact), "--why", "on request")
        assert (code, "1 contacts" in said) == (0, True)
