"""The softphone bar: every key of it is one request to the switch."""

from dataclasses import dataclass, field
from typing import Annotated

from agent_desk.live.page import OpenPages
from agent_desk.live.shown import shown_call
from agent_desk.ports import Telephony
from runtime.codec import Meta
from runtime.web import Download, NotFound, Request, Route, get, post
from vocabulary.desk_requests import (
    SeatAnswer,
    SeatDecline,
    SeatDone,
    SeatHangUp,
    SeatHold,
    SeatReady,
    SeatResume,
    SeatSignIn,
    SeatSignOut,
    SeatVerb,
    SeatWrapUpDone,
)
from vocabulary.errors import Refused
from vocabulary.ids import AccountId, CallId, OfferId, SeatNo
from vocabulary.people import Principal, Role

AGENTS = frozenset({Role.AGENT, Role.ADMIN})
_PAGE = "Name of the page that asks; refused as elsewhere when another page of the seat is active"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPage:
    """Which page asks."""

    page: Annotated[str, Meta(description=_PAGE)] = ""


class SeatPages:
    """Handlers of one's own seat."""

    def __init__(self, *, telephony: Telephony, microphone: bytes | None, pages: OpenPages) -> None:
        self._telephony = telephony
        self._pages = pages
        self._microphone = microphone

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        return (
            *self._keys(),
            post("/api/seat/line", self.line, AGENTS, "Open the browser's line"),
            post("/api/test-calls", self.test_call, AGENTS, "Let a simulated caller ring this seat"),
            get("/api/desk/mic", self.microphone, AGENTS, "A rendered voice for a page without microphone"),
        )

    def _keys(self) -> tuple[Route, ...]:
        return (
            post("/api/seat/sign-in", self.sign_in, AGENTS, "Take one's seat"),
            post("/api/seat/sign-out", self.sign_out, AGENTS, "Leave the seat"),
            post("/api/seat/ready", self.ready, AGENTS, "Ready, or NotReady"),
            post("/api/seat/answer", self.answer, AGENTS, "Take the offered call"),
            post("/api/seat/decline", self.decline, AGENTS, "Turn the offered call down"),
            post("/api/seat/hold", self.hold, AGENTS, "Put the caller on hold"),
            post("/api/seat/resume", self.resume, AGENTS, "Take the caller back from hold"),
            post("/api/seat/hang-up", self.hang_up, AGENTS, "End the call"),
            post("/api/seat/wrap-up-done", self.wrap_up_done, AGENTS, "After-call work is finished"),
        )

    async def sign_in(self, request: Request[None], *, query: OfPage) -> SeatDone:
        """Take the seat of the account."""
        seat, agent = self._seat(request.principal, query)
        who = request.principal
        return await self._done(SeatSignIn(seat=seat, agent=agent, agent_name=who.name, skills=who.skills))

    async def sign_out(self, request: Request[None], *, query: OfPage) -> SeatDone:
        """Leave it."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatSignOut(seat=seat, agent=agent))

    async def ready(self, request: Request[ReadyBody], *, query: OfPage) -> SeatDone:
        """Say that calls may come, or why not."""
        seat, agent = self._seat(request.principal, query)
        body = request.body
        return await self._done(SeatReady(seat=seat, agent=agent, ready=body.ready, reason=body.reason))

    async def answer(self, request: Request[OfferBody], *, query: OfPage) -> SeatDone:
        """Take an offered call."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatAnswer(seat=seat, agent=agent, offer=request.body.offer))

    async def decline(self, request: Request[OfferBody], *, query: OfPage) -> SeatDone:
        """Turn an offered call down."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatDecline(seat=seat, agent=agent, offer=request.body.offer))

    async def hold(self, request: Request[CallBody], *, query: OfPage) -> SeatDone:
        """Put the caller on hold."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatHold(seat=seat, agent=agent, call=request.body.call))

    async def resume(self, request: Request[CallBody], *, query: OfPage) -> SeatDone:
        """Take the caller back."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatResume(seat=seat, agent=agent, call=request.body.call))

    async def hang_up(self, request: Request[CallBody], *, query: OfPage) -> SeatDone:
        """End a call."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatHangUp(seat=seat, agent=agent, call=request.body.call))

    async def wrap_up_done(self, request: Request[None], *, query: OfPage) -> SeatDone:
        """Finish the after-call work."""
        seat, agent = self._seat(request.principal, query)
        return await self._done(SeatWrapUpDone(seat=seat, agent=agent))

    def _seat(self, who: Principal, query: OfPage) -> tuple[SeatNo, AccountId]:
        seat, agent = _seat(who)
        if not self._pages.may_act(seat, query.page):
            raise Refused("elsewhere", "此工号已在另一页面登录，请先在本页接管。")
        return seat, agent

    async def _done(self, verb: SeatVerb) -> SeatDone:
        """Give a verb to the switch, which alone decides; the caller is masked."""
        done = await self._telephony.act(verb)
        return SeatDone(seat=done.seat, call=shown_call(done.call) if done.call is not None else None)

    async def line(self, request: Request[LineBody], *, query: OfPage) -> LineReply:
        """Carry the page's offer to media and its answer back."""
        seat, agent = self._seat(request.principal, query)
        answer = await self._telephony.line(seat=seat, agent=agent, offer_sdp=request.body.offer_sdp)
        return LineReply(answer_sdp=answer)

    async def test_call(self, request: Request[TestCallBody], *, query: OfPage) -> None:
        """Ask the test callers to dial; this seat rings first."""
        seat, _ = self._seat(request.principal, query)
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
