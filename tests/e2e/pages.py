"""What everybody does with the pages: log in, go somewhere, look whether a page can be used by all."""

from typing import Any

from playwright.async_api import Page

from hotline.demo.people import DemoLogIn
from tests.programs import AXE

OURS = {"X-Requested-With": "hotline"}
_SERIOUS = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)"""


class Pages:
    """The pages of the desk at ``web``, shown in one page of a browser."""

    def __init__(self, page: Page, web: str) -> None:
        self.page, self.web = page, web

    async def log_in(self, person: DemoLogIn, *, path: str = "") -> None:
        """Type name and password."""
        await self.page.goto(f"{self.web}{path}")
        await self.page.fill("#login", person.login)
        await self.page.fill("#password", person.password)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_selector("#login", state="detached")

    async def open(self, path: str, *, shows: str) -> None:
        """Go to a page and wait for something that it shows."""
        await self.page.goto(f"{self.web}{path}")
        await self.page.wait_for_selector(shows, timeout=60_000)

    async def violations(self) -> list[str]:
        """Return what axe calls serious or critical on the page as it is now."""
        await self.page.add_script_tag(path=AXE)
        found: list[str] = await self.page.evaluate(_SERIOUS)
        return found

    async def get(self, path: str) -> Any:
        """Ask the desk for JSON in this person's session."""
        answer = await self.page.request.get(f"{self.web}{path}")
        assert answer.ok, f"{path}: {answer.status}"
        return await answer.json()

    async def wait(self, condition: str, *, seconds: float = 30.0) -> None:
        """Wait for something the page says of itself."""
        await self.page.wait_for_function(condition, timeout=seconds * 1000)
