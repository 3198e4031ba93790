"""The pages of a running house in Chromium: a call by keys alone, axe, a briefing's numbers, a reload in mid-call."""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from runtime.wav import read_wav, write_wav
from tests.e2e.desk_page import DeskPage, desk_page
from tests.fault_runs.whole_house import WholeHouse, whole_house
from tests.programs import AXE, ROOT, needs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.real,
    pytest.mark.timeout(300),
    needs("chromium", "axe-core"),
]
DIALOGUE = "water-outage"
PAUSE = bytes(16_000 * 9)
"""Nine seconds in which the caller, who waits for a pause of ours, has a turn."""
OURS = {"X-Requested-With": "hotline"}
TYPED = "本人手写的标题"
MOST_TABS, EXPECTED_PAGES, FEWEST_NUMBERS = 60, 11, 12
_VALUE = "(name) => document.getElementById('field-' + name)?.value ?? ''"
_LINES = "[...document.querySelectorAll('[role=log] [data-start]')].map((line) => line.dataset.start)"
_FILLED = "['content', 'place'].every((name) => document.getElementById('field-' + name)?.value.length > 4)"
_CATEGORY = "document.querySelector('[data-field=category] .chip') || document.getElementById('field-category')?.value"
_STANDING = "[window.__hotline.standing, window.__hotline.lineState]"
_SAVED = "document.querySelector('[data-save]')?.dataset.save === 'saved'"
_SERIOUS = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)"""


@dataclass(slots=True)
class Seen:
    """What the walk through the house found."""

    violations: dict[str, list[str]] = field(default_factory=dict)
    before_reload: tuple[str, list[str]] = ("", [])
    after_reload: tuple[str, list[str]] = ("", [])
    title_at_the_end: str = ""
    order: dict[str, Any] = field(default_factory=dict)
    briefing: str = ""
    numbers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    opened: str = ""
    standings: list[tuple[str, str]] = field(default_factory=list)
    """Standing and line of the first and the second page of the seat, before and after taking over."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    microphone = tmp_path_factory.mktemp("pages") / "agent.wav"
    turns = sorted((ROOT / "city" / "voices" / DIALOGUE).glob("*-agent.wav"))
    write_wav(microphone, b"".join(read_wav(turn) + PAUSE for turn in turns))
    return asyncio.run(_walk(microphone))


async def _walk(microphone: Path) -> Seen:
    found = Seen()
    async with whole_house() as house, desk_page(microphone) as desk:
        await desk.page.set_viewport_size({"width": 1366, "height": 768})
        web, visitor = house.demo.addresses.web, house.demo.people.visitor
        await desk.page.goto(web)
        await desk.page.wait_for_selector("#login")
        await _axe(desk.page, "login", found)
        await desk.sit_down(web, login=visitor.login, password=visitor.password)
        await _axe(desk.page, "desk, idle", found)
        await _ring(web, desk)
        await _talk(desk, found)
        await _send(web, desk, found)
        await _second_page(web, desk, found)
        await _ring(web, desk)
        await _axe(desk.page, "desk, ringing", found)
        for name, shown in (("contacts", "tbody tr"), ("orders", "tbody tr"), ("callbacks", "main h1")):
            await desk.page.goto(f"{web}/{name}")
            await desk.page.wait_for_selector(shown)
            await _axe(desk.page, name, found)
        await _analyst(desk.page, house, found)
    return found


async def _ring(web: str, desk: DeskPage) -> None:
    """Do what the button 来一个电话 does."""
    async with asyncio.timeout(30):
        while not (await desk.page.request.post(f"{web}/api/test-calls", data={"dialogue": DIALOGUE}, headers=OURS)).ok:
            await asyncio.sleep(1.0)  # the caller before still puts the receiver down
    await desk.page.wait_for_selector("[role=alertdialog]", timeout=30_000)


async def _talk(desk: DeskPage, found: Seen) -> None:
    """Answer by F2, write a title, lose the page in mid-call, wait until more was proposed."""
    page = desk.page
    await desk.answer()
    await desk.wait("document.activeElement?.closest('#order-form') !== null", seconds=5)
    await _tab_to(page, "field-title")
    await page.keyboard.press("Control+a")
    await page.keyboard.type(TYPED)
    await desk.wait(_FILLED, seconds=60)
    await _axe(page, "desk, talking", found)
    await desk.wait(_SAVED, seconds=10)
    found.before_reload = await _state(page)
    await page.reload()
    await desk.wait("window.__hotline?.liveStatus === 'open' && window.__hotline.seatState === 'talking'")
    await desk.wait("window.__hotline.lineState === 'connected'")
    await desk.wait(_FILLED)
    found.after_reload = await _state(page)
    before = await page.evaluate(_VALUE, "content")
    await page.wait_for_function(f"(before) => ({_VALUE})('content') !== before", arg=before, timeout=60_000)
    await desk.wait(_CATEGORY, seconds=90)
    await _tab_to(page, "field-callback_phone")  # Tab takes what is proposed for an empty field
    found.title_at_the_end = await page.evaluate(_VALUE, "title")


async def _tab_to(page: Page, wanted: str) -> None:
    for _ in range(MOST_TABS):
        if await page.evaluate("document.activeElement?.id") == wanted:
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by Tab")


async def _send(web: str, desk: DeskPage, found: Seen) -> None:
    async with desk.page.expect_response(lambda answer: answer.url.endswith("/order")) as sent:
        await desk.page.keyboard.press("F9")
    answer = await (await sent.value).json()
    assert "order_no" in answer, answer
    found.order = await _json(desk.page, f"{web}/api/orders/{answer['order_no']}")
    await desk.page.keyboard.press("F8")
    await desk.wait("window.__hotline.seatState === 'wrap'")
    await _axe(desk.page, "desk, wrap-up", found)
    await desk.ready()


async def _second_page(web: str, desk: DeskPage, found: Seen) -> None:
    """Open the seat on a second page, take over there, and take over again on the first."""
    second = DeskPage(await desk.page.context.new_page())
    await second.page.set_viewport_size({"width": 1366, "height": 768})
    await second.page.goto(web)
    await second.wait("window.__hotline?.standing === 'elsewhere'")
    await _axe(second.page, "desk, elsewhere", found)
    for taking, left in ((None, None), (second, desk), (desk, second)):
        if taking is not None and left is not None:
            await taking.page.locator("[data-standing=elsewhere] button").click()
            await taking.wait("window.__hotline.standing === 'active' && window.__hotline.lineState === 'connected'")
            await left.wait("window.__hotline.standing === 'elsewhere' && window.__hotline.lineState === 'closed'")
        found.standings += [tuple(await each.page.evaluate(_STANDING)) for each in (desk, second)]
    await second.page.close()
    await desk.ready()


async def _analyst(page: Page, house: WholeHouse, found: Seen) -> None:
    """Look at the figures, make a briefing of the made-up month, follow each of its numbers."""
    browser, web, analyst = page.context.browser, house.demo.addresses.web, house.demo.people.analyst
    assert browser is not None
    context = await browser.new_context(bypass_csp=True, locale="zh-CN")
    tab = await context.new_page()
    await tab.goto(web)
    await tab.fill("#login", analyst.login)
    await tab.fill("#password", analyst.password)
    await tab.keyboard.press("Enter")
    await tab.wait_for_selector(".tile .number", timeout=60_000)
    await tab.wait_for_selector("#topics-title", timeout=60_000)
    await _axe(tab, "analytics", found)
    await tab.goto(f"{web}/briefings")
    await tab.locator("form.make select").select_option("30")
    await tab.locator("form.make input[value=demo]").check()
    await tab.locator("form.make button[type=submit]").click()
    await tab.locator("tbody a").first.click(timeout=60_000)
    links = tab.locator("a[data-figure]")
    await links.first.wait_for()
    await _axe(tab, "briefing", found)
    found.briefing = await links.first.evaluate("(link) => link.getRootNode().textContent")
    for link in await links.all():
        href, text = await link.get_attribute("href"), await link.inner_text()
        found.numbers.append((text, await _json(tab, f"{web}{href}")))
    await links.first.click()
    found.opened = await tab.locator("dialog .value").inner_text()
    await context.close()


async def _axe(page: Page, name: str, found: Seen) -> None:
    await page.add_script_tag(path=AXE)
    found.violations[name] = await page.evaluate(_SERIOUS)


async def _state(page: Page) -> tuple[str, list[str]]:
    return await page.evaluate(_VALUE, "title"), await page.evaluate(_LINES)


async def _json(page: Page, url: str) -> dict[str, Any]:
    answer = await page.request.get(url)
    assert answer.ok, f"{url}: {answer.status}"
    body: dict[str, Any] = await answer.json()
    return body


def test_a_call_goes_from_ring_to_sent_order_by_keys_alone(seen: Seen) -> None:
    assert seen.order["brief"]["title"] == TYPED
    assert "翠湖花园" in seen.order["place"]
    assert seen.order["stages"][0]["stage"] == "accept"


def test_what_was_typed_survives_later_proposals(seen: Seen) -> None:
    assert seen.title_at_the_end == TYPED


def test_a_page_loaded_anew_in_mid_call_has_transcript_and_draft_again(seen: Seen) -> None:
    (title, lines), (title_again, lines_again) = seen.before_reload, seen.after_reload
    assert title == title_again == TYPED
    assert lines
    assert set(lines) <= set(lines_again)


def test_the_line_of_a_seat_is_held_by_one_page_and_moves_when_another_takes_over(seen: Seen) -> None:
    active, elsewhere = ("active", "connected"), ("elsewhere", "closed")
    assert seen.standings == [active, elsewhere, elsewhere, active, active, elsewhere]


def test_no_page_has_a_serious_or_critical_axe_violation(seen: Seen) -> None:
    assert len(seen.violations) == EXPECTED_PAGES
    assert {name: found for name, found in seen.violations.items() if found} == {}


def test_every_number_of_a_briefing_is_a_link_that_answers_with_the_same_value(seen: Seen) -> None:
    assert "翠湖花园停水" in seen.briefing
    assert len(seen.numbers) >= FEWEST_NUMBERS
    for text, frozen in seen.numbers:
        assert frozen["text"] == text
        printed = float(re.sub(r"[^\d.]", "", text)) if frozen["value"] is not None else None
        assert printed == pytest.approx(frozen["value"], abs=0.05)


def test_a_number_of_a_briefing_opens_in_the_pages(seen: Seen) -> None:
    digits = re.sub(r"\D", "", seen.opened)
    assert digits == re.sub(r"\D", "", seen.numbers[0][0])
