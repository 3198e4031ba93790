"""A filled database of an earlier version is carried over: nothing is lost, everything is found again."""

from pathlib import Path

import pytest

from agent_desk.contacts.matters import Matters
from agent_desk.contacts.store import ContactStore
from runtime.clock import ManualClock
from runtime.codec import encode
from runtime.ids import new_id
from runtime.postgres import Database
from tests.agent_desk.people import MadeCall
from tests.old_schema import migrate_to_the_end, migrate_until
from tests.work_orders.town import AGENT, CALLER, NOW, WATER, KnownContacts, orders_of, wanted
from vocabulary.errors import Refused
from vocabulary.ids import CallId, ContactId, WorkOrderNo
from vocabulary.orders import Draftable, first_matter
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import caller
from work_orders.commands import FollowUp

LAST_OF_0_1 = {"work_orders": 3, "agent_desk": 5, "analytics": 4}
NUMBER = WorkOrderNo("202611230000015")
CONTACT, CALL = ContactId(new_id()), CallId(new_id())


@pytest.fixture
async def filled(bare: Database, tmp_path: Path) -> Database:
    """Rows as 0.1 wrote them, under the schema of this version."""
    await migrate_until(bare, last=LAST_OF_0_1, folder=tmp_path)
    async with bare.transaction() as tx:
        order = {
            "order_no": NUMBER, "contact": CONTACT, "kind": "complaint", "category": "0201", "category_name": "停水",
            "title": "长青路停水", "content": "长青路从昨天起停水", "district": "云山区", "place": "长青路", "occurred": "",
            "wish": "", "caller_name": "王小明", "callback_phone": CALLER, "caller_phone": CALLER, "direct": False,
            "confidential": False, "stage": "handle", "state": "answered", "unit": WATER, "created_at": NOW,
            "due_at": NOW, "reply": "已于今日恢复供水。",
        }  # fmt: skip
        await tx.insert_into("work_orders.work_order", order)
        draft = {
            "contact": CONTACT, "revision": 3, "fields": {"title": {"value": "长青路停水", "typed": True}},
            "account": AGENT.account, "saved_at": NOW, "changed": {"title": 3}, "reply": "已告知",
        }  # fmt: skip
        await tx.insert_into("agent_desk.draft", draft)
        contact = {
            "contact": CONTACT, "call": CALL, "caller_phone": CALLER, "dialled": "12345", "line_name": "政务热线",
            "accepted_at": NOW, "connected_at": NOW, "ended_at": NOW, "seat": "007", "agent": AGENT.account,
            "reason": "caller-hung-up", "record_host": "h1", "record_name": "rec.wav", "samples": 80_000,
        }  # fmt: skip
        await tx.insert_into("agent_desk.contact", contact)
        heard = MadeCall(contact=CONTACT, call=CALL).heard("停水了")
        said = {
            "event_id": heard.event_id, "contact": CONTACT, "start_ms": 2000, "data": encode(heard.utterance),
        }  # fmt: skip
        await tx.insert_into("agent_desk.utterance", said)
        for room in ("agent_desk", "analytics"):
            await tx.insert_into(f"{room}.confidential", {"contact": CONTACT, "confidential": True})
    await migrate_to_the_end(bare)
    return bare


async def test_an_old_order_is_that_of_its_caller_and_of_the_first_matter(filled: Database) -> None:
    orders = orders_of(filled, clock=ManualClock(NOW), contacts=KnownContacts())
    found = await orders.of_requester(caller(PhoneNumber(CALLER)), open_only=True)

    with pytest.raises(Refused) as again:
        await orders.accept(wanted(contact=CONTACT), principal=AGENT)
    done = await orders.follow_up(NUMBER, FollowUp(excused=False, reason="", satisfied=True), principal=AGENT)

    assert [(order.order_no, order.matter) for order in found] == [(NUMBER, first_matter(CONTACT))]
    assert (again.value.reason, done.closed_at) == ("already-accepted", NOW)


async def test_an_old_form_is_that_of_the_first_matter_and_confidence_stays(filled: Database) -> None:
    [kept] = await Matters(database=filled, clock=ManualClock(NOW)).drafts(CONTACT)

    async with filled.reading() as reading:
        marks = [
            await reading.fetchval(f"select matter from {room}.confidential where confidential")  # noqa: S608 - own names
            for room in ("agent_desk", "analytics")
        ]
    assert (kept.matter, kept.draft.revision, kept.draft.reply) == (first_matter(CONTACT), 3, "已告知")
    assert kept.draft.values[Draftable.TITLE].value == "长青路停水"
    assert marks == [first_matter(CONTACT)] * 2


async def test_an_old_contact_keeps_its_call_its_words_and_its_recording(filled: Database) -> None:
    store = ContactStore(database=filled, clock=ManualClock(NOW))
    record = await store.record(CONTACT)

    assert record is not None
    assert (record.requester, record.begun_at, record.confidential) == (caller(PhoneNumber(CALLER)), NOW, True)
    [call] = record.calls
    assert (call.call, call.dialled, call.seat, call.agent) == (CALL, "12345", "007", AGENT.account)
    assert (call.record_host, call.record_name, call.samples) == ("h1", "rec.wav", 80_000)
    assert [(heard.call, heard.text) for heard in await store.utterances(CONTACT)] == [(CALL, "停水了")]
