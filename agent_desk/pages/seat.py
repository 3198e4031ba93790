"""The softphone bar: every key of it is one request to the switch."""

from dataclasses import dataclass, field
from typing import Any

from agent_desk.live.page import OpenPages
from agent_desk.live.shown import shown_call
from agent_desk.ports import Telephony
from runtime.web import Download, NotFound, Request, Route
from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo
from vocabulary.people import Principal, Role

AGENTS = frozenset({Role.AGENT, Role.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyBody:
    """The wish to take calls, or why not."""

    ready: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferBody:
    """Which offer."""

    offer: OfferId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBody:
    """Which call."""

    call: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBody:
    """The page's SDP offer with all its candidates."""

    offer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReply:
    """The answer of media."""

    answer_sdp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCallBody:
    """Which dialogue the simulated caller brings."""

    __test__ = False
    dialogue: str


def _post(path: str, handler: object, summary: str, /, *, request: object = None, reply: object = None) -> Route:
    return Route(
        method="POST",
        path=path,
        handler=handler,  # type: ignore[arg-type]  # each handler fits its own request type
        roles=AGENTS,
        summary=summary,
        request=request,
        reply=reply,
        query={"page": "Name of the page that asks; refused as elsewhere when another page of the seat is active"},
    )


class SeatPages:
    """Handlers of one's own seat."""

    def __init__(self, *, telephony: Telephony, microphone: bytes | None, pages: OpenPages) -> None:
        self._telephony = telephony
        self._pages = pages
        self._microphone = microphone

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        return (
            _post("/api/seat/sign-in", self.sign_in, "Take one's seat", reply=SeatSnapshot),
            _post("/api/seat/sign-out", self.sign_out, "Leave the seat"),
            _post("/api/seat/ready", self.ready, "Ready, or NotReady", request=ReadyBody, reply=SeatSnapshot),
            _post("/api/seat/answer", self.answer, "Take the offered call", request=OfferBody, reply=CallSnapshot),
            _post("/api/seat/decline", self.decline, "Turn the offered call down", request=OfferBody),
            _post("/api/seat/hang-up", self.hang_up, "End the call", request=CallBody),
            _post("/api/seat/wrap-up-done", self.wrap_up_done, "After-call work is finished", reply=SeatSnapshot),
            _post("/api/seat/line", self.line, "Open the browser's line", request=LineBody, reply=LineReply),
            _post("/api/test-calls", self.test_call, "Let a simulated caller ring this seat", request=TestCallBody),
            Route(
                method="GET",
                path="/api/desk/mic",
                handler=self.microphone,
                roles=AGENTS,
                summary="A rendered voice for a page without microphone",
                reply=Download,
            ),
        )

    def _seat(self, request: Request[Any]) -> tuple[SeatNo, AccountId]:
        seat, agent = _seat(request.principal)
        if not self._pages.may_act(seat, request.query.get("page", "")):
            raise Refused("elsewhere", "此工号已在另一页面登录，请先在本页接管。")
        return seat, agent

    async def sign_in(self, request: Request[None]) -> SeatSnapshot:
        """Sign the person on at the seat of the account."""
        seat, agent = self._seat(request)
        who = request.principal
        return await self._telephony.sign_in(seat=seat, agent=agent, agent_name=who.name, skills=who.skills)

    async def sign_out(self, request: Request[None]) -> None:
        """Sign off."""
        seat, agent = self._seat(request)
        await self._telephony.sign_out(seat=seat, agent=agent)

    async def ready(self, request: Request[ReadyBody]) -> SeatSnapshot:
        """Pass the wish on; the switch decides the state."""
        seat, agent = self._seat(request)
        body = request.body
        return await self._telephony.ready(seat=seat, agent=agent, ready=body.ready, reason=body.reason)

    async def answer(self, request: Request[OfferBody]) -> CallSnapshot:
        """Take the call; Refused ``offer-over`` when the lease is over."""
        seat, agent = self._seat(request)
        return shown_call(await self._telephony.answer(seat=seat, agent=agent, offer=request.body.offer))

    async def decline(self, request: Request[OfferBody]) -> None:
        """Turn the call down."""
        seat, agent = self._seat(request)
        await self._telephony.decline(seat=seat, agent=agent, offer=request.body.offer)

    async def hang_up(self, request: Request[CallBody]) -> None:
        """End the call."""
        seat, agent = self._seat(request)
        await self._telephony.hang_up(seat=seat, agent=agent, call=request.body.call)

    async def wrap_up_done(self, request: Request[None]) -> SeatSnapshot:
        """End the after-call work."""
        seat, agent = self._seat(request)
        return await self._telephony.wrap_up_done(seat=seat, agent=agent)

    async def line(self, request: Request[LineBody]) -> LineReply:
        """Carry the page's offer to media and its answer back."""
        seat, agent = self._seat(request)
        answer = await self._telephony.line(seat=seat, agent=agent, offer_sdp=request.body.offer_sdp)
        return LineReply(answer_sdp=answer)

    async def test_call(self, request: Request[TestCallBody]) -> None:
        """Ask the test callers to dial; this seat rings first."""
        seat, _ = self._seat(request)
        await self._telephony.test_call(dialogue=request.body.dialogue, seat=seat)

    async def microphone(self, request: Request[None]) -> Download:
        """Answer with the rendered voice; NotFound outside demonstrations, where nothing talks for a person."""
        _seat(request.principal)
        if self._microphone is None:
            raise NotFound("只有演示中才有合成语音，请接好耳麦")
        return Download(content_type="audio/wav", body=self._microphone)


def _seat(who: Principal) -> tuple[SeatNo, AccountId]:
    if who.seat is None:
        raise Refused("no-seat", "这个账号没有工号，不能接听电话")
    return who.seat, who.account
