"""Facts out of a real log."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics import consumers
from analytics.facts import seconds
from analytics.figures import Scope
from analytics.loading import load_history
from analytics.store import FactStore
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.log import reset_projection
from runtime.postgres import Database
from tests.agent_desk.people import CALLER, NOW, MadeCall
from tests.agent_desk.test_projections import take_in
from tests.analytics.town import made_up
from tests.work_orders.town import AGENT, WATER, orders_of, question, wanted
from vocabulary.calls import Origin
from vocabulary.events.agent_desk import ContactConfidential
from vocabulary.ids import CallId, EventId
from work_orders.commands import FollowUp

PROJECTIONS = consumers()


async def rows(database: Database, table: str) -> list[dict[str, object]]:
    async with database.reading() as reading:
        found = await reading.fetch(f"select * from analytics.{table} order by position")  # noqa: S608 - own names
    return [dict(row.items()) for row in found]


async def test_a_connected_call_waits_from_invite_to_voice_and_a_lost_one_to_its_end(database: Database) -> None:
    through, left = MadeCall(), MadeCall(caller="")

    await take_in(database, [through.ended(69), left.abandoned(20)], PROJECTIONS)
    first, second = await rows(database, "call_fact")

    assert (first["wait_s"], first["queue_wait_s"], first["talk_s"]) == (9.0, 4.0, 60.0)
    assert (second["wait_s"], second["queue_wait_s"], second["talk_s"]) == (20.0, 15.0, None)
    assert (first["origin"], second["connected_at"], second["reason"]) == ("live", None, "abandoned")
    assert (len(str(first["caller_digest"])), second["caller_digest"]) == (24, "")


async def test_every_call_of_a_contact_is_counted_and_told_once(database: Database) -> None:
    first = MadeCall()
    again = replace(first, call=CallId(new_id()), start=first.start + timedelta(minutes=20))

    await take_in(database, [first.ended(69), again.ended(30), first.ended(69)], PROJECTIONS)
    calls = await rows(database, "call_fact")
    behind = await FactStore(database).behind([str(first.contact)])

    assert [row["call"] for row in calls] == [first.call, again.call]
    assert [(row.contact, row.at) for row in behind] == [(str(first.contact), first.start)]


async def test_facts_hold_no_callers_number(database: Database) -> None:
    call = MadeCall()

    await take_in(database, [call.ended(), call.heard(f"我的电话是{CALLER}")], PROJECTIONS)

    async with database.reading() as reading:
        text = await reading.fetchval("select string_agg(t::text, ' ') from analytics.call_fact t")
        said = await reading.fetchval("select text from analytics.spoken_fact")
    assert CALLER not in text
    assert said == "我的电话是199****0101"


async def test_the_words_of_a_confidential_contact_are_in_no_topic_until_it_is_taken_back(database: Database) -> None:
    clock, call, account = ManualClock(NOW), MadeCall(), AGENT.account
    await orders_of(database, clock=clock).accept(
        wanted(contact=call.contact, confidential=True, content="我叫周明，长青路停水"), principal=AGENT
    )

    def said(*, confidential: bool) -> ContactConfidential:
        return ContactConfidential(
            event_id=EventId(new_id()),
            occurred_at=NOW,
            contact=call.contact,
            confidential=confidential,
            account=account,
        )

    await take_in(database, [call.heard("我叫周明"), said(confidential=True), call.heard("停水", 5000)], PROJECTIONS)
    hidden = await FactStore(database).cases(Scope(origin=Origin.LIVE))
    await take_in(database, [said(confidential=False)], PROJECTIONS)
    shown = await FactStore(database).cases(Scope(origin=Origin.LIVE))

    assert [case.spoken for case in hidden] == [()]
    assert ["周明" in case.text for case in hidden] == [False]
    assert [[text for _, text in case.spoken] for case in shown] == [["我叫周明", "停水"]]


async def test_an_orders_row_follows_its_events(database: Database) -> None:
    clock = ManualClock(NOW)
    orders = orders_of(database, clock=clock)
    made = await orders.accept(wanted(), principal=AGENT)
    clock.advance(timedelta(hours=25))
    await orders.reply(made.order_no, unit=WATER, text="经现场抢修，已于今日十时恢复供水。", note="")
    command = FollowUp(excused=False, reason="", satisfied=True)
    await orders.follow_up(made.order_no, command, principal=AGENT)
    await orders.accept(question(), principal=AGENT)

    await take_in(database, [], PROJECTIONS)
    sent, direct = await rows(database, "order_fact")

    assert (sent["stage"], sent["unit_name"], sent["on_time"], sent["satisfied"]) == (
        "archive", "市供水公司", False, True,
    )  # fmt: skip
    assert (sent["leaf"], sent["handled_at"], sent["archived_at"]) == (
        "停水", NOW + timedelta(hours=25), NOW + timedelta(hours=25),
    )  # fmt: skip
    assert (direct["direct"], direct["stage"], direct["due_at"], direct["on_time"]) == (True, "archive", None, None)


async def test_a_replay_gives_the_same_facts(database: Database, owned: Database) -> None:
    clock, call = ManualClock(NOW), MadeCall()
    await orders_of(database, clock=clock).accept(wanted(contact=call.contact), principal=AGENT)
    await take_in(database, [call.ended(), call.heard("停水了")], PROJECTIONS)
    before = [await rows(database, table) for table in ("call_fact", "order_fact")]

    for projection in PROJECTIONS:
        await reset_projection(owned, projection)
    emptied = await rows(database, "call_fact")
    await take_in(database, [], PROJECTIONS)

    assert emptied == []
    assert [await rows(database, table) for table in ("call_fact", "order_fact")] == before


async def test_a_history_is_loaded_once_and_marked_as_made_up(database: Database) -> None:
    history = made_up()

    first, second = await load_history(database, history), await load_history(database, history)
    calls, orders = await rows(database, "call_fact"), await rows(database, "order_fact")

    assert (first, second) == (len(history), 0)
    assert {row["origin"] for row in (*calls, *orders)} == {"demo"}
    assert len(calls) == len(history)
    assert len(orders) == sum(row.matter is not None for row in history)
    assert all((row["connected_at"] is None) == (row["talk_s"] is None) for row in calls)


def test_seconds_need_both_ends() -> None:
    assert seconds(NOW, NOW + timedelta(seconds=1.5)) == pytest.approx(1.5)
    assert seconds(None, NOW) is None
    assert seconds(NOW, None) is None
