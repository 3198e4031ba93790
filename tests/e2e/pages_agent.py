"""An agent at a seat in a real Chromium, by the page and its keys alone; the microphone is a file."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from hotline.demo.people import DemoLogIn
from tests.e2e.browser import new_page
from tests.e2e.pages import OURS, Pages

DIALOGUE = "water-outage"
MOST_TABS = 60
_VALUE = "(name) => document.getElementById('field-' + name)?.value ?? ''"
_LINES = "[...document.querySelectorAll('[role=log] [data-start]')].map((line) => line.dataset.start)"
_FILLED = "['content', 'place'].every((name) => document.getElementById('field-' + name)?.value.length > 4)"
_CATEGORY = "document.querySelector('[data-field=category] .chip') || document.getElementById('field-category')?.value"
_STANDING = "[window.__hotline.standing, window.__hotline.lineState]"
_SAVED = "document.querySelector('[data-save]')?.dataset.save === 'saved'"
_LISTEN = """async () => {
  const code = `registerProcessor('listener', class extends AudioWorkletProcessor {
    process(inputs) { if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice()); return true }
  })`;
  const context = new AudioContext({ sampleRate: 8000 });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  const listener = new AudioWorkletNode(context, 'listener');
  const mute = new GainNode(context, { gain: 0 });
  window.__heard = [];
  listener.port.onmessage = (event) => window.__heard.push(event.data);
  context.createMediaStreamSource(window.__hotline.remoteStream()).connect(listener).connect(mute).connect(context.destination);
  await context.resume();
}"""
_TAKE = """() => {
  const blocks = window.__heard.splice(0);
  const samples = new Int16Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) for (const value of block) samples[at++] = Math.max(-1, Math.min(1, value)) * 32767;
  const bytes = new Uint8Array(samples.buffer);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}"""
_ECHO = """async () => {
  const peer = window.__peers.filter((each) => each.connectionState === 'connected').at(-1);
  const sender = peer.getSenders().find((each) => each.track && each.track.kind === 'audio');
  await sender.replaceTrack(window.__hotline.remoteStream().getAudioTracks()[0]);
}"""


class AgentPages(Pages):
    """A seat."""

    async def sit_down(self, person: DemoLogIn) -> None:
        """Log in, open the line, become Ready."""
        await self.log_in(person, path="/?rawmic=1")
        await self.wait("window.__hotline && window.__hotline.liveStatus === 'open'")
        if await self.seat() == "offline":
            await self.page.keyboard.press("F10")
        await self.wait("window.__hotline.lineState === 'connected'")
        await self.ready()

    async def seat(self) -> str:
        """Return the state of the seat as the page knows it."""
        state: str = await self.page.evaluate("window.__hotline.seatState")
        return state

    async def ready(self) -> None:
        """Become Ready; a wrap-up is ended. F10 is pressed once: a second one would take the seat back."""
        await self.wait("['wrap', 'not-ready', 'ready'].includes(window.__hotline.seatState)")
        if await self.seat() != "ready":
            await self.page.keyboard.press("F10")
        await self.wait("window.__hotline.seatState === 'ready'")

    async def leave(self) -> None:
        """End what is left of a call, whatever the test has done, so that the next one finds the seat free."""
        with suppress(PlaywrightError):
            await self.page.goto(self.web)
            await self.wait("window.__hotline?.liveStatus === 'open' && window.__hotline.seatState !== 'offline'")
            if await self.seat() in {"talking", "hold"}:
                await self.wait("window.__hotline.lineState === 'connected'")
                await self.hang_up()

    # A call ----------------------------------------------------------------------------------------------------------

    async def ring(self) -> None:
        """Do what the button 来一个电话 does, and wait until it rings."""
        async with asyncio.timeout(60):
            while not (await self._test_call()).ok:
                await asyncio.sleep(1.0)  # the caller before still puts the receiver down
        await self.page.wait_for_selector("[role=alertdialog]", timeout=30_000)

    async def _test_call(self) -> Any:
        return await self.page.request.post(f"{self.web}/api/test-calls", data={"dialogue": DIALOGUE}, headers=OURS)

    async def answer(self) -> None:
        """Take the ringing call by F2 and return when two people are connected."""
        await self.page.locator("button:enabled", has_text="F2").first.wait_for(timeout=30_000)
        await self.page.keyboard.press("F2")
        await self.wait("window.__hotline.seatState === 'talking'")

    async def hang_up(self) -> None:
        """End the call by F8; the wrap-up begins."""
        await self.page.keyboard.press("F8")
        await self.wait("window.__hotline.seatState === 'wrap'")

    # The form --------------------------------------------------------------------------------------------------------

    async def value(self, name: str) -> str:
        """Return what stands in a field of the form."""
        text: str = await self.page.evaluate(_VALUE, name)
        return text

    async def tab_to(self, wanted: str, *, key: str = "Tab") -> None:
        """Press Tab until the element with this id has the focus; what is proposed for an empty field is taken."""
        for _ in range(MOST_TABS):
            if await self.page.evaluate("document.activeElement?.id") == wanted:
                return
            await self.page.keyboard.press(key)
        pytest.fail(f"{wanted} is not reached by Tab")

    async def type_title(self, text: str) -> None:
        """Write over the title, by keys alone."""
        await self.wait("document.activeElement?.closest('#order-form') !== null", seconds=5)
        await self.tab_to("field-title")
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(text)

    async def filled(self) -> None:
        """Wait until content and place are proposed."""
        await self.wait(_FILLED, seconds=60)

    async def saved(self) -> None:
        """Wait until the page says that the draft is saved."""
        await self.wait(_SAVED, seconds=10)

    async def proposed_anew(self, before: str) -> None:
        """Wait until another content than ``before`` is proposed, and a category."""
        await self.page.wait_for_function(f"(before) => ({_VALUE})('content') !== before", arg=before, timeout=60_000)
        await self.wait(_CATEGORY, seconds=90)

    async def lines(self) -> list[str]:
        """Return when each line of the transcript begins."""
        starts: list[str] = await self.page.evaluate(_LINES)
        return starts

    async def submit(self) -> str:
        """Send the order by F9; return its number."""
        async with self.page.expect_response(lambda answer: answer.url.endswith("/order")) as sent:
            await self.page.keyboard.press("F9")
        answer = await (await sent.value).json()
        assert "order_no" in answer, answer
        return str(answer["order_no"])

    # A second page of the seat ---------------------------------------------------------------------------------------

    async def standing(self) -> tuple[str, str]:
        """Return which page of the seat this is, and the state of its line."""
        which, line = await self.page.evaluate(_STANDING)
        return which, line

    async def take_over(self, left: "AgentPages") -> None:
        """Take the seat over from another page."""
        await self.page.locator("[data-standing=elsewhere] button").click()
        await self.wait("window.__hotline.standing === 'active' && window.__hotline.lineState === 'connected'")
        await left.wait("window.__hotline.standing === 'elsewhere' && window.__hotline.lineState === 'closed'")

    async def another(self) -> "AgentPages":
        """Open the seat on a second page of the same browser."""
        second = AgentPages(await self.page.context.new_page(), self.web)
        await second.page.goto(self.web)
        await second.wait("window.__hotline?.standing === 'elsewhere'")
        return second

    # Sound -----------------------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Begin to keep what the page hears, 8 kHz."""
        await self.page.evaluate(_LISTEN)

    async def heard(self) -> bytes:
        """Take what was kept, s16le."""
        return base64.b64decode(await self.page.evaluate(_TAKE))

    async def echo(self) -> None:
        """Send back what is heard instead of the microphone."""
        await self.page.evaluate(_ECHO)


@asynccontextmanager
async def agent_pages(browser: Browser, web: str) -> AsyncIterator[AgentPages]:
    """Pages of somebody who is not logged in yet; at the end the seat is left, so that the next one finds it free."""
    async with new_page(browser) as page:
        agent = AgentPages(page, web)
        try:
            yield agent
        finally:
            await agent.leave()
