"""The softphone bar: every key of it is one request to the switch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from agent_desk.live.page import OpenPages
from agent_desk.live.shown import shown_call
from agent_desk.ports import Telephony
from runtime.web import Download, NotFound, Request, Route
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
    SeatVerbInCall,
    SeatWrapUpDone,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One verb of the page: its path below /api/seat, the type of its body, and the verb made of both."""

    name: str
    summary: str
    verb: Callable[[Principal, SeatNo, Any], SeatVerb]
    body: type[Any] | None = None


def _signed_in(who: Principal, seat: SeatNo, _: object) -> SeatVerb:
    return SeatSignIn(seat=seat, agent=who.account, agent_name=who.name, skills=who.skills)


def _ready(who: Principal, seat: SeatNo, body: ReadyBody) -> SeatVerb:
    return SeatReady(seat=seat, agent=who.account, ready=body.ready, reason=body.reason)


def _of(kind: type[SeatSignOut | SeatWrapUpDone]) -> Callable[[Principal, SeatNo, object], SeatVerb]:
    return lambda who, seat, _: kind(seat=seat, agent=who.account)


def _of_offer(kind: type[SeatAnswer | SeatDecline]) -> Callable[[Principal, SeatNo, OfferBody], SeatVerb]:
    return lambda who, seat, body: kind(seat=seat, agent=who.account, offer=body.offer)


def _of_call(kind: type[SeatVerbInCall]) -> Callable[[Principal, SeatNo, CallBody], SeatVerb]:
    return lambda who, seat, body: kind(seat=seat, agent=who.account, call=body.call)


KEYS = (
    Key(name="sign-in", summary="Take one's seat", verb=_signed_in),
    Key(name="sign-out", summary="Leave the seat", verb=_of(SeatSignOut)),
    Key(name="ready", summary="Ready, or NotReady", verb=_ready, body=ReadyBody),
    Key(name="answer", summary="Take the offered call", verb=_of_offer(SeatAnswer), body=OfferBody),
    Key(name="decline", summary="Turn the offered call down", verb=_of_offer(SeatDecline), body=OfferBody),
    Key(name="hold", summary="Put the caller on hold", verb=_of_call(SeatHold), body=CallBody),
    Key(name="resume", summary="Take the caller back from hold", verb=_of_call(SeatResume), body=CallBody),
    Key(name="hang-up", summary="End the call", verb=_of_call(SeatHangUp), body=CallBody),
    Key(name="wrap-up-done", summary="After-call work is finished", verb=_of(SeatWrapUpDone)),
)
_PAGE = {"page": "Name of the page that asks; refused as elsewhere when another page of the seat is active"}


def _post(path: str, handler: object, summary: str, /, *, request: object = None, reply: object = None) -> Route:
    return Route(
        method="POST",
        path=path,
        handler=handler,  # type: ignore[arg-type]  # each handler fits its own request type
        roles=AGENTS,
        summary=summary,
        request=request,
        reply=reply,
        query=_PAGE,
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
            *(
                _post(f"/api/seat/{key.name}", self._pressed(key), key.summary, request=key.body, reply=SeatDone)
                for key in KEYS
            ),
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

    def _pressed(self, key: Key) -> Callable[[Request[Any]], Awaitable[SeatDone]]:
        """Return the handler of a key: the verb goes to the switch, which alone decides; the caller is masked."""

        async def handle(request: Request[Any]) -> SeatDone:
            seat, _ = self._seat(request)
            done = await self._telephony.act(key.verb(request.principal, seat, request.body))
            return SeatDone(seat=done.seat, call=shown_call(done.call) if done.call is not None else None)

        return handle

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
