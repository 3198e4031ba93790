"""Migrations: once, in order, forward only."""

import asyncio
from pathlib import Path

import pytest

from runtime.postgres import Database, MigrationFault, migrate, pending
from tests import servers


@pytest.fixture
def shop(tmp_path: Path) -> list[tuple[str, Path]]:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "0001_things.sql").write_text("create schema shop;\ncreate table shop.thing (n int);")
    (folder / "0002_more.sql").write_text("alter table shop.thing add column name text;")
    return [("shop", folder)]


async def test_what_is_pending_is_applied_once_in_order(bare: Database, shop: list[tuple[str, Path]]) -> None:
    assert await pending(bare, shop) == ["shop/0001_things", "shop/0002_more"]

    assert await migrate(bare, shop) == ["shop/0001_things", "shop/0002_more"]
    assert await migrate(bare, shop) == []
    assert await pending(bare, shop) == []
    async with bare.transaction() as tx:
        await tx.execute("insert into shop.thing (n, name) values (1, 'a')")


async def test_four_runners_at_once_apply_each_file_once(bare: Database, shop: list[tuple[str, Path]]) -> None:
    done = await asyncio.gather(*(migrate(bare, shop) for _ in range(4)))

    assert sorted(len(labels) for labels in done) == [0, 0, 0, 2]


async def test_a_file_changed_after_it_was_applied_is_refused_in_one_sentence(
    bare: Database, shop: list[tuple[str, Path]]
) -> None:
    await migrate(bare, shop)
    (shop[0][1] / "0001_things.sql").write_text("create schema shop; create table shop.other (n int);")

    for look in (migrate, pending):
        with pytest.raises(MigrationFault, match="shop/0001_things was changed after it had been applied"):
            await look(bare, shop)


async def test_a_database_of_a_newer_version_is_refused(bare: Database, shop: list[tuple[str, Path]]) -> None:
    await migrate(bare, shop)
    (shop[0][1] / "0002_more.sql").unlink()

    with pytest.raises(MigrationFault, match="use the newer version"):
        await migrate(bare, shop)


async def test_a_file_that_fails_is_named_and_leaves_nothing_behind(
    bare: Database, shop: list[tuple[str, Path]]
) -> None:
    (shop[0][1] / "0002_more.sql").write_text("alter table shop.nothing add column x int;")

    with pytest.raises(MigrationFault, match="shop/0002_more fails and nothing was changed"):
        await migrate(bare, shop)

    assert await pending(bare, shop) == ["shop/0001_things", "shop/0002_more"]


@pytest.mark.parametrize("name", ["1_short.sql", "0001-dash.sql", "0003_gap.sql", "0001_twin.sql"])
async def test_strange_names_gaps_and_twins_are_refused(
    bare: Database, shop: list[tuple[str, Path]], name: str
) -> None:
    (shop[0][1] / "0002_more.sql").unlink()
    (shop[0][1] / name).write_text("select 1;")

    with pytest.raises(MigrationFault):
        await migrate(bare, shop)


async def test_every_migration_of_the_project_applies_and_stays_in_its_own_schema(
    database: Database, owned: Database
) -> None:
    await migrate(owned, servers.features())

    assert await pending(database, servers.features()) == []
    async with database.reading() as reading:
        foreign = await reading.fetch(
            "select conrelid::regclass::text as inside, confrelid::regclass::text as outside from pg_constraint c "
            "join pg_class a on a.oid = conrelid join pg_class b on b.oid = confrelid "
            "where contype = 'f' and a.relnamespace <> b.relnamespace"
        )
        strays = await reading.fetch("select tablename from pg_tables where schemaname = 'public'")

    assert foreign == []
    assert [row["tablename"] for row in strays] == ["hotline_migrations"]
