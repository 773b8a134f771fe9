"""The Temporal UI in a real browser, by the words that a person reads on it (UI 2.54)."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from kit import WAIT, lacking
from playwright.async_api import Locator, Page, async_playwright, expect

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=WAIT * 1000)


def browser_command() -> str:
    """The Chromium of this machine."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or lacking(f"a browser: {', '.join(BROWSERS)}")


class TemporalUi:
    """One tab of a browser on the UI of one namespace."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._workflows = f"{address}/namespaces/default/workflows"

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, address: str, width: int = 1280, height: int = 900, scale: float = 1
    ) -> AsyncIterator[TemporalUi]:
        """A browser of its own, closed at the end. A picture of its page is ``width`` x ``scale`` pixels wide."""
        async with async_playwright() as playwright:
            # As root, as in a container, Chromium's own sandbox does not start.
            browser = await playwright.chromium.launch(executable_path=browser_command(), args=["--no-sandbox"])
            page = await browser.new_page(
                viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme="light"
            )
            page.set_default_timeout(WAIT * 1000)
            try:
                yield cls(page, address)
            finally:
                await browser.close()

    async def filter(self, attribute: str, value: str) -> None:
        """On the list of workflows: add the filter ``attribute`` = ``value``; the attribute is a keyword."""
        await self.page.goto(self._workflows)
        await self.page.get_by_role("button", name="Add Filter").click()
        await self.page.get_by_role("menuitem", name=f"{attribute} Keyword").click()
        await self.page.get_by_placeholder("Enter value...").fill(value)
        await self.page.get_by_role("button", name="Apply").click()
        await self.page.get_by_role("button", name=f'{attribute} = "{value}"').wait_for()

    async def visit(self, workflow_id: str) -> None:
        """A workflow's page, by its address."""
        await self.page.goto(f"{self._workflows}/{workflow_id}")

    def listed(self, workflow_id: str) -> Locator:
        """The link of a workflow in the list."""
        return self.page.get_by_role("link", name=workflow_id, exact=True)

    async def history(self) -> None:
        """On a workflow's page: the event list, one row for each activity, timer, signal and child workflow."""
        await self.page.get_by_test_id("history-tab").click()
        await self.page.get_by_test_id("compact").click()

    def row(self, *words: str) -> Locator:
        """The row of the event list that has all these words."""
        found = self.page.get_by_test_id("event-summary-row")
        for word in words:
            found = found.filter(has_text=word)
        return found

    async def signal(self, name: str, value: Any) -> None:
        """Fill in the form `Send a Signal`, and leave it open: `submit` sends it."""
        await self.page.get_by_role("button", name="More Actions").click()
        await self.page.get_by_role("menuitem", name="Send a Signal").click()
        await self._dialog.get_by_test_id("signal-select-button").click()
        await self._dialog.get_by_role("option", name=name).first.click()
        await self._dialog.locator(".cm-content").fill(json.dumps(value, indent=2))

    async def submit(self) -> None:
        """Send the form, and wait until the UI says so."""
        await self._dialog.get_by_role("button", name="Submit").click()
        await self.page.get_by_text("Workflow signaled.").first.wait_for()

    async def download(self, how: str, file: Path) -> None:
        """Save the event history: `Encoded`, `Decoded` or `Human Readable`."""
        await self.page.get_by_role("button", name="Download").first.click()
        await self._dialog.get_by_label(how).check()
        async with self.page.expect_download() as download:
            await self._dialog.get_by_role("button", name="Download").click()
        await (await download.value).save_as(file)

    @property
    def _dialog(self) -> Locator:
        return self.page.locator("dialog[open]")
