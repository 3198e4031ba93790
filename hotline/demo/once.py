"""One call through the whole house, checked stage by stage; each stage has a deadline."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from agent_desk import replies as of_desk
from analytics import replies as of_analytics
from asr import character_error_rate
from hotline.demo.progress import Progress
from hotline.demo.report import CallReport, FigureReport, RecordingReport, StageReport, TopicReport
from hotline.demo.running import RunningDemo
from hotline.demo.watch import StageMissing, Watch
from runtime.bus import open_bus
from simulation.desk_client import DeskClient, log_in
from telephony import TelephonyClient, testcalls
from vocabulary.audio import SAMPLE_RATE, Party
from vocabulary.calls import SeatState
from vocabulary.events.agent_desk import DraftProposed
from vocabulary.events.asr import TranscriptClosed, UtteranceFinalised
from vocabulary.events.knowledge import SuggestionsChanged
from vocabulary.events.telephony import CallAccepted, CallConnected, CallEnded, CallRecorded
from vocabulary.ids import ContactId
from vocabulary.orders import OrderBrief, Stage
from vocabulary.personal import PhoneNumber
from work_orders import OrderView

CALLER = PhoneNumber("19900009876")
SPEAKS_AFTER_S = 0.5
CONNECT_LIMIT_MS = 15_000
ORDER_STAGES = ("accept", "dispatch", "handle", "follow-up", "archive")
DIRECT_STAGES = ("accept", "handle", "archive")
POLL_S = 0.3
T = TypeVar("T")
F = TypeVar("F")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller says (8 kHz WAV) and, when known, the words of it."""

    audio: Path
    text: str | None


class OneCall:
    """Places exactly one call and follows it to the briefing."""

    def __init__(self, demo: RunningDemo, wish: Wish, /, *, progress: Progress) -> None:
        self.report = CallReport()
        self._demo = demo
        self._wish = wish
        self._progress = progress
        self._watch = Watch()
        self._contact: ContactId | None = None

    async def run(self) -> CallReport:
        """Return the report; ``missing`` names the first stage that did not come."""
        addresses, people = self._demo.addresses, self._demo.people
        try:
            async with AsyncExitStack() as stack:
                nats = addresses.nats
                bus = await stack.enter_async_context(
                    open_bus(url=nats.url, name="demo", user=nats.user, password=nats.password)
                )
                heard = await bus.subscribe(self._watch.hear, patterns=("fact.>", "live.>"))
                stack.push_async_callback(heard.aclose)
                analyst = await stack.enter_async_context(
                    log_in(addresses.web, login=people.analyst.login, password=people.analyst.password)
                )
                before = await _connected_total(analyst)
                await self._reach("seat", self._seat_ready(TelephonyClient(bus)))
                await self._talk()
                await self._written(analyst, before=before)
        except StageMissing as missing:
            self.report.missing = missing.stage
            self._progress.say(str(missing))
        return self.report

    async def _reach(self, name: str, work: Awaitable[Any]) -> Any:
        result = await work
        self.report.stages.append(name)
        self._progress.say(f"✓ {name}")
        return result

    async def _seat_ready(self, telephony: TelephonyClient) -> None:
        try:
            async with asyncio.timeout(60):
                while not any(
                    seat.state is SeatState.READY and seat.line_connected for seat in (await telephony.seats()).seats
                ):
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise StageMissing("seat", "no seat was Ready with a connected line within 60 s") from None

    async def _talk(self) -> None:
        host, _, port = self._demo.addresses.sip.rpartition(":")
        plan = testcalls.CallPlan(number="12345", to=(host, int(port)), caller=CALLER.reveal(), deadline_s=240)
        async with testcalls.open_phone(plan) as phone:
            accepted: CallAccepted = await self._reach("accepted", self._accepted())
            self._contact = accepted.contact
            self.report.call_id, self.report.user_agent = str(accepted.call), accepted.user_agent
            connected: CallConnected = await self._reach(
                "connected", self._of_call(CallConnected, "connected", seconds=60)
            )
            self.report.connected(connected)
            if (self.report.connected_ms or 0) > CONNECT_LIMIT_MS:
                raise StageMissing("connected", f"it took {self.report.connected_ms} ms from INVITE")
            await self._speak(phone)
            await self._reach("transcript", self._heard())
            await self._listen(phone)
        await self._reach("ended", self._of_call(CallEnded, "ended", seconds=60))

    async def _speak(self, phone: testcalls.PhoneLine) -> None:
        await asyncio.sleep(SPEAKS_AFTER_S)
        await phone.say(self._wish.audio)
        self._progress.say("来电人已说完")

    async def _listen(self, phone: testcalls.PhoneLine) -> None:
        try:
            async with asyncio.timeout(150):
                await phone.until(lambda: False)
        except TimeoutError:
            raise StageMissing("ended", "the agent did not end the call within 150 s") from None

    def _accepted(self) -> Awaitable[CallAccepted]:
        return self._watch.first(
            CallAccepted,
            stage="accepted",
            within=timedelta(seconds=10),
            where=lambda event: event.caller == CALLER,
        )

    def _of_call(self, kind: type[Any], stage: str, /, *, seconds: float, party: Party | None = None) -> Awaitable[Any]:
        return self._watch.first(
            kind,
            stage=stage,
            within=timedelta(seconds=seconds),
            where=lambda event: event.contact == self._contact and party in {None, getattr(event, "party", None)},
        )

    async def _heard(self) -> None:
        await self._watch.first(
            UtteranceFinalised,
            stage="transcript",
            within=timedelta(seconds=60),
            where=lambda event: event.contact == self._contact and event.utterance.party is Party.CALLER,
        )

    async def _written(self, analyst: DeskClient, /, *, before: int) -> None:
        for party in (Party.CALLER, Party.AGENT):
            await self._of_call(TranscriptClosed, "transcript-closed", seconds=60, party=party)
        self.report.stages.append("transcript-closed")
        finals = [event.utterance for event in self._watch.of(UtteranceFinalised, contact=self._contact)]
        self.report.heard(finals)
        if self._wish.text is not None:
            self.report.cer = round(character_error_rate(self._wish.text, self.report.caller_text), 4)
        await self._reach("suggestions", self._suggested())
        await self._reach("draft", self._drafted())
        await self._reach("recording", self._recorded())
        order = await self._reach("order", self._ordered(analyst))
        await self._reach("archived", self._archived(analyst, order))
        await self._reach("figure", self._counted(analyst, before=before))
        await self._reach("topic", self._topic(analyst, order))
        await self._reach("briefing", self._briefed(analyst))

    async def _suggested(self) -> None:
        event = await self._of_call(SuggestionsChanged, "suggestions", seconds=20)
        shown = [each for each in self._watch.of(SuggestionsChanged, contact=event.contact) if each.suggestions.items]
        latest = shown[-1] if shown else self._watch.of(SuggestionsChanged, contact=event.contact)[-1]
        self.report.suggested(latest.suggestions)

    async def _drafted(self) -> None:
        event = await self._of_call(DraftProposed, "draft", seconds=20)
        self.report.drafted(self._watch.of(DraftProposed, contact=event.contact)[-1].fields)

    async def _recorded(self) -> None:
        event: CallRecorded = await self._of_call(CallRecorded, "recording", seconds=30)
        path = self._demo.places.recordings / event.name
        self.report.recording = RecordingReport(
            path=str(path), sha256=event.sha256, seconds=round(event.samples / SAMPLE_RATE, 3)
        )

    async def _ordered(self, desk: DeskClient) -> OrderBrief:
        def sent(view: of_desk.ContactView) -> OrderBrief | None:
            return view.matters[0].order

        path = f"/api/contacts/{self._contact}"
        order = await self._polled(desk, path, of_desk.ContactView, "order", seconds=60, look=sent)
        self.report.order_no = order.order_no
        return order

    async def _archived(self, desk: DeskClient, order: OrderBrief) -> None:
        path = f"/api/orders/{order.order_no}"

        def archived(view: OrderView) -> OrderView | None:
            return view if view.brief.stage is Stage.ARCHIVE else None

        view = await self._polled(desk, path, OrderView, "archived", seconds=90, look=archived)
        self.report.order_stages = [
            StageReport(stage=line.stage, at=line.at, actor=line.actor_name) for line in view.stages
        ]
        reached = tuple(line.stage for line in self.report.order_stages)
        if reached not in {ORDER_STAGES, DIRECT_STAGES}:
            raise StageMissing("archived", f"the order went through {reached}")

    async def _counted(self, desk: DeskClient, /, *, before: int) -> None:
        path = "/api/analytics/figures/connected_total"

        def grown(view: of_analytics.FigureView) -> of_analytics.FigureView | None:
            return view if _count(view) > before else None

        view = await self._polled(desk, path, of_analytics.FigureView, "figure", seconds=30, look=grown)
        figure = view.figure
        self.report.figure = FigureReport(name=figure.name, before=before, after=_count(view), query=figure.query)

    async def _topic(self, desk: DeskClient, order: OrderBrief) -> None:
        def ours(topics: list[of_analytics.Topic]) -> of_analytics.Topic | None:
            numbers = {sample.order_no: topic for topic in topics for sample in topic.sample}
            return numbers.get(order.order_no)

        path = "/api/analytics/topics?origin=live&days=1"
        topic = await self._polled(desk, path, list[of_analytics.Topic], "topic", seconds=30, look=ours)
        self.report.topic = TopicReport(label=topic.label, terms=topic.terms, contacts=topic.contacts)

    async def _briefed(self, desk: DeskClient) -> None:
        made = await desk.post("/api/analytics/briefings", {"origin": "live", "days": 1})
        if not made.ok:
            raise StageMissing("briefing", f"the desk answered {made.status}")
        address = f"/api/analytics/briefings/{made.read(of_analytics.Issued).briefing}"
        page = await desk.text(address)
        links = re.findall(r'<a data-figure="([^"]+)" href="([^"]+)">([^<]+)</a>', page)
        for name, href, printed in links:
            answer = await desk.get(href)
            if not answer.ok or answer.read(of_analytics.FrozenView).text != printed:
                raise StageMissing("briefing", f"the link of {name} does not answer with {printed}")
        if not links:
            raise StageMissing("briefing", "the page has no number")
        self.report.briefing = f"{self._demo.addresses.web}{address}"

    async def _polled(
        self,
        desk: DeskClient,
        path: str,
        kind: type[T],
        stage: str,
        /,
        *,
        seconds: float,
        look: Callable[[T], F | None],
    ) -> F:
        """Ask again and again, and return what ``look`` finds in an answer; StageMissing after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    answer = await desk.get(path)
                    if answer.ok and (found := look(answer.read(kind))) is not None:
                        return found
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise StageMissing(stage, f"{path} did not show it within {seconds:g} s") from None


async def _connected_total(desk: DeskClient) -> int:
    answer = await desk.get("/api/analytics/figures/connected_total")
    if not answer.ok:
        raise StageMissing("desk", f"the analyst's figure answers {answer.status}")
    return _count(answer.read(of_analytics.FigureView))


def _count(view: of_analytics.FigureView) -> int:
    return round(view.figure.value or 0)
