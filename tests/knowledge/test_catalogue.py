"""Entries in PostgreSQL."""

from datetime import UTC, datetime

import asyncpg
import pytest

from knowledge.catalogue import Catalogue
from runtime.postgres import Database
from tests.knowledge.city_book import city_entries, city_leaves, entry
from vocabulary.errors import FieldError
from vocabulary.ids import EntryCode

pytestmark = pytest.mark.real
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CATEGORIES = frozenset(city_leaves())


async def rows(database: Database) -> int:
    async with database.reading() as reading:
        return int(await reading.fetchval("select count(*) from knowledge.entry_version"))


async def test_loading_the_same_entries_again_writes_nothing(database: Database) -> None:
    catalogue = Catalogue(database)
    first = await catalogue.publish(city_entries(), categories=CATEGORIES, at=NOW)
    second = await catalogue.publish(city_entries(), categories=CATEGORIES, at=NOW)

    assert (first.written, first.unchanged) == (len(city_entries()), 0)
    assert (second.written, second.unchanged) == (0, len(city_entries()))
    assert await rows(database) == len(city_entries())


async def test_what_comes_back_is_what_was_published(database: Database) -> None:
    catalogue = Catalogue(database)
    await catalogue.publish(city_entries(), categories=CATEGORIES, at=NOW)
    published = await catalogue.published()

    assert tuple(published[one.code].entry for one in city_entries()) == city_entries()


async def test_a_changed_entry_becomes_a_new_version_and_the_old_one_can_still_be_read(database: Database) -> None:
    catalogue = Catalogue(database)
    category = next(iter(sorted(CATEGORIES)))
    await catalogue.publish([entry(category=category)], categories=CATEGORIES, at=NOW)
    await catalogue.publish([entry(category=category, fee="不收费")], categories=CATEGORIES, at=NOW)
    current = (await catalogue.published())[EntryCode("K1")]
    old = await catalogue.version(EntryCode("K1"), 1)

    assert (current.version, current.entry.fee) == (2, "不收费")
    assert old is not None
    assert old.entry.fee == ""
    assert await catalogue.version(EntryCode("K1"), 3) is None


@pytest.mark.parametrize(
    "sql", ["update knowledge.entry_version set category = '1'", "delete from knowledge.entry_version"]
)
async def test_a_published_version_cannot_be_changed_by_anyone(database: Database, owned: Database, sql: str) -> None:
    await Catalogue(database).publish(city_entries()[:1], categories=CATEGORIES, at=NOW)
    with pytest.raises(asyncpg.RaiseError, match="never changes"):
        async with owned.transaction() as tx:
            await tx.execute(sql)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction() as tx:
            await tx.execute(sql)


async def test_one_invalid_entry_keeps_all_out(database: Database) -> None:
    with pytest.raises(FieldError, match="关键字"):
        await Catalogue(database).publish([*city_entries(), entry("K9999", keywords=())], categories=CATEGORIES, at=NOW)

    assert await rows(database) == 0


async def test_a_title_that_another_entry_has_is_refused(database: Database) -> None:
    catalogue = Catalogue(database)
    first = city_entries()[0]
    await catalogue.publish([first], categories=CATEGORIES, at=NOW)
    with pytest.raises(FieldError, match="K2：标题与K0001相同"):
        await catalogue.publish(
            [entry("K2", title=first.title, category=first.category)], categories=CATEGORIES, at=NOW
        )


async def test_two_entries_may_exchange_their_titles(database: Database) -> None:
    catalogue = Catalogue(database)
    category = city_entries()[0].category
    await catalogue.publish(
        [entry("K1", title="甲", category=category), entry("K2", title="乙", category=category)],
        categories=CATEGORIES, at=NOW,
    )  # fmt: skip
    done = await catalogue.publish(
        [entry("K1", title="乙", category=category), entry("K2", title="甲", category=category)],
        categories=CATEGORIES, at=NOW,
    )  # fmt: skip

    assert done.written == 2
