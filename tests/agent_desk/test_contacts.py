"""Drafts and views of contacts, with the database there and away."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from agent_desk.contacts.matters import Matters
from agent_desk.contacts.numbers import known_numbers, resolved_phone
from agent_desk.drafting.draft import DraftPatch, DraftValue, SavedDraft
from runtime.bus import Bus
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.postgres import Database, DatabaseAway, open_database
from runtime.web import NotFound
from runtime.workers import Workers
from tests.agent_desk.people import AGENT_ID, CALLER, Desk, MadeCall, desk_over
from tests.agent_desk.serving import ROLE_PRINCIPALS
from tests.runtime.proxy import road_to
from vocabulary.calls import CallPhase
from vocabulary.errors import ChangedMeanwhile, FieldError
from vocabulary.events.agent_desk import DraftProposed
from vocabulary.ids import AccountId, ContactId, EventId, SeatNo
from vocabulary.orders import Draftable, DraftField, Way, first_matter
from vocabulary.people import Principal
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import caller

AGENT: Principal = ROLE_PRINCIPALS["agent"]
ANALYST: Principal = ROLE_PRINCIPALS["analyst"]
TITLE = {Draftable.TITLE: DraftValue(value="长青路停水", typed=True)}


async def form_of(matters: Matters, contact: ContactId) -> SavedDraft:
    return (await matters.drafts(contact))[0].draft


@pytest.fixture
def matters(database: Database, clock: ManualClock) -> Matters:
    return Matters(database=database, clock=clock)


async def test_a_draft_keeps_all_that_is_on_the_form(matters: Matters) -> None:
    contact = ContactId(new_id())
    values = TITLE | {Draftable.PLACE: DraftValue(value="长青路", typed=False)}
    patch = DraftPatch(revision=0, values=values, confidential=True, reply="已告知抢修时间", way=Way.DISPATCH)

    saved = await matters.save(contact, first_matter(contact), patch, account=AGENT_ID)

    assert await form_of(matters, contact) == saved
    assert (saved.revision, saved.values) == (1, values)
    assert (saved.confidential, saved.reply, saved.way) == (True, "已告知抢修时间", Way.DISPATCH)


async def test_a_field_saved_elsewhere_meanwhile_is_not_overwritten_and_others_merge(matters: Matters) -> None:
    contact = ContactId(new_id())
    await matters.save(contact, first_matter(contact), DraftPatch(revision=0, values=TITLE), account=AGENT_ID)
    other = DraftPatch(revision=0, values={Draftable.TITLE: DraftValue(value="别处停电", typed=True)}, reply="已答")
    apart = DraftPatch(revision=0, reply="已答")

    with pytest.raises(ChangedMeanwhile) as refused:
        await matters.save(contact, first_matter(contact), other, account=AGENT_ID)
    untouched = await form_of(matters, contact)
    merged = await matters.save(contact, first_matter(contact), apart, account=AGENT_ID)

    assert (refused.value.reason, set(refused.value.fields)) == ("draft-changed", {"title"})
    assert (untouched.values, untouched.reply) == (TITLE, "")
    assert (merged.revision, merged.values, merged.reply) == (2, TITLE, "已答")


async def test_two_pages_that_save_at_once_lose_nothing(matters: Matters) -> None:
    contact = ContactId(new_id())
    names = list(Draftable)
    patches = [DraftPatch(revision=0, values={name: DraftValue(value=name.value, typed=True)}) for name in names]

    async with asyncio.TaskGroup() as tasks:
        for patch in patches:
            tasks.create_task(matters.save(contact, first_matter(contact), patch, account=AGENT_ID))

    draft = await form_of(matters, contact)
    assert {name: value.value for name, value in draft.values.items()} == {name: name.value for name in names}
    assert draft.revision == len(names)


async def test_a_contact_without_draft_has_revision_zero(matters: Matters) -> None:
    assert (await form_of(matters, ContactId(new_id()))).revision == 0


async def talking(desk: Desk, call: MadeCall) -> None:
    for event in (call.accepted(), call.offered(), call.connected(), call.heard(f"停水了，我电话{CALLER}")):
        await desk.room.live.hear(event)
    desk.room.live.board.contact(call.contact).take(call.snapshot())


async def test_the_view_of_a_live_call_has_its_talk_and_no_plain_number(desk: Desk) -> None:
    call = MadeCall()
    await talking(desk, call)

    view = await desk.room.contacts.view(call.contact, principal=AGENT)

    assert (view.phase, view.caller_masked, view.partly) == (CallPhase.TALKING, "199****0101", False)
    assert view.call is not None
    assert view.call.caller.reveal() == "199****0101"
    assert len(view.utterances) == 1


async def test_another_seats_contact_is_not_shown_to_an_agent_but_to_an_analyst(desk: Desk) -> None:
    call = MadeCall(seat=SeatNo("008"), agent=AccountId(UUID(int=555)))
    await talking(desk, call)

    with pytest.raises(NotFound):
        await desk.room.contacts.view(call.contact, principal=AGENT)

    assert (await desk.room.contacts.view(call.contact, principal=ANALYST)).contact == call.contact


async def test_a_contact_nobody_knows_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.room.contacts.view(ContactId(new_id()), principal=AGENT)
    with pytest.raises(NotFound):
        await desk.room.contacts.requester_of(ContactId(new_id()))


async def test_who_does_not_fill_the_form_sees_neither_name_nor_number(desk: Desk, database: Database) -> None:
    call = MadeCall()
    await talking(desk, call)
    fields = tuple(
        DraftField(name=name, value=value, source=value, source_ms=0, confidence=0.9)
        for name, value in (
            (Draftable.CALLBACK_PHONE, CALLER), (Draftable.CALLER_NAME, "王小明"), (Draftable.CONTENT, f"请打{CALLER}"),
        )
    )  # fmt: skip
    await desk.room.live.hear(
        DraftProposed(
            event_id=EventId(new_id()), occurred_at=call.start, contact=call.contact, revision=1, fields=fields
        )
    )
    matters = Matters(database=database, clock=ManualClock(call.start))
    values = {field.name: DraftValue(value=field.value, typed=True) for field in fields}
    await matters.save(
        call.contact, first_matter(call.contact), DraftPatch(revision=0, values=values), account=AGENT_ID
    )

    agents = await desk.room.contacts.view(call.contact, principal=AGENT)
    analysts = await desk.room.contacts.view(call.contact, principal=ANALYST)

    assert agents.proposed == fields
    assert [field.name for field in analysts.proposed] == [Draftable.CONTENT]
    assert set(analysts.matters[0].draft.values) == {Draftable.CONTENT}
    shown = [
        *(heard.text for heard in analysts.utterances),
        *(field.value + field.source for field in analysts.proposed),
        *(value.value for value in analysts.matters[0].draft.values.values()),
    ]
    assert CALLER not in "".join(shown)


async def test_while_the_database_is_away_a_live_call_is_shown_partly(
    database_url: str, bus: Bus, clock: ManualClock, workers: Workers
) -> None:
    async with road_to(database_url) as (road, url), open_database(url) as database:
        desk = desk_over(database, bus=bus, clock=clock, workers=workers)
        desk.room.routes(orders=desk.orders)
        call = MadeCall()
        await talking(desk, call)
        road.close()

        view = await desk.room.contacts.view(call.contact, principal=AGENT)
        with pytest.raises(DatabaseAway):
            await desk.room.contacts.view(ContactId(new_id()), principal=AGENT)

    assert (view.partly, view.phase, len(view.utterances)) == (True, CallPhase.TALKING, 1)
    assert view.matters[0].draft.revision == 0


async def test_a_talk_without_its_call_is_not_called_unknown_while_the_database_is_away(
    database_url: str, bus: Bus, clock: ManualClock, workers: Workers
) -> None:
    async with road_to(database_url) as (road, url), open_database(url) as database:
        desk = desk_over(database, bus=bus, clock=clock, workers=workers)
        call = MadeCall()
        await desk.room.live.hear(call.heard("停水了"))
        road.close()

        with pytest.raises(DatabaseAway):
            await desk.room.contacts.view(call.contact, principal=AGENT)


async def test_the_own_order_is_not_among_the_history(desk: Desk) -> None:
    call = MadeCall()
    await talking(desk, call)
    view = await desk.room.contacts.view(call.contact, principal=AGENT)

    assert (view.matters[0].order, view.history) == (None, ())
    assert view.call is not None
    assert view.call.accepted_at == call.start + timedelta(0)


async def test_a_masked_number_sent_back_untouched_is_the_callers_or_the_one_said(desk: Desk) -> None:
    call, said = MadeCall(), "18800000202"
    await talking(desk, call)
    await desk.room.live.hear(call.heard(f"打{said}也行", at_ms=5000))
    known = known_numbers(caller(PhoneNumber(CALLER)), await desk.room.contacts.words_of(call.contact))
    own, other, typed = PhoneNumber(CALLER), PhoneNumber(said), PhoneNumber("0999-8001345")

    meant = [resolved_phone(PhoneNumber(sent), known=known) for sent in (own.masked(), other.masked())]

    assert meant == [own, other]
    assert resolved_phone(typed, known=known) == typed
    with pytest.raises(FieldError) as refused:
        resolved_phone(PhoneNumber("177****7777"), known=known)
    assert set(refused.value.fields) == {"callback_phone"}


def test_a_masked_number_that_stands_for_two_is_asked_for_again() -> None:
    twins = (PhoneNumber("19900010101"), PhoneNumber("19900020101"))
    assert twins[0].masked() == twins[1].masked()

    with pytest.raises(FieldError):
        resolved_phone(PhoneNumber(twins[0].masked()), known=twins)
