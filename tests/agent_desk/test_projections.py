"""Tables of contacts, utterances and call-backs, kept in step with a real log."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from agent_desk.contacts.projection import consumers
from agent_desk.contacts.store import ContactStore
from runtime.clock import ManualClock, SystemClock
from runtime.ids import new_id
from runtime.log import Consumer, has_passed, log_end, read_log, reset_projection, run_consumers
from runtime.postgres import Database
from tests.agent_desk.people import AGENT_ID, CALLER, NOW, MadeCall
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.events import Event
from vocabulary.events.agent_desk import CallbackListed
from vocabulary.ids import AccountId, LegId, SeatNo
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import caller

DEADLINE_S = 20


async def take_in(database: Database, events: Sequence[Event], readers: Sequence[Consumer]) -> None:
    """Put events into the log and wait until all readers have passed them."""
    async with database.transaction() as tx:
        for event in events:
            tx.emit(event)
    end = await log_end(database)
    task = asyncio.create_task(run_consumers(database, consumers=readers, clock=SystemClock()))
    try:
        async with asyncio.timeout(DEADLINE_S):
            for reader in readers:
                while not await has_passed(database, name=reader.name, position=end):
                    await asyncio.sleep(0.02)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def tables(database: Database) -> str:
    async with database.reading() as reading:
        parts = [
            await reading.fetch(f"select t::text from agent_desk.{table} t order by 1")  # noqa: S608 - own names
            for table in ("contact", "call", "participant", "utterance", "callback")
        ]
    return str([[row[0] for row in part] for part in parts])


@pytest.fixture
def store(database: Database, clock: ManualClock) -> ContactStore:
    return ContactStore(database=database, clock=clock)


async def test_a_call_is_remembered_with_its_talk_and_its_recording(database: Database, store: ContactStore) -> None:
    call = MadeCall()
    talk = (call.heard("好的", 5000, Party.AGENT), call.heard("停水了", 2000))
    events = [call.accepted(), call.joined(), call.connected(), *talk, call.left(), call.ended(), call.recorded()]

    await take_in(database, events, consumers())
    record = await store.record(call.contact)

    assert record is not None
    assert (record.requester, record.begun_at) == (caller(PhoneNumber(CALLER)), NOW + timedelta(seconds=0.1))
    [kept] = record.calls
    assert (kept.caller_phone, kept.seat, kept.reason) == (PhoneNumber(CALLER), "007", "caller-hung-up")
    assert (kept.connected_at, kept.ended_at) == (NOW + timedelta(seconds=9), NOW + timedelta(seconds=69))
    assert (kept.record_host, kept.record_name, kept.samples) == ("h1", "rec.wav", 80_000)
    assert [heard.text for heard in await store.utterances(call.contact)] == ["停水了", "好的"]


async def test_facts_of_a_call_give_the_same_row_in_whatever_order_they_come(owned: Database) -> None:
    contacts = consumers()[0]
    rows = set()
    for order in permutations(range(4)):
        call = MadeCall()
        facts = (call.accepted(), call.connected(), call.ended(), call.recorded())
        async with owned.transaction() as tx:
            await tx.execute("delete from agent_desk.contact; delete from agent_desk.call")
            for number in order:
                await contacts.apply(tx, LogLine(facts[number]))
            row = await tx.fetchrow("select * from agent_desk.contact join agent_desk.call using (contact)")
        assert row is not None
        rows.add(tuple(value for name, value in row.items() if name not in {"contact", "call"}))

    assert len(rows) == 1


async def test_a_contact_is_that_of_everybody_who_took_part_and_of_no_later_agent_of_the_seat(
    database: Database, store: ContactStore
) -> None:
    call, second = MadeCall(), LegId(new_id())
    helper, later = AccountId(new_id()), AccountId(new_id())
    events = [
        call.accepted(), call.joined(), call.connected(), replace(call.joined(30, seat=SeatNo("008"), leg=second), agent=helper),
        call.left(40), call.joined(50), call.ended(),
    ]  # fmt: skip

    await take_in(database, events, consumers())
    async with database.reading() as reading:
        rows = await reading.fetch("select seat, joined_at, left_at from agent_desk.participant order by seat")
    mine = [
        [record.contact for record in await store.recent(limit=9, account=account)]
        for account in (AGENT_ID, helper, later)
    ]

    at = [NOW + timedelta(seconds=seconds) for seconds in (8.9, 30, 69)]
    assert [tuple(row) for row in rows] == [("007", at[0], at[2]), ("008", at[1], at[2])]
    assert await store.agents(call.contact) == {AGENT_ID, helper}
    assert mine == [[call.contact], [call.contact], []]


async def test_a_call_of_before_legs_were_told_is_that_of_the_agent_who_took_it_also_after_a_replay(
    database: Database, owned: Database, store: ContactStore
) -> None:
    call = MadeCall()
    participants = consumers()[1]

    await take_in(database, [call.accepted(), call.connected(), call.ended()], consumers())
    first = await store.agents(call.contact)
    await reset_projection(owned, participants)
    emptied = await store.agents(call.contact)
    await take_in(database, [], consumers())

    assert (first, emptied, await store.agents(call.contact)) == ({AGENT_ID}, set(), {AGENT_ID})


async def test_a_replay_gives_the_same_tables_and_no_second_entry_on_the_list(
    database: Database, owned: Database
) -> None:
    through, left = MadeCall(), MadeCall(caller="19900000202")
    events = [left.accepted(), left.abandoned(), through.accepted(), through.connected(), through.heard("停水了")]
    await take_in(database, [*events, through.ended(), through.recorded()], consumers())
    first = await tables(database)

    for consumer in consumers():
        if consumer.kind == "projection":
            await reset_projection(owned, consumer)
    await take_in(database, [], consumers())

    assert await tables(database) == first
    assert left.caller in first


async def test_a_caller_who_left_is_listed_once_and_the_log_says_so(database: Database, store: ContactStore) -> None:
    call = MadeCall()

    await take_in(database, [call.accepted(), call.abandoned(20)], consumers())
    listed = [row.event for row in await read_log(database, after=0, limit=99, types=None)]
    told = [event for event in listed if isinstance(event, CallbackListed)]
    waiting = await store.callbacks()

    assert [event.contact for event in told] == [call.contact]
    assert [(row.contact, row.caller_masked, row.waited_seconds, row.done) for row in waiting] == [
        (call.contact, "199****0101", 20.0, False)
    ]


async def test_who_was_called_back_and_reaches_nobody_again_in_the_same_contact_is_on_the_list_again(
    database: Database, store: ContactStore
) -> None:
    first = MadeCall()
    again = MadeCall(contact=first.contact, start=NOW + timedelta(minutes=9))
    await take_in(database, [first.accepted(), first.abandoned(20)], consumers())
    await store.callback_done(first.contact, account=AGENT_ID, name="钱工")
    done = [row.done for row in await store.callbacks()]

    await take_in(database, [again.accepted(), again.abandoned(7)], consumers())
    waiting = [(row.done, row.claimed_by, row.waited_seconds) for row in await store.callbacks()]

    assert (done, waiting) == ([True], [(False, "", 7.0)])


@pytest.mark.parametrize(
    ("reason", "listed"),
    [
        (EndReason.ABANDONED, True),
        (EndReason.NOBODY_ON_DUTY, True),
        (EndReason.MEDIA_TIMEOUT, True),
        (EndReason.MEDIA_LOST, True),
        (EndReason.SWITCH_LOST, True),
        (EndReason.OVERLOADED, True),
        (EndReason.FAILED, True),
        (EndReason.CANCELLED, False),
    ],
)
async def test_who_reached_nobody_is_called_back_unless_he_gave_up_before_we_answered(
    database: Database, store: ContactStore, reason: EndReason, *, listed: bool
) -> None:
    await take_in(database, [MadeCall().abandoned(reason=reason)], consumers())

    assert bool(await store.callbacks()) is listed


async def test_a_withheld_number_cannot_be_called_back(database: Database, store: ContactStore) -> None:
    await take_in(database, [MadeCall(caller="").abandoned()], consumers())

    assert await store.callbacks() == []


async def test_a_number_that_got_through_later_is_off_the_list_and_others_stay(
    database: Database, store: ContactStore
) -> None:
    left, other = MadeCall(), MadeCall(caller="19900000202")
    again = MadeCall(start=NOW + timedelta(minutes=5))

    await take_in(database, [left.abandoned(), other.abandoned(), again.ended()], consumers())
    rows = {row.contact: row for row in await store.callbacks()}

    assert (rows[left.contact].done, rows[left.contact].done_by) == (True, "已再次来电接通")
    assert not rows[other.contact].done


async def test_a_talk_that_had_begun_before_does_not_take_a_later_caller_off(
    database: Database, store: ContactStore
) -> None:
    long_talk = MadeCall()
    left = MadeCall(start=NOW + timedelta(minutes=1))

    await take_in(database, [left.abandoned(20), long_talk.ended(600)], consumers())

    assert [row.done for row in await store.callbacks()] == [False]


class LogLine:
    """A row of the log with an event and no position."""

    position = 0

    def __init__(self, event: Event) -> None:
        self.event = event
