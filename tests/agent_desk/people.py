"""Events of a call as the desk hears them, and neighbours that implement its ports."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

from agent_desk import (
    Accounts,
    AgentDesk,
    CategoryGuess,
    City,
    DeskChoices,
    DeskNeeds,
    Leaf,
    PlaceName,
    replies,
)
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.workers import Workers
from vocabulary.audio import Party
from vocabulary.calls import CallPhase, CallSnapshot, EndReason, SeatSnapshot, SeatState, SeatTimes
from vocabulary.desk_requests import (
    RecordingStretch,
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
from vocabulary.errors import Refused, Transient
from vocabulary.events.asr import UtteranceFinalised
from vocabulary.events.telephony import (
    CallAccepted,
    CallConnected,
    CallEnded,
    CallOffered,
    CallRecorded,
    LegJoined,
    LegLeft,
)
from vocabulary.ids import AccountId, CallId, CategoryCode, ContactId, EntryCode, EventId, LegId, OfferId, SeatNo
from vocabulary.orders import OrderBrief, OrderRequest, RequestKind, Stage
from vocabulary.people import Principal
from vocabulary.personal import PhoneNumber
from vocabulary.requesters import Requester
from vocabulary.speech import Utterance
from vocabulary.suggestions import Band, Suggestion, Suggestions

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CALLER = "19900000101"
SEAT = SeatNo("007")
AGENT_ID = AccountId(UUID(int=100))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCall:
    """One call; its events share ids and instants, as those of one switch do."""

    caller: str = CALLER
    seat: SeatNo | None = SEAT
    agent: AccountId = AGENT_ID
    start: datetime = NOW
    contact: ContactId = field(default_factory=lambda: ContactId(new_id()))
    call: CallId = field(default_factory=lambda: CallId(new_id()))
    leg: LegId = field(default_factory=lambda: LegId(new_id()))
    agent_leg: LegId = field(default_factory=lambda: LegId(new_id()))
    offer: OfferId = field(default_factory=lambda: OfferId(new_id()))

    def _at(self, seconds: float) -> dict[str, Any]:
        at = self.start + timedelta(seconds=seconds)
        return {"event_id": EventId(new_id()), "occurred_at": at, "contact": self.contact, "call": self.call}

    def accepted(self) -> CallAccepted:
        return CallAccepted(
            **self._at(0.1), caller=PhoneNumber(self.caller), dialled="12345", line_name="政务热线", user_agent="x",
            host="h", invite_at=self.start, caller_leg=self.leg,
        )  # fmt: skip

    def offered(self) -> CallOffered:
        assert self.seat is not None
        return CallOffered(
            **self._at(6), offer=self.offer, seat=self.seat, agent=self.agent, caller=PhoneNumber(self.caller),
            expires_at=self.start + timedelta(seconds=12), dialled="12345", line_name="政务热线",
            queued_at=self.start + timedelta(seconds=5), invite_at=self.start,
        )  # fmt: skip

    def connected(self, after_s: float = 9) -> CallConnected:
        assert self.seat is not None
        return CallConnected(
            **self._at(after_s), offer=self.offer, seat=self.seat, agent=self.agent, invite_at=self.start,
            accepted_at=self.start + timedelta(seconds=0.1), queued_at=self.start + timedelta(seconds=5), at_ms=8900,
            agent_leg=self.agent_leg,
        )  # fmt: skip

    def joined(self, after_s: float = 8.9, *, seat: SeatNo | None = None, leg: LegId | None = None) -> LegJoined:
        """The agent's leg, or that of another seat."""
        return LegJoined(
            **self._at(after_s), leg=leg or self.agent_leg, party=Party.AGENT, seat=seat or self.seat, agent=self.agent,
            at_ms=int(after_s * 1000),
        )  # fmt: skip

    def left(self, after_s: float = 60, *, seat: SeatNo | None = None, leg: LegId | None = None) -> LegLeft:
        return LegLeft(
            **self._at(after_s), leg=leg or self.agent_leg, party=Party.AGENT, seat=seat or self.seat, agent=self.agent,
            joined_at=self.start,
        )  # fmt: skip

    def ended(
        self, after_s: float = 69, *, connected_s: float | None = 9, reason: EndReason = EndReason.CALLER_HUNG_UP
    ) -> CallEnded:
        return CallEnded(
            **self._at(after_s), reason=reason, q850=16, caller=PhoneNumber(self.caller), dialled="12345",
            line_name="政务热线", queue="general", invite_at=self.start,
            accepted_at=self.start + timedelta(seconds=0.1), queued_at=self.start + timedelta(seconds=5),
            offered_at=(), first_audio_at=None,
            connected_at=self.start + timedelta(seconds=connected_s) if connected_s is not None else None,
        )  # fmt: skip

    def abandoned(self, after_s: float = 20, reason: EndReason = EndReason.ABANDONED) -> CallEnded:
        return self.ended(after_s, connected_s=None, reason=reason)

    def recorded(self, samples: int = 80_000) -> CallRecorded:
        return CallRecorded(**self._at(70), host="h1", name="rec.wav", sha256="0" * 64, samples=samples)

    def heard(self, text: str, at_ms: int = 2000, party: Party = Party.CALLER) -> UtteranceFinalised:
        spoken = Utterance(
            contact=self.contact, call=self.call, leg=self.leg, party=party, start_ms=at_ms, end_ms=at_ms + 900,
            text=text, engine="scripted",
        )  # fmt: skip
        return UtteranceFinalised(
            event_id=EventId(new_id()), occurred_at=self.start + timedelta(milliseconds=at_ms), contact=self.contact,
            leg=self.leg, utterance=spoken,
        )  # fmt: skip

    def snapshot(self, revision: int = 5, phase: CallPhase = CallPhase.TALKING) -> CallSnapshot:
        return CallSnapshot(
            call=self.call, contact=self.contact, phase=phase, caller=PhoneNumber(self.caller), dialled="12345",
            line_name="政务热线", queue="general", accepted_at=self.start, revision=revision, invite_at=self.start,
            connected_at=self.start if phase is CallPhase.TALKING else None, seat=self.seat, offer=self.offer,
        )  # fmt: skip


def seat_of(call: CallId | None = None, *, state: SeatState = SeatState.READY, revision: int = 1) -> SeatSnapshot:
    return SeatSnapshot(
        seat=SEAT, agent=AGENT_ID, agent_name="钱工", state=state, reason="", since=NOW, revision=revision, call=call
    )


class ToySwitch:
    """The port Telephony: remembers wishes, plays a recording of counted samples. ``away`` makes it unreachable."""

    def __init__(self) -> None:
        self.away = False
        self.wishes: list[tuple[str, object]] = []
        self.verbs: list[SeatVerb] = []
        self.seats_now: tuple[SeatSnapshot, ...] = ()
        self.calls_now: tuple[CallSnapshot, ...] = ()
        self.answerable: dict[OfferId, CallSnapshot] = {}
        self.recorded_frames = 80_000
        self.reads: list[tuple[int, int]] = []
        self.on_read: list[Any] = []

    def _wish(self, name: str, what: object = None) -> None:
        if self.away:
            raise Transient("交换机暂时没有回应")
        self.wishes.append((name, what))

    async def act(self, verb: SeatVerb, /) -> SeatDone:
        self.verbs.append(verb)
        match verb:
            case SeatSignIn():
                self._wish("sign-in", (verb.seat, verb.agent, verb.agent_name, verb.skills))
            case SeatSignOut():
                self._wish("sign-out", verb.seat)
            case SeatReady():
                self._wish("ready", (verb.ready, verb.reason))
                return SeatDone(seat=seat_of(state=SeatState.READY if verb.ready else SeatState.NOT_READY))
            case SeatAnswer():
                self._wish("answer", verb.offer)
                if verb.offer not in self.answerable:
                    raise Refused("offer-over", "来电已转给他人")
                return SeatDone(seat=seat_of(), call=self.answerable[verb.offer])
            case SeatDecline():
                self._wish("decline", verb.offer)
            case SeatHangUp() | SeatHold() | SeatResume():
                self._wish(re.sub("(?<=[a-z])(?=[A-Z])", "-", type(verb).__name__[4:]).lower(), verb.call)
                return SeatDone(seat=seat_of(state=SeatState.HOLD if isinstance(verb, SeatHold) else SeatState.TALKING))
            case SeatWrapUpDone():
                self._wish("wrap-up-done", verb.seat)
            case _:
                assert_never(verb)
        return SeatDone(seat=seat_of())

    async def line(self, *, seat: SeatNo, agent: AccountId, offer_sdp: str) -> str:
        self._wish("line", offer_sdp)
        return "v=0 answer"

    async def seats(self) -> tuple[SeatSnapshot, ...]:
        self._wish("seats")
        return self.seats_now

    async def calls(self) -> tuple[CallSnapshot, ...]:
        self._wish("calls")
        return self.calls_now

    async def recording(self, *, host: str, name: str, first_sample: int, samples: int) -> RecordingStretch:
        self._wish("recording", (host, name))
        for look in self.on_read:
            await look()
        self.reads.append((first_sample, samples))
        end = min(first_sample + samples, self.recorded_frames)
        frames = [frame % 256 for frame in range(first_sample, end)]
        return RecordingStretch(
            first_sample=first_sample, pcm=b"".join(bytes((f, 0, f, 0)) for f in frames),
            total_samples=self.recorded_frames,
        )  # fmt: skip

    async def test_call(self, *, dialogue: str, seat: SeatNo | None) -> None:
        self._wish("test-call", (dialogue, seat))


class WordKnowledge:
    """The port Knowledge: 停水 finds one entry and one category, anything else nothing."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.forgotten: list[ContactId] = []
        self.away = False
        self.refused = 0

    async def suggest(
        self, utterances: Sequence[Utterance], /, *, contact: ContactId, partial: str, revision: int
    ) -> Suggestions:
        if self.away:
            self.refused += 1
            raise Transient("知识库暂时不可用")
        text = "".join(heard.text for heard in utterances) + partial
        self.asked.append(text)
        if "停水" not in text:
            return Suggestions(items=(), reason="没有合适的条目", revision=revision)
        item = Suggestion(
            entry=EntryCode("E001"), version=3, title="停水", answer="请等候通知", category=CategoryCode("0201"),
            band=Band.STRONG, score=9.0, matched=("停水",), why="诉求人说到停水",
        )  # fmt: skip
        return Suggestions(items=(item,), reason="", revision=revision)

    async def category_guesses(self, text: str, /) -> tuple[CategoryGuess, ...]:
        found = CategoryGuess(category=CategoryCode("0201"), confidence=0.8, matched=("停水",))
        return (found,) if "停水" in text else ()

    async def syllables(self, text: str, /) -> tuple[str, ...]:
        return tuple(text)

    async def has_entry(self, code: EntryCode, /, *, version: int) -> bool:
        return (code, version) == ("E001", 3)

    async def forget(self, contact: ContactId, /) -> None:
        self.forgotten.append(contact)


class KeptOrders:
    """The port Orders: orders in memory."""

    def __init__(self) -> None:
        self.made: list[tuple[OrderRequest, OrderBrief]] = []
        self.hands: AccountId | None = None

    async def accept(self, request: OrderRequest, /, *, principal: Principal) -> OrderBrief:
        if any(old.matter == request.matter for old, _ in self.made):
            raise Refused("already-accepted", "这件诉求已生成工单")
        made = OrderBrief(
            order_no=f"20261123{len(self.made) + 1:06d}0", contact=request.contact, matter=request.matter, kind=RequestKind(request.kind),  # type: ignore[arg-type] # no check digit needed
            category=request.category, category_name="停水", title=request.title, district=request.district,
            stage=Stage.DISPATCH, unit=None, unit_name="", created_at=NOW, due_at=None, closed_at=None,
        )  # fmt: skip
        self.made.append((request, made))
        return made

    async def of_contacts(self, contacts: Sequence[ContactId], /) -> tuple[OrderBrief, ...]:
        return tuple(brief for contact in contacts for request, brief in self.made if request.contact == contact)

    async def of_requester(self, requester: Requester, /, *, open_only: bool) -> tuple[OrderBrief, ...]:
        number = requester.number
        return tuple(brief for request, brief in self.made if number and request.callback_phone == number)

    async def in_hands(self, contact: ContactId, /, *, account: AccountId) -> bool:
        return any(request.contact == contact and account == self.hands for request, _ in self.made)


@dataclass(slots=True, kw_only=True)
class Desk:
    """A desk with its neighbours."""

    room: AgentDesk
    switch: ToySwitch
    knowledge: WordKnowledge
    orders: KeptOrders


def desk_over(database: Database, *, bus: Bus, clock: Clock, workers: Workers) -> Desk:
    switch, knowledge = ToySwitch(), WordKnowledge()
    district = PlaceName(name="云山区", district="云山区", syllables=tuple("云山区"))
    road = PlaceName(name="长青路", district="云山区", syllables=tuple("长青路"))
    room = AgentDesk(
        DeskNeeds(
            database=database, bus=bus, clock=clock, telephony=switch, knowledge=knowledge, microphone=b"RIFFvoice",
            accounts=Accounts(database=database, workers=workers, clock=clock),
            city=City(gazetteer=(district, road), leaves={CategoryCode("0201"): Leaf(name="停水", kinds=frozenset(RequestKind))}),
            choices=DeskChoices(
                city=replies.CityInfo(name="云山市", short_name="云山", zone="Asia/Shanghai"), categories=(), districts=(),
                dialogues=(),
                seat_times=lambda: SeatTimes(wrap_up_s=10.0, hold_reminder_s=45.0),
            ),
        )
    )  # fmt: skip
    return Desk(room=room, switch=switch, knowledge=knowledge, orders=KeptOrders())
