"""A seat in a real Chromium, by the page and its keys alone; the microphone is a file."""

import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

CHROMIUM = shutil.which("chromium")
_KEEP_PEERS = """
  const Native = window.RTCPeerConnection;
  window.__peers = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...given) { super(...given); window.__peers.push(this) }
  };
"""
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


class DeskPage:
    """The visitor's seat."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def sit_down(self, url: str, *, login: str, password: str) -> None:
        """Log in, open the line, become Ready."""
        await self.page.goto(f"{url}/?rawmic=1")
        await self.page.fill("#login", login)
        await self.page.fill("#password", password)
        await self.page.keyboard.press("Enter")
        await self.wait("window.__hotline && window.__hotline.liveStatus === 'open'")
        if await self.page.evaluate("window.__hotline.seatState") == "offline":
            await self.page.keyboard.press("F10")
        await self.wait("window.__hotline.lineState === 'connected'")
        await self.wait("window.__hotline.seatState !== 'offline'")
        if await self.page.evaluate("window.__hotline.seatState") != "ready":
            await self.page.keyboard.press("F10")
        await self.ready()

    async def ready(self) -> None:
        """Wait until the seat may be called; a wrap-up is ended."""
        if await self.page.evaluate("window.__hotline.seatState") == "wrap":
            await self.page.keyboard.press("F10")
        await self.wait("window.__hotline.seatState === 'ready'")

    async def wait(self, condition: str, *, seconds: float = 30.0) -> None:
        """Wait for something the page says of itself."""
        await self.page.wait_for_function(condition, timeout=seconds * 1000)

    async def answer(self) -> None:
        """Take the ringing call by F2 and return when two people are connected."""
        await self.page.locator("button:enabled", has_text="F2").first.wait_for(timeout=30_000)
        await self.page.keyboard.press("F2")
        await self.wait("window.__hotline.seatState === 'talking'")

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
async def desk_page(microphone: Path) -> AsyncIterator[DeskPage]:
    """A page whose microphone plays a 16-bit PCM file again and again."""
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone.resolve()}",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    ]
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            context = await browser.new_context(permissions=["microphone"], bypass_csp=True, locale="zh-CN")
            await context.add_init_script(_KEEP_PEERS)
            yield DeskPage(await context.new_page())
        finally:
            await browser.close()
