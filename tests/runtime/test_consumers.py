"""Consumers: a cursor that moves with its effect, one runner a name, faults that stay where they are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from runtime.clock import SystemClock
from runtime.log import (
    Consumer,
    LogRow,
    consumer_states,
    has_passed,
    log_end,
    read_log,
    reset_projection,
    run_consumers,
)
from runtime.postgres import Database, Transaction
from tests.runtime.facts import pressed, queued
from tests.waiting import within
from vocabulary.errors import Permanent
from vocabulary.events import Event
from vocabulary.events.telephony import CallQueued, DigitPressed

DEADLINE_S = 15


async def note(tx: Transaction, row: LogRow) -> None:
    await tx.execute("insert into public.noted values ($1)", row.position)


def projection(**changes: object) -> Consumer:
    known: dict[str, object] = {
        "name": "tests.noted", "kind": "projection", "types": (CallQueued,), "apply": note, "reset": ("public.noted",),
    }  # fmt: skip
    return Consumer(**{**known, **changes})  # type: ignore[arg-type] # the fields are those of Consumer


@pytest.fixture
async def noted(database: Database, owned: Database) -> Database:
    async with owned.transaction() as tx:
        await tx.execute("create table public.noted (position bigint)")
        await tx.execute("grant all on public.noted to hotline_app")
    return database


async def emit(db: Database, *facts: Event) -> int:
    async with db.transaction() as tx:
        for fact in facts:
            tx.emit(fact)
    return await log_end(db)


async def positions(db: Database) -> list[int]:
    async with db.reading() as reading:
        return [row["position"] for row in await reading.fetch("select position from public.noted order by position")]


@asynccontextmanager
async def running(db: Database, consumers: Sequence[Consumer]) -> AsyncIterator[None]:
    task = asyncio.create_task(run_consumers(db, consumers=consumers, clock=SystemClock()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def eventually(look: Callable[[], Awaitable[object]], wanted: object) -> None:
    async with within(DEADLINE_S):
        while True:
            if await look() == wanted:
                return
            await asyncio.sleep(0.02)


async def passed(db: Database, name: str, position: int) -> None:
    await eventually(lambda: has_passed(db, name=name, position=position), wanted=True)


async def faults(db: Database) -> list[tuple[str | None, int | None]]:
    return [(state.fault, state.fault_position) for state in await consumer_states(db)]


async def test_a_projection_applies_the_types_it_wants_once_and_passes_the_others(noted: Database) -> None:
    end = await emit(noted, queued(), pressed(), queued(), pressed())

    async with running(noted, [projection()]):
        await passed(noted, "tests.noted", end)

    assert len(await positions(noted)) == 2
    assert [state.behind for state in await consumer_states(noted)] == [0]


async def test_a_new_fact_arrives_by_notice_well_before_the_poll(noted: Database) -> None:
    async with running(noted, [projection()]):
        await passed(noted, "tests.noted", await emit(noted, queued()))
        await asyncio.sleep(0.3)
        began = asyncio.get_running_loop().time()
        await passed(noted, "tests.noted", await emit(noted, queued()))

        assert asyncio.get_running_loop().time() - began < 0.7


async def test_a_consumer_stopped_and_started_again_goes_on_where_it_was(noted: Database) -> None:
    for _ in range(2):
        end = await emit(noted, queued(), queued())
        async with running(noted, [projection()]):
            await passed(noted, "tests.noted", end)

    assert len(await positions(noted)) == len(set(await positions(noted))) == 4


async def test_two_processes_with_one_name_apply_each_fact_once(noted: Database) -> None:
    end = await emit(noted, *(queued() for _ in range(250)))

    async with running(noted, [projection()]), running(noted, [projection()]):
        await passed(noted, "tests.noted", end)

    assert len(await positions(noted)) == len(set(await positions(noted))) == 250


async def test_an_effect_that_fails_leaves_no_trace_and_the_cursor_before_it(noted: Database) -> None:
    poison = queued(queue="poison")

    async def choke(tx: Transaction, row: LogRow) -> None:
        await note(tx, row)
        if row.event == poison:
            raise Permanent("this one cannot be done")

    await emit(noted, queued(), poison, queued())
    bad = (await read_log(noted))[1].position

    async with running(noted, [projection(apply=choke)]):
        await eventually(lambda: positions(noted), [bad - 1])
        await eventually(lambda: faults(noted), [("Permanent", bad)])

    assert [state.position for state in await consumer_states(noted)] == [bad - 1]
    assert await positions(noted) == [bad - 1]


async def test_one_consumer_that_stands_still_does_not_stop_the_others(noted: Database) -> None:
    async def break_down(_: Transaction, __: LogRow) -> None:
        raise ZeroDivisionError

    end = await emit(noted, queued())
    broken = projection(name="tests.broken", apply=break_down, reset=())

    async with running(noted, [broken, projection()]):
        await passed(noted, "tests.noted", end)

    assert not await has_passed(noted, name="tests.broken", position=end)


async def test_a_consumer_that_was_repaired_goes_on_and_its_fault_is_gone(noted: Database) -> None:
    broken = True

    async def sometimes(tx: Transaction, row: LogRow) -> None:
        if broken:
            raise Permanent("not yet")
        await note(tx, row)

    end = await emit(noted, queued())
    async with running(noted, [projection(apply=sometimes)]):
        await eventually(lambda: faults(noted), [("Permanent", end)])
        broken = False
        await passed(noted, "tests.noted", end)

    assert await faults(noted) == [(None, None)]


async def test_a_projection_that_is_reset_reads_from_the_beginning(noted: Database) -> None:
    end = await emit(noted, queued(), queued())
    async with running(noted, [projection()]):
        await passed(noted, "tests.noted", end)
    before = await positions(noted)

    await reset_projection(noted, projection())

    assert await positions(noted) == []
    async with running(noted, [projection()]):
        await passed(noted, "tests.noted", end)
    assert await positions(noted) == before


async def test_an_action_is_never_replayed(noted: Database) -> None:
    with pytest.raises(Permanent, match="never replayed"):
        await reset_projection(noted, projection(kind="action", reset=()))


async def test_facts_that_a_consumer_emits_leave_with_its_effect_and_reach_the_next(noted: Database) -> None:
    async def answer(tx: Transaction, row: LogRow) -> None:
        tx.emit(pressed(contact=row.event.contact))

    await emit(noted, queued())
    first = projection(name="tests.answers", kind="action", apply=answer, reset=())
    second = projection(types=(DigitPressed,))

    async with running(noted, [first, second]):
        await eventually(lambda: positions(noted), [2])


async def test_consumers_live_through_a_lost_connection(noted: Database) -> None:
    async with running(noted, [projection()]):
        await passed(noted, "tests.noted", await emit(noted, queued()))
        async with noted.transaction() as tx:
            await tx.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database() and usename = current_user"
            )
        await passed(noted, "tests.noted", await emit(noted, queued()))

    assert len(await positions(noted)) == 2


@pytest.mark.parametrize(
    "wrong", [{"name": "nodot"}, {"kind": "action"}, {"reset": ("no_schema",)}, {"reset": ("a.b; drop table c",)}]
)
def test_a_badly_described_consumer_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"named|replayed"):
        projection(**wrong)


async def test_two_consumers_of_one_name_in_one_process_are_refused(noted: Database) -> None:
    with pytest.raises(ValueError, match="share a name"):
        await run_consumers(noted, consumers=[projection(), projection()], clock=SystemClock())
