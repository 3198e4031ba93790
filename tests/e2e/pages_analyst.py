"""An analyst at the pages: figures, and a briefing of the made-up month."""

from tests.e2e.pages import Pages


class AnalystPages(Pages):
    """The analyst's."""

    async def overview(self) -> None:
        """Wait until the figures and topics stand there."""
        await self.page.wait_for_selector(".tile .number", timeout=60_000)
        await self.page.wait_for_selector("#topics-title", timeout=60_000)

    async def make_briefing(self) -> list[tuple[str, str]]:
        """Make a briefing of 30 made-up days and open it; return text and address of each of its numbers."""
        await self.page.goto(f"{self.web}/briefings")
        await self.page.locator("form.make select").select_option("30")
        await self.page.locator("form.make input[value=demo]").check()
        await self.page.locator("form.make button[type=submit]").click()
        await self.page.locator("tbody a").first.click(timeout=60_000)
        links = self.page.locator("a[data-figure]")
        await links.first.wait_for()
        return [(await link.inner_text(), await link.get_attribute("href") or "") for link in await links.all()]

    async def briefing_text(self) -> str:
        """Return all that the open briefing says."""
        text: str = await self.page.locator("a[data-figure]").first.evaluate("(link) => link.getRootNode().textContent")
        return text

    async def open_number(self) -> str:
        """Follow the first number of the open briefing; return the value that opens."""
        await self.page.locator("a[data-figure]").first.click()
        return await self.page.locator("dialog .value").inner_text()
