"""A real Chromium whose microphone plays a file."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

_KEEP_PEERS = """
  const Native = window.RTCPeerConnection;
  window.__peers = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...given) { super(...given); window.__peers.push(this) }
  };
"""


@asynccontextmanager
async def chromium(microphone: Path) -> AsyncIterator[Browser]:
    """A browser whose microphone plays a 16-bit PCM file again and again."""
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone.resolve()}",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    ]
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def new_page(browser: Browser) -> AsyncIterator[Page]:
    """A page that is logged in nowhere, of a usual size; its connections stand in ``window.__peers``."""
    context = await browser.new_context(
        permissions=["microphone"], bypass_csp=True, locale="zh-CN", viewport={"width": 1366, "height": 768}
    )
    try:
        await context.add_init_script(_KEEP_PEERS)
        yield await context.new_page()
    finally:
        await context.close()
