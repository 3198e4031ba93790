"""The simulated agent at a small desk of the test: HTTP, WebSocket and a real line of media."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from runtime.background import background
from runtime.wav import write_wav
from simulation.agent import AgentConfig, run_simulated_agent
from telephony.media.webrtc import BrowserLine
from tests.telephony.media_room import noise, tone
from vocabulary.g711 import LINEAR_TO_ALAW, encode

SETUP = {
    "categories": [{"code": "020301", "kinds": ["help", "complaint"]}],
    "districts": [{"name": "望湖区", "streets": []}],
}


class SmallDesk:
    """Answers as the contract says and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.socket: web.WebSocketResponse | None = None
        self.line = BrowserLine(on_change=lambda _: None)
        self.refusals = 1
        self.fresh = asyncio.Event()

    async def post(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.path, body))
        self.fresh.set()
        if request.path == "/api/session":
            reply = web.json_response({"login": body["login"]})
            reply.set_cookie("hotline_session", "s")
            return reply
        if "hotline_session" not in request.cookies or request.headers.get("X-Requested-With") != "hotline":
            return web.json_response({}, status=401)
        if request.path == "/api/seat/line":
            return web.json_response({"answer_sdp": await self.line.answer(body["offer_sdp"])})
        if request.path.endswith("/order") and self.refusals:
            self.refusals -= 1
            return web.json_response({"fields": {"district": "请选择区县"}}, status=422)
        return web.json_response({"order_no": "202601050000011"})

    async def live(self, request: web.Request) -> web.WebSocketResponse:
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        await self.say("snapshot", {"call": None})
        self.fresh.set()
        async for _ in self.socket:
            pass
        return self.socket

    async def setup(self, _: web.Request) -> web.Response:
        return web.json_response(SETUP)

    async def say(self, kind: str, data: Any) -> None:
        assert self.socket is not None
        await self.socket.send_json({"epoch": "e", "n": 1, "kind": kind, "contact": "c1", "data": data})

    async def until(self, path: str, count: int = 1) -> Any:
        async with asyncio.timeout(20):
            while len(found := [body for asked, body in self.asked if asked == path]) < count:
                self.fresh.clear()
                await self.fresh.wait()
        return found[-1]

    async def speak(self, pcm: bytes) -> int:
        """Be the caller: send sound to the agent, 20 ms by 20 ms; return the loud frames heard meanwhile."""
        octets, loud = encode(pcm, LINEAR_TO_ALAW), 0
        for at in range(0, len(octets), 160):
            self.line.send(octets[at : at + 160].ljust(160, b"\xd5"))
            frame = self.line.incoming.take()
            loud += isinstance(frame, bytes) and len(set(frame)) > 20
            await asyncio.sleep(0.019)
        return loud


@asynccontextmanager
async def small_desk() -> AsyncIterator[tuple[SmallDesk, str]]:
    desk = SmallDesk()
    app = web.Application()
    app.router.add_get("/api/desk/setup", desk.setup)
    app.router.add_get("/api/desk/live", desk.live)
    app.router.add_post("/{tail:.*}", desk.post)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield desk, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await desk.line.close()
        await runner.cleanup()


def config(folder: Path, url: str) -> AgentConfig:
    for name in ("hello", "bye", "first"):
        write_wav(folder / f"{name}.wav", noise(0.4, len(name)))
    (folder / "one.json").write_text(
        '{"id": "one", "title": "t", "line": "12345", "kind": "求助", "caller": {"phone": "19900000107"}, "turns": ['
        '{"party": "AGENT", "text": "您好", "wav": "first.wav"}, {"party": "CALLER", "text": "停水", "wav": "x.wav"},'
        '{"party": "AGENT", "text": "好的", "wav": "bye.wav"}]}'
    )
    return AgentConfig(
        desk_url=url, login="agent", password="secret", dialogues=str(folder), voices=str(folder),
        generic=("hello.wav", "bye.wav"), transcript_s=8.0,
    )  # fmt: skip


@pytest.mark.paced
@pytest.mark.parametrize("caller", ["199****0107", "138****00"])
async def test_it_answers_talks_in_turn_sends_the_order_hangs_up_and_finishes(tmp_path: Path, caller: str) -> None:
    async with small_desk() as (desk, url), background(run_simulated_agent(config(tmp_path, url))):
        await desk.until("/api/seat/ready")
        while desk.socket is None:
            await asyncio.sleep(0.02)
        await desk.say("offer", {"offer": "o1", "call": "k1", "caller_masked": caller})
        offer = await desk.until("/api/seat/answer")
        await desk.say("connected", {"call": "k1", "offer": "o1"})
        greeted = await desk.speak(bytes(2 * 8000 * 2))
        interrupted = await desk.speak(tone(300, 1.0))
        answered = await desk.speak(bytes(2 * 8000 * 7))
        await desk.say("final", {"party": "CALLER", "start_ms": 10, "text": "小区停水两天了。"})
        await desk.say(
            "draft", {"fields": [{"name": "category", "value": "020301"}, {"name": "content", "value": "停水"}]}
        )
        pressing = asyncio.ensure_future(desk.speak(bytes(2 * 8000 * 9)))
        order = await desk.until("/api/contacts/c1/matters/c1/order", 2)
        hung_up = await desk.until("/api/seat/hang-up")
        await desk.say("ended", {"call": "k1"})
        await desk.until("/api/seat/wrap-up-done")
        pressing.cancel()

    assert offer == {"offer": "o1"}
    assert hung_up == {"call": "k1"}
    assert order["content"] == "停水"
    assert order["category"] == "020301"
    assert order["district"] == "望湖区"
    assert greeted >= 10
    assert interrupted == 0
    assert answered >= 10
