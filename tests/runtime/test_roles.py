"""What the application and a reader may do with the record, tried as somebody would who holds their password."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from hotline.migrations import TooMuchPower, refuse_power
from runtime.ids import new_id
from runtime.postgres import Database, DatabaseUrls, open_database
from runtime.postgres.grants import grants_of
from tests import servers

RECORD = (
    "log.events", "log.audit", "log.audit_words", "log.log_refused",
    "work_orders.stage_entry", "work_orders.internal_note", "knowledge.entry_version", "analytics.briefing",
)  # fmt: skip
"""What is added to and never changed or removed by the application."""
ATTACKS = (
    "copy (select 1) to program 'true'",
    "copy public.hotline_migrations from program 'true'",
    "copy (select 1) to '/tmp/of-the-server'",
    "select pg_read_file('postmaster.pid')",
    "select pg_ls_dir('.')",
    "select lo_import('/etc/passwd')",
    "set role hotline_owner",
    "set session authorization postgres",
    "alter role hotline_app superuser",
    "create role friend",
    "create table public.mine (n int)",
    "create schema mine",
    "create function public.mine() returns int language sql as 'select 1'",
    "create extension dblink",
    "do $$ begin perform pg_terminate_backend(1); execute 'drop schema log cascade'; end $$",
    "drop trigger audit_is_append_only on log.audit",
    "alter table log.audit disable trigger all",
    "set session_replication_role = replica",
    "alter table log.events owner to current_user",
    "drop table log.events",
    "create or replace function log.refuse_change() returns trigger language plpgsql as $$ begin return new; end $$",
    "update public.hotline_migrations set sha256 = ''",
    *(f"delete from {table}" for table in RECORD),  # noqa: S608 - names of this file
    *(f"truncate {table} cascade" for table in RECORD),
    "update log.events set data = '{}'",
    "update log.events set occurred_at = now()",
    "update log.audit set what = 'nothing'",
    "update log.audit_words set why = ''",
    "update work_orders.stage_entry set at = now()",
    "update knowledge.entry_version set content = '{}'",
    "update analytics.briefing set html = ''",
    "delete from agent_desk.contact",
    "delete from work_orders.work_order",
)


@pytest.fixture
async def reader(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    async with open_database(database_urls.reader) as db:
        yield db


async def run(db: Database, sql: str) -> None:
    async with db.transaction() as tx:
        await tx.execute(sql)


async def ends(db: Database, *attacks: str) -> dict[str, str]:
    """Return attack → how it ended, of those that were not refused for want of rights."""
    found = {}
    for attack in attacks:
        try:
            await run(db, attack)
        except asyncpg.InsufficientPrivilegeError:
            continue
        except asyncpg.PostgresError as error:
            found[attack] = str(error)
        else:
            found[attack] = "done"
    return found


async def test_the_application_is_refused(database: Database) -> None:
    assert await ends(database, *ATTACKS) == {}


async def test_a_reader_is_refused_even_when_it_leaves_the_read_only_mode(reader: Database) -> None:
    assert await ends(reader, *(f"set transaction read write; {attack}" for attack in ATTACKS)) == {}


async def test_a_reader_reads_every_table_and_writes_none(reader: Database) -> None:
    async with reader.reading() as reading:
        tables = await reading.fetch("select table_schema || '.' || table_name as name from information_schema.tables "
                                     "where table_schema !~ '^(pg_|information)' and table_type = 'BASE TABLE'")  # fmt: skip
    assert len(tables) > 15
    for table in tables:
        async with reader.reading() as reading:
            assert len(await reading.fetch(f"table {table['name']} limit 1")) <= 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(reader, f"set transaction read write; truncate {table['name']}")


async def test_a_reader_that_only_reads_cannot_write_by_mistake(reader: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await run(reader, "select log.append('{}', '{}', '{}', '{}', '{}'), nextval('log.events_position_seq')")


async def test_a_fact_enters_by_the_application_and_stays_as_it_entered(database: Database) -> None:
    entered = "select log.append(array[$1::uuid], array['a.b.v1'], array[null::uuid], array[now()], array['{}'])"
    async with database.transaction() as tx:
        assert await tx.fetchval(entered, new_id()) == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(database, "delete from log.events where type = 'a.b.v1'")
    async with database.reading() as reading:
        assert await reading.fetchval("select count(*) from log.events") == 1


async def test_the_rights_in_the_database_are_those_of_the_grant_files(owned: Database) -> None:
    wanted = {
        (f"{feature}.{table}", right)
        for feature, folder in servers.features()
        for table, rights in grants_of(feature, folder).items()
        for right in rights
    }
    async with owned.reading() as reading:
        rows = await reading.fetch(
            "select table_schema || '.' || table_name as name, lower(privilege_type) as right "
            "from information_schema.role_table_grants where grantee in ('hotline_app', 'PUBLIC') "
            "and table_schema !~ '^(pg_|information|public)'"
        )
    assert {(row["name"], row["right"]) for row in rows} == wanted


async def test_nobody_but_the_superuser_has_the_rights_of_one_and_the_owner_owns_all(owned: Database) -> None:
    async with owned.reading() as reading:
        roles = await reading.fetch(
            "select rolname from pg_roles where rolname like 'hotline%' and "
            "(rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)"
        )
        others = await reading.fetch(
            "select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' "
            "and c.relowner <> 'hotline_owner'::regrole"
        )
    assert roles == []
    assert others == []


async def test_the_desk_refuses_to_serve_with_a_role_that_may_rewrite_the_record(
    database: Database, owned: Database, reader: Database
) -> None:
    await refuse_power(database)
    await refuse_power(reader)

    with pytest.raises(TooMuchPower, match="entered as hotline_owner, which may rewrite the record"):
        await refuse_power(owned)
