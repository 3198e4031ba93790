"""Figures, topics and briefings through the real web application; every number's link is followed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest

from analytics import AnalyticsNeeds, AnalyticsPages, AnalyticsService
from analytics.loading import load_history
from runtime.clock import ManualClock
from runtime.log import read_log
from runtime.postgres import Database
from runtime.web import role_matrix
from runtime.workers import Workers
from tests.agent_desk.serving import Asker, served
from tests.analytics.golden import EXPECTED, START, load
from tests.analytics.town import NOW, ZONE, made_up
from vocabulary.events.analytics import BriefingIssued
from vocabulary.people import Role

BASE = "/api/analytics"
NOBODY = "00000000-0000-0000-0000-000000000000"
AT_NIGHT = START + timedelta(hours=15, minutes=59)
"""23:59 of the golden day in the city: the scope of one local day is [00:00, 23:59:01)."""


class Links(HTMLParser):
    """The links of a page with their figures and the words in them."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self._open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        known = dict(attrs)
        if tag == "a" and known.get("data-figure"):
            self._open = (str(known["data-figure"]), str(known["href"]))

    def handle_data(self, data: str) -> None:
        if self._open:
            self.numbers.append((*self._open, data))
            self._open = None


@pytest.fixture
async def service(database: Database, database_url: str) -> AsyncIterator[AnalyticsService]:
    async with Workers(threads=2) as workers:
        yield AnalyticsService(
            AnalyticsNeeds(
                database=database, database_url=database_url, workers=workers, clock=ManualClock(NOW), zone=ZONE,
                city="云山市",
            )
        )  # fmt: skip


@pytest.fixture
async def ask(service: AnalyticsService) -> AsyncIterator[Asker]:
    async with served(AnalyticsPages(service).routes()) as asker:
        yield asker


async def compiled(ask: Asker, **body: object) -> tuple[str, Links]:
    made = await ask("POST", f"{BASE}/briefings", role="analyst", body=body)
    assert made.status == 200, made.text
    page = await ask("GET", f"{BASE}/briefings/{made.body['briefing']}", role="analyst")
    links = Links()
    links.feed(page.text)
    return page.text, links


async def value_of(database: Database, query: str) -> float | None:
    async with database.reading() as reading:
        value: Any = await reading.fetchval(query)
    return None if value is None else float(value)


async def test_every_number_of_a_briefing_is_a_link_that_answers_with_the_same_value(
    ask: Asker, database: Database
) -> None:
    await load_history(database, made_up())
    html, links = await compiled(ask, origin="demo", days=3)

    names = {name for name, _, _ in links.numbers}
    assert {"offered", "connected", "sl15", "satisfied", "topic_1_orders", "topic_1_growth"} <= names
    for name, href, text in links.numbers:
        status, number, _ = await ask("GET", href, role="analyst")
        assert (status, number["name"], number["text"]) == (200, name, text)
        assert await value_of(database, number["query"]) == number["value"], number["query"]
        assert number["value"] is None or text.startswith(f"{number['value']:.1f}"[:1])
    assert "演示数据" in html
    assert "长青花园停水" in html


async def test_a_briefing_over_nothing_says_so(ask: Asker) -> None:
    html, links = await compiled(ask, origin="live", days=1)

    assert "本期没有可归并的诉求" in html
    assert "演示数据" not in html
    assert ("sl15", "暂无") in {(name, text) for name, _, text in links.numbers}


async def test_a_frozen_number_stays_when_facts_change(ask: Asker, database: Database, owned: Database) -> None:
    await load_history(database, made_up())
    _, links = await compiled(ask, origin="demo", days=3)
    name, href, text = links.numbers[0]
    async with owned.transaction() as tx:
        await tx.execute("delete from analytics.call_fact")

    answer = await ask("GET", href, role="analyst")

    assert (answer.body["name"], answer.body["text"]) == (name, text)


async def test_what_callers_and_places_are_called_cannot_break_the_page(ask: Asker, database: Database) -> None:
    bad = "<script>alert(1)</script>\"'&"
    await load_history(database, made_up())
    async with database.transaction() as tx:
        await tx.execute("update analytics.order_fact set title = $1, place = $1, district = $1, leaf = $1", bad)
    html, links = await compiled(ask, origin="demo", days=3)

    assert "script" not in links.tags
    assert "&lt;script&gt;" in html
    href = next(href for name, href, _ in links.numbers if name == "topic_1_orders")
    number = (await ask("GET", href, role="analyst")).body
    assert await value_of(database, number["query"]) == number["value"] > 0


async def test_a_briefing_is_listed_and_told_to_the_log(ask: Asker, database: Database) -> None:
    await compiled(ask, origin="live", days=7)

    listed = (await ask("GET", f"{BASE}/briefings", role="admin")).body
    told = [row.event for row in await read_log(database, after=0, limit=9, types=None)]

    assert [(row["title"], row["origin"]) for row in listed] == [("云山市“12345”舆情专报", "live")]
    assert [str(event.briefing) for event in told if isinstance(event, BriefingIssued)] == [listed[0]["briefing"]]


async def test_the_overview_counts_the_golden_day(database: Database, database_url: str) -> None:
    await load(database)
    async with Workers(threads=2) as workers:
        needs = AnalyticsNeeds(
            database=database, database_url=database_url, workers=workers, clock=ManualClock(AT_NIGHT), zone=ZONE,
            city="云山市",
        )  # fmt: skip
        async with served(AnalyticsPages(AnalyticsService(needs)).routes()) as ask:
            answer = await ask("GET", f"{BASE}/overview?days=2", role="agent")
            drilled = await ask("GET", f"{BASE}/figures/sl15?days=2", role="agent")
            total = await ask("GET", f"{BASE}/figures/connected_total?days=1", role="agent")

    figures = {figure["name"]: figure["value"] for figure in answer.body["figures"]}
    expected_names = {name.value for name in EXPECTED} - {"connected_total"}
    assert set(figures) == expected_names
    assert answer.body["connected_total"]["value"] == total.body["figure"]["value"] == 30
    assert figures["abandoned"] < figures["offered"]
    assert sum(bar["n"] for bar in answer.body["volumes"]["by_line"]) == sum(
        bar["n"] for bar in answer.body["volumes"]["by_hour"]
    )
    assert drilled.body["total"] == len(drilled.body["contacts"]) == figures["within_15"]
    assert {"contact", "at", "order_no", "title", "district", "call", "utterance_ms"} == set(
        drilled.body["contacts"][0]
    )


async def test_from_a_figure_over_its_order_to_the_second_it_was_said(ask: Asker, database: Database) -> None:
    await load_history(database, made_up())

    behind = (await ask("GET", f"{BASE}/figures/orders?origin=demo&days=2", role="analyst")).body

    assert behind["total"] >= len(behind["contacts"]) > 0
    assert all(row["order_no"] and row["utterance_ms"] == 9000 for row in behind["contacts"])


async def test_topics_name_the_burst_first(ask: Asker, database: Database) -> None:
    await load_history(database, made_up())

    topics = (await ask("GET", f"{BASE}/topics?origin=demo&days=3", role="analyst")).body
    live = (await ask("GET", f"{BASE}/topics?days=3", role="analyst")).body

    assert topics[0]["label"] == "长青花园停水"
    assert topics[0]["level"] != "none"
    assert topics[0]["sample"][0]["source_ms"] == 9000
    assert live == []


async def test_each_route_opens_to_its_roles_and_to_nobody_else(ask: Asker, service: AnalyticsService) -> None:
    for case in role_matrix(AnalyticsPages(service).routes()):
        path = case.route.path.replace("{briefing}", NOBODY).replace("{name}", "orders")
        answer = await ask(
            case.route.method, path, role=case.role, body={"days": 1} if case.route.signature.body else None
        )

        wanted = {200, 404} if case.allowed else {403 if case.role else 401}
        assert answer.status in wanted, f"{case.name}: {answer.status} {answer.text}"
    assert Role.UNIT not in {case.role for case in role_matrix(AnalyticsPages(service).routes()) if case.allowed}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures/nothing", 404), ("/figures/%00", 400), ("/overview?days=0", 400), ("/overview?days=401", 400),
        ("/overview?origin=else", 400), ("/briefings/x", 404), (f"/briefings/{UUID(int=1)}", 404),
        (f"/briefings/{UUID(int=1)}/figures/sl15", 404),
    ],
)  # fmt: skip
async def test_odd_questions_get_a_sentence(ask: Asker, path: str, status: int) -> None:
    answer = await ask("GET", f"{BASE}{path}", role="admin")

    assert (answer.status, bool(answer.body["detail"])) == (status, True)


async def test_a_briefing_over_odd_days_is_refused_by_field(ask: Asker) -> None:
    answer = await ask("POST", f"{BASE}/briefings", role="analyst", body={"days": 0})

    assert (answer.status, set(answer.body["fields"])) == (422, {"days"})
