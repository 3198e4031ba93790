"""One house for all tests of this folder, and a browser beside it; each test has a page that is logged in nowhere."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from runtime.wav import read_wav, write_wav
from tests.e2e.browser import chromium, new_page
from tests.e2e.pages import Pages
from tests.e2e.pages_admin import AdminPages
from tests.e2e.pages_agent import DIALOGUE, AgentPages, agent_pages
from tests.e2e.pages_analyst import AnalystPages
from tests.fault_runs.whole_house import WholeHouse, whole_house

PAUSE = bytes(16_000 * 9)
"""Nine seconds in which the caller, who waits for a pause of ours, has a turn."""


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def house() -> AsyncIterator[WholeHouse]:
    """The house that all share; nobody breaks it."""
    async with whole_house() as house:
        yield house


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory, house: WholeHouse) -> AsyncIterator[Browser]:
    """A browser whose microphone speaks the agent's part of a dialogue."""
    microphone = tmp_path_factory.mktemp("pages") / "agent.wav"
    turns = sorted((house.demo.voices / DIALOGUE).glob("*-agent.wav"))
    write_wav(microphone, b"".join(read_wav(turn) + PAUSE for turn in turns))
    async with chromium(microphone) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def somebody(house: WholeHouse, browser: Browser) -> AsyncIterator[Pages]:
    """Somebody who is not logged in."""
    async with new_page(browser) as page:
        yield Pages(page, house.demo.addresses.web)


@pytest_asyncio.fixture(loop_scope="session")
async def agent(house: WholeHouse, browser: Browser) -> AsyncIterator[AgentPages]:
    """The visitor at seat 008, Ready."""
    async with agent_pages(browser, house.demo.addresses.web) as agent:
        await agent.sit_down(house.demo.people.visitor)
        yield agent


@pytest_asyncio.fixture(loop_scope="session")
async def analyst(house: WholeHouse, browser: Browser) -> AsyncIterator[AnalystPages]:
    """The analyst, logged in."""
    async with new_page(browser) as page:
        analyst = AnalystPages(page, house.demo.addresses.web)
        await analyst.log_in(house.demo.people.analyst)
        yield analyst


@pytest_asyncio.fixture(loop_scope="session")
async def admin(house: WholeHouse, browser: Browser) -> AsyncIterator[AdminPages]:
    """The administrator, logged in."""
    async with new_page(browser) as page:
        admin = AdminPages(page, house.demo.addresses.web)
        await admin.log_in(house.demo.people.admin)
        yield admin
