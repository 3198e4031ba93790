"""The log: facts leave with their transaction, and position order is the order of commits."""

import asyncio

import pytest

from runtime.log import log_end, read_log
from runtime.postgres import Database
from tests.runtime.facts import pressed, queued, spoke
from vocabulary.ids import ContactId


async def test_a_fact_is_read_back_as_it_was_emitted(database: Database) -> None:
    fact = queued(queue="一号答")
    async with database.transaction() as tx:
        tx.emit(fact)

    rows = await read_log(database)

    assert [row.event for row in rows] == [fact]
    assert rows[0].position == await log_end(database)


async def test_facts_of_a_transaction_that_fails_are_not_in_the_log(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            tx.emit(queued())
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await read_log(database) == []


async def test_an_ephemeral_event_is_refused_at_once(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(ValueError, match="ephemeral"):
            tx.emit(spoke())


async def test_the_same_event_id_enters_once(database: Database) -> None:
    fact = queued()
    for _ in range(2):
        async with database.transaction() as tx:
            tx.emit(fact)

    assert len(await read_log(database)) == 1


async def test_facts_of_one_transaction_keep_their_order(database: Database) -> None:
    facts = [pressed(digit=str(n % 10)) for n in range(50)]
    async with database.transaction() as tx:
        for fact in facts:
            tx.emit(fact)

    assert [row.event for row in await read_log(database)] == facts


async def test_reading_can_be_narrowed_to_types_and_to_a_contact_and_continued(database: Database) -> None:
    first, second = queued(), queued()
    third = pressed(contact=ContactId(first.contact) if first.contact else None)
    async with database.transaction() as tx:
        for fact in (first, second, third):
            tx.emit(fact)

    of_type = await read_log(database, types=["telephony.digit-pressed.v1"])
    of_contact = await read_log(database, contact=first.contact)
    page = await read_log(database, limit=2)
    rest = await read_log(database, after=page[-1].position)

    assert [row.event for row in of_type] == [third]
    assert [row.event for row in of_contact] == [first, third]
    assert [row.event for row in page + rest] == [first, second, third]


async def test_a_reader_never_misses_a_fact_however_writers_interleave(database: Database) -> None:
    """A transaction that began early and commits late must not slip in below a position that was already read."""
    writers, each = 8, 12
    seen: list[int] = []
    done = asyncio.Event()

    async def write(number: int) -> None:
        for n in range(each):
            async with database.transaction() as tx:
                tx.emit(queued())
                await tx.execute("select pg_sleep($1)", ((number * 7 + n * 3) % 5) / 500)

    async def read() -> None:
        cursor = 0
        while True:
            over = done.is_set()
            rows = await read_log(database, after=cursor, limit=1000)
            seen.extend(row.position for row in rows)
            cursor = rows[-1].position if rows else cursor
            if over and not rows:
                return

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(n) for n in range(writers)))
    done.set()
    await reader

    assert len(seen) == writers * each
    assert seen == sorted(seen)


async def test_a_row_of_an_unknown_type_is_left_out_and_the_rest_is_read(database: Database) -> None:
    fact = queued()
    async with database.transaction() as tx:
        await tx.execute(
            "insert into log.events (event_id, type, occurred_at, data) "
            "values (gen_random_uuid(), 'future.thing-happened.v9', now(), '{}')"
        )
        tx.emit(fact)

    assert [row.event for row in await read_log(database)] == [fact]
