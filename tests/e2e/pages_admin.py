"""An administrator at the pages: what the menu opens."""

from tests.e2e.pages import Pages


class AdminPages(Pages):
    """The administrator's."""

    async def menu(self) -> list[str]:
        """Return the paths of the menu."""
        await self.page.wait_for_selector("nav a[href]", timeout=30_000)
        return [await link.get_attribute("href") or "" for link in await self.page.locator("nav a[href]").all()]
