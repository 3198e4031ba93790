"""The watch over the audit: what it remembers spares work and hides nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.audit import AuditWatch, append_head, erase_words, last_head, verify
from runtime.audit.verdict import Walked, walk_on
from runtime.clock import ManualClock
from runtime.postgres import Database
from tests.runtime.test_audit import CONTACT, KEY, NOW, entry, tamper, write

CHANGES = {
    "codes": "update log.audit set what = what || 'x' where number = $1",
    "value": "update log.audit set chain = sha256(chain) where number = $1",
    "words": "update log.audit_words set why = why || 'x' where number = $1",
    "cut": "with words as (delete from log.audit_words where number >= $1) delete from log.audit where number >= $1",
}


def watch_of(db: Database, folder: Path) -> AuditWatch:
    return AuditWatch(db, key=KEY, heads=folder / "heads", clock=ManualClock(NOW))


async def test_a_look_in_between_walks_only_what_came_since_and_counts_all(database: Database, tmp_path: Path) -> None:
    await write(database, entry("a"), entry("b"))
    watch = watch_of(database, tmp_path)
    assert (await watch.verdict()).since == 0

    await write(database, entry("c"))
    verdict = await watch.verdict()

    assert (verdict.whole, verdict.rows, verdict.since) == (True, 3, 2)
    assert "up to entry 2 it was walked earlier" in verdict.sentence
    assert (await watch.verdict()).since == 3
    assert (await watch.verify()).since == 0


async def test_a_change_in_what_was_walked_is_found_by_the_walk_of_the_next_day_and_stays_found(
    database: Database, owned: Database, tmp_path: Path
) -> None:
    clock = ManualClock(NOW)
    watch = AuditWatch(database, key=KEY, heads=tmp_path / "heads", clock=clock)
    await write(database, entry("a"), entry("b"), entry("c"))
    await watch.look()
    await tamper(owned, CHANGES["codes"], 2)
    assert (await verify(database, key=KEY, heads=[])).broken_at == 2, "the command walks all of it"

    clock.advance(timedelta(days=1))
    await watch.look()
    await write(database, entry("d"))

    assert [(await watch.verdict()).broken_at for _ in range(2)] == [2, 2]


@pytest.mark.parametrize("how", ["made anew", "cut off"])
async def test_an_end_that_is_not_the_one_that_was_walked_is_found_at_once_without_any_head_outside(
    database: Database, owned: Database, tmp_path: Path, how: str
) -> None:
    watch = watch_of(database, tmp_path)
    await write(database, entry("a"), entry("b"), entry("c"))
    assert (await watch.verdict()).whole
    await tamper(owned, CHANGES["cut"], 2)
    if how == "made anew":
        await write(database, entry("x"), entry("y"))  # by who has the key: the chain itself is right
    assert (await verify(database, key=KEY, heads=[])).whole

    found = [(await watch.verdict()).whole for _ in range(2)]
    assert [*found, (await watch.verify()).whole, (await watch.verdict()).whole] == [False] * 4


async def test_a_head_kept_outside_beyond_the_end_is_seen_by_a_look_in_between(
    database: Database, owned: Database, tmp_path: Path
) -> None:
    watch = watch_of(database, tmp_path)
    await write(database, entry("a"))
    assert (await watch.verdict()).whole
    await write(database, entry("b"), entry("c"))
    head = await last_head(database, at=NOW)
    assert head is not None
    append_head(tmp_path / "heads", head)
    await tamper(owned, CHANGES["cut"], 3)

    assert "the end was cut off" in (await watch.verdict()).sentence


async def emptied(owned: Database) -> None:
    """Begin anew: the examples of a property share one database."""
    await tamper(owned, "delete from log.audit_words")
    await tamper(owned, "delete from log.audit")


@given(data=st.data(), walked=st.integers(0, 4), more=st.integers(0, 4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_walk_from_the_last_end_sees_all_that_came_since_and_a_whole_walk_sees_all(
    data: st.DataObject, database: Database, owned: Database, walked: int, more: int
) -> None:
    await emptied(owned)
    entries = walked + more
    change = data.draw(st.sampled_from(["", "erase", *(CHANGES if entries else ())]))
    at = data.draw(st.integers(1, entries)) if entries else 1
    await write(database, *(entry(str(n)) for n in range(walked)))
    first, since = await walk_on(database, key=KEY, heads=[], since=Walked())
    head = await last_head(database, at=NOW)
    await write(database, *(entry(str(n)) for n in range(more)))
    if change == "erase":
        async with owned.transaction() as tx:
            await erase_words(tx, contacts=[CONTACT])
    elif change:
        await tamper(owned, CHANGES[change], at)

    on, _ = await walk_on(database, key=KEY, heads=[], since=since)
    whole = await verify(database, key=KEY, heads=[head] if head else [])

    # What was made after the last head and cut off is seen by nobody, as the threat model says.
    harmless = change in {"", "erase"} or (change == "cut" and at > walked)
    assert first.whole
    assert (whole.whole, whole.broken_at) == (harmless, None if harmless else at)
    if harmless or at > walked:
        assert (on.broken_at, on.rows) == (whole.broken_at, whole.rows)
    elif change in {"cut", "value"} and (change == "cut" or at == walked):
        assert not on.whole
