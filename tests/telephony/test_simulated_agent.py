"""The simulated agent at a small desk of the test: HTTP, WebSocket and a real line of media."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from agent_desk import messages, replies
from agent_desk.live.feed import Numbered
from agent_desk.live.shown import shown_offer
from agent_desk.live.snapshot import DeskSnapshot
from runtime.background import background
from runtime.codec import MalformedMessage
from runtime.codec import encode as to_json
from runtime.wav import write_wav
from simulation.agent import AgentConfig, run_simulated_agent
from simulation.desk_client import live_heard
from telephony.media.webrtc import BrowserLine
from tests.agent_desk.people import AGENT_ID, NOW, SEAT, MadeCall
from tests.telephony.media_room import noise, tone
from vocabulary.calls import SeatTimes
from vocabulary.events.agent_desk import DraftProposed
from vocabulary.g711 import LINEAR_TO_ALAW, encode
from vocabulary.ids import CategoryCode, ContactId, EventId, MatterId, UnitCode, WorkOrderNo
from vocabulary.orders import Draftable, DraftField, OrderBrief, RequestKind, Stage
from vocabulary.people import Principal, Role

CODE = CategoryCode("020301")
SETUP = replies.DeskSetup(
    principal=Principal(account=AGENT_ID, login="agent", name="钱工", role=Role.AGENT, seat=SEAT),
    city=replies.CityInfo(name="云山市", short_name="云山", zone="Asia/Shanghai"),
    categories=[
        replies.CategoryChoice(
            code=CODE, path=("供水",), kinds=(RequestKind.HELP, RequestKind.COMPLAINT), unit=UnitCode("U001"),
            unit_name="市供水公司", limit_text="24小时",
        )
    ],
    districts=[replies.DistrictChoice(name="望湖区", streets=())],
    dialogues=[], not_ready_reasons=[], seat_times=SeatTimes(wrap_up_s=30.0, hold_reminder_s=45.0), recogniser=None, demo=True,
)  # fmt: skip
NOTHING = DeskSnapshot(seat=None, call=None, contact_view=None, seats=[], queue_waiting=0, recogniser=None)
SENT = OrderBrief(
    order_no=WorkOrderNo("202611230000010"), contact=ContactId(UUID(int=5)), matter=MatterId(UUID(int=5)),
    kind=RequestKind.HELP, category=CODE, category_name="停水", title="停水", district="望湖区", stage=Stage.DISPATCH,
    unit=None, unit_name="", created_at=NOW, due_at=None, closed_at=None,
)  # fmt: skip


def typed(value: object) -> web.Response:
    return web.Response(body=to_json(value), content_type="application/json")


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
            return typed(replies.LineReply(answer_sdp=await self.line.answer(body["offer_sdp"])))
        if request.path.endswith("/order") and self.refusals:
            self.refusals -= 1
            return web.json_response({"fields": {"district": "请选择区县"}}, status=422)
        return typed(SENT)

    async def live(self, request: web.Request) -> web.WebSocketResponse:
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        await self.say(messages.LiveSnapshot(data=NOTHING))
        self.fresh.set()
        async for _ in self.socket:
            pass
        return self.socket

    async def setup(self, _: web.Request) -> web.Response:
        return typed(SETUP)

    async def say(self, body: messages.LiveMessage, contact: ContactId | None = None) -> None:
        assert self.socket is not None
        place = messages.LiveNumber(epoch=UUID(int=1), n=1, contact=contact)
        await self.socket.send_str(Numbered(place=place, body=body).text())

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


def proposed(call: MadeCall) -> DraftProposed:
    fields = ((Draftable.CATEGORY, CODE), (Draftable.CONTENT, "停水"))
    return DraftProposed(
        event_id=EventId(UUID(int=2)), occurred_at=NOW, contact=call.contact, revision=1,
        fields=tuple(
            DraftField(name=name, value=value, source="", source_ms=0, confidence=1.0) for name, value in fields
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "weather", "data": {}}',
        '{"kind": "ended", "data": {"call": "k1"}}',
        '{"kind": "seat", "contact": null, "data": {"state": "sleeping"}}',
        "{}",
    ],
)
def test_a_message_that_no_desk_says_is_refused_by_its_kind_or_field(text: str) -> None:
    with pytest.raises(MalformedMessage):
        live_heard(text)


def test_every_live_message_is_read_as_the_class_that_was_sent() -> None:
    call = MadeCall()
    place = messages.LiveNumber(epoch=UUID(int=1), n=1, contact=call.contact)
    sent = (messages.LiveSnapshot(data=NOTHING), messages.LiveCall(data=call.snapshot()), messages.LivePing())
    heard = [live_heard(to_json(one).decode()).said for one in sent]
    numbered = live_heard(Numbered(place=place, body=messages.LiveConnected(data=call.connected())).text())

    assert [type(one) for one in heard] == [type(one) for one in sent]
    assert isinstance(numbered.said, messages.LiveConnected)
    assert numbered.contact == call.contact


@pytest.mark.paced
@pytest.mark.parametrize("caller", ["19900000107", "13800000000"])
async def test_it_answers_talks_in_turn_sends_the_order_hangs_up_and_finishes(tmp_path: Path, caller: str) -> None:
    call = MadeCall(caller=caller)
    async with small_desk() as (desk, url), background(run_simulated_agent(config(tmp_path, url))):
        await desk.until("/api/seat/ready")
        while desk.socket is None:
            await asyncio.sleep(0.02)
        await desk.say(messages.LiveOffer(data=shown_offer(call.offered(), contact=call.contact)), call.contact)
        offer = await desk.until("/api/seat/answer")
        await desk.say(messages.LiveConnected(data=call.connected()), call.contact)
        greeted = await desk.speak(bytes(2 * 8000 * 2))
        interrupted = await desk.speak(tone(300, 1.0))
        answered = await desk.speak(bytes(2 * 8000 * 7))
        await desk.say(messages.LiveFinal(data=call.heard("小区停水两天了。", 10).utterance), call.contact)
        await desk.say(messages.LiveDraft(data=proposed(call)), call.contact)
        pressing = asyncio.ensure_future(desk.speak(bytes(2 * 8000 * 9)))
        order = await desk.until(f"/api/contacts/{call.contact}/matters/{call.contact}/order", 2)
        hung_up = await desk.until("/api/seat/hang-up")
        await desk.say(messages.LiveEnded(data=call.ended()), call.contact)
        await desk.until("/api/seat/wrap-up-done")
        pressing.cancel()

    assert offer == {"offer": str(call.offer)}
    assert hung_up == {"call": str(call.call)}
    assert order["content"] == "停水"
    assert order["category"] == "020301"
    assert order["district"] == "望湖区"
    assert greeted >= 10
    assert interrupted == 0
    assert answered >= 10
