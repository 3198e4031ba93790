"""Several matters of one contact: each with its form and its order, none lost, none made twice."""

import asyncio

import pytest

from agent_desk.contacts.matters import MOST_MATTERS, Matters
from agent_desk.drafting.draft import DraftPatch, DraftValue
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.log import read_log
from runtime.postgres import Database
from tests.agent_desk.people import AGENT_ID
from vocabulary.errors import Refused
from vocabulary.events.agent_desk import ContactConfidential
from vocabulary.ids import ContactId, MatterId
from vocabulary.orders import Draftable, first_matter


@pytest.fixture
def matters(database: Database, clock: ManualClock) -> Matters:
    return Matters(database=database, clock=clock)


def titled(text: str) -> DraftPatch:
    return DraftPatch(revision=0, values={Draftable.TITLE: DraftValue(value=text, typed=True)})


async def titles(matters: Matters, contact: ContactId) -> list[str]:
    return [
        value.value if (value := one.draft.values.get(Draftable.TITLE)) else "" for one in await matters.drafts(contact)
    ]


async def test_a_second_matter_has_a_form_of_its_own(matters: Matters) -> None:
    contact = ContactId(new_id())
    await matters.save(contact, first_matter(contact), titled("长青路停水"), account=AGENT_ID)

    second = (await matters.open(contact, sent=frozenset(), account=AGENT_ID)).matter
    await matters.save(contact, second, titled("北门有坑洼"), account=AGENT_ID)

    assert second != first_matter(contact)
    assert await titles(matters, contact) == ["长青路停水", "北门有坑洼"]


async def test_whoever_has_an_untouched_form_gets_that_one(matters: Matters) -> None:
    contact = ContactId(new_id())
    untouched = await matters.open(contact, sent=frozenset(), account=AGENT_ID)
    sent = frozenset({first_matter(contact)})

    opened = await asyncio.gather(*(matters.open(contact, sent=sent, account=AGENT_ID) for _ in range(6)))

    assert untouched.matter == first_matter(contact)
    assert len({one.matter for one in opened}) == 1
    assert opened[0].matter != first_matter(contact)
    assert len(await matters.drafts(contact)) == 2


async def test_a_matter_is_that_of_its_contact_only(matters: Matters) -> None:
    contact, other = ContactId(new_id()), ContactId(new_id())
    await matters.save(contact, first_matter(contact), titled("长青路停水"), account=AGENT_ID)

    for strange in (first_matter(contact), MatterId(new_id())):
        with pytest.raises(Refused) as refused:
            await matters.save(other, strange, titled("不是这通来电"), account=AGENT_ID)
        assert refused.value.reason == "no-matter"
        with pytest.raises(Refused):
            await matters.demand(other, strange)
    await matters.demand(other, first_matter(other))

    assert await titles(matters, contact) == ["长青路停水"]
    assert await titles(matters, other) == [""]


async def test_a_contact_has_at_most_twenty_matters(matters: Matters) -> None:
    contact = ContactId(new_id())
    sent = {first_matter(contact)}
    for _ in range(MOST_MATTERS - 1):
        sent.add((await matters.open(contact, sent=frozenset(sent), account=AGENT_ID)).matter)

    with pytest.raises(Refused) as refused:
        await matters.open(contact, sent=frozenset(sent), account=AGENT_ID)

    assert (refused.value.reason, len(sent)) == ("too-many-matters", MOST_MATTERS)


async def test_confidence_is_said_of_the_matter_it_was_set_for(matters: Matters, database: Database) -> None:
    contact = ContactId(new_id())
    first = first_matter(contact)
    await matters.save(contact, first, titled("长青路停水"), account=AGENT_ID)
    second = (await matters.open(contact, sent=frozenset(), account=AGENT_ID)).matter
    await matters.say_confidential(contact, second, confidential=True, account=AGENT_ID)
    await matters.say_confidential(contact, first, confidential=False, account=AGENT_ID)
    await matters.say_confidential(contact, first, confidential=True, account=AGENT_ID)
    await matters.say_confidential(contact, first, confidential=False, account=AGENT_ID)

    said = [row.event for row in await read_log(database) if isinstance(row.event, ContactConfidential)]

    assert [(event.matter, event.confidential) for event in said] == [(second, True), (first, True), (first, False)]
