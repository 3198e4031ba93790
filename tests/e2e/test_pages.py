"""The pages of a running house in Chromium: a call by keys alone, a reload in mid-call, axe, a briefing's numbers."""

import re

import pytest

from tests.e2e.pages import Pages
from tests.e2e.pages_admin import AdminPages
from tests.e2e.pages_agent import AgentPages
from tests.e2e.pages_analyst import AnalystPages
from tests.programs import needs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.real,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
    needs("chromium", "axe-core"),
]
TYPED = "本人手写的标题"
FEWEST_NUMBERS = 12


async def test_a_call_goes_from_ring_to_sent_order_by_keys_alone_and_what_was_typed_survives_later_proposals(
    agent: AgentPages,
) -> None:
    await agent.ring()
    await agent.answer()
    await agent.type_title(TYPED)
    await agent.filled()
    await agent.proposed_anew(await agent.value("content"))
    await agent.tab_to("field-category", key="Shift+Tab")
    await agent.tab_to("field-callback_phone")
    title = await agent.value("title")
    order = await agent.get(f"/api/orders/{await agent.submit()}")
    await agent.hang_up()

    assert title == order["brief"]["title"] == TYPED
    assert "翠湖花园" in order["place"]
    assert order["stages"][0]["stage"] == "accept"


async def test_a_page_loaded_anew_in_mid_call_has_transcript_and_draft_again(agent: AgentPages) -> None:
    await agent.ring()
    await agent.answer()
    await agent.type_title(TYPED)
    await agent.filled()
    await agent.saved()
    before = await agent.value("title"), await agent.lines()
    await agent.page.reload()
    await agent.wait("window.__hotline?.liveStatus === 'open' && window.__hotline.seatState === 'talking'")
    await agent.wait("window.__hotline.lineState === 'connected'")
    await agent.filled()
    after = await agent.value("title"), await agent.lines()

    assert before[0] == after[0] == TYPED
    assert before[1]
    assert set(before[1]) <= set(after[1])


async def test_the_line_of_a_seat_is_held_by_one_page_and_moves_when_another_takes_over(agent: AgentPages) -> None:
    active, elsewhere = ("active", "connected"), ("elsewhere", "closed")
    second = await agent.another()

    assert [await agent.standing(), await second.standing()] == [active, elsewhere]
    assert await second.violations() == []
    await second.take_over(agent)
    assert [await agent.standing(), await second.standing()] == [elsewhere, active]
    await agent.take_over(second)
    assert [await agent.standing(), await second.standing()] == [active, elsewhere]


async def test_the_log_in_has_no_serious_axe_violation(somebody: Pages) -> None:
    await somebody.open("", shows="#login")

    assert await somebody.violations() == []


async def test_a_seat_has_no_serious_axe_violation_before_in_and_after_a_call(agent: AgentPages) -> None:
    assert await agent.violations() == [], "idle"
    await agent.ring()
    assert await agent.violations() == [], "ringing"
    await agent.answer()
    await agent.filled()
    assert await agent.violations() == [], "talking"
    await agent.hang_up()
    assert await agent.violations() == [], "wrap-up"


@pytest.mark.parametrize(
    ("path", "shows"), [("/contacts", "tbody tr"), ("/orders", "main h1"), ("/callbacks", "main h1")]
)
async def test_a_list_of_an_agent_has_no_serious_axe_violation(agent: AgentPages, path: str, shows: str) -> None:
    await agent.open(path, shows=shows)

    assert await agent.violations() == []


async def test_what_an_analyst_reads_has_no_serious_axe_violation(analyst: AnalystPages) -> None:
    await analyst.overview()
    assert await analyst.violations() == [], "figures"
    await analyst.make_briefing()
    assert await analyst.violations() == [], "briefing"


async def test_no_page_in_the_menu_of_an_administrator_has_a_serious_axe_violation(admin: AdminPages) -> None:
    paths = await admin.menu()

    assert paths
    for path in paths:
        await admin.open(path, shows="main h1")
        assert await admin.violations() == [], path


async def test_every_number_of_a_briefing_is_a_link_that_answers_with_the_same_value(analyst: AnalystPages) -> None:
    numbers = await analyst.make_briefing()
    frozen = [await analyst.get(href) for _, href in numbers]

    assert "翠湖花园停水" in await analyst.briefing_text()
    assert len(numbers) >= FEWEST_NUMBERS
    assert [text for text, _ in numbers] == [each["text"] for each in frozen]
    printed = [float(re.sub(r"[^\d.]", "", each["text"])) for each in frozen if each["value"] is not None]
    assert printed == pytest.approx([each["value"] for each in frozen if each["value"] is not None], abs=0.05)


async def test_a_number_of_a_briefing_opens_in_the_pages(analyst: AnalystPages) -> None:
    numbers = await analyst.make_briefing()
    opened = await analyst.open_number()

    assert re.sub(r"\D", "", opened) == re.sub(r"\D", "", numbers[0][0])
