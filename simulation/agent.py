"""The simulated agent: logs in, opens a line, answers, talks, sends the order, hangs up; by the browser's API alone."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

import aiohttp

from agent_desk import messages, replies
from runtime.background import Nursery, nursery
from runtime.telemetry import get_logger
from simulation.agent_line import AgentLine
from simulation.agent_talk import ScriptedTalk, Workplace
from simulation.desk_client import DeskClient, LiveHeard, log_in
from telephony import testcalls
from vocabulary.calls import CallPhase, CallSnapshot, SeatSnapshot, SeatState
from vocabulary.ids import CallId, ContactId, OfferId
from vocabulary.personal import PhoneNumber

_log = get_logger(__name__)
_ANSWER_AFTER_S = 1.0
_AGAIN_S = 1.0
_DOUBT_S = 4.0
"""So long the switch may say "no line" while our peer believes in one; media that died takes a peer half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """Where the desk is, who logs in, and what is said."""

    desk_url: str
    login: str
    password: str = field(repr=False)
    dialogues: str
    """Folder of ``city/dialogues``."""
    voices: str
    """Folder of ``city/voices``."""
    generic: tuple[str, ...] = ("water-outage/01-agent.wav", "silent-caller/05-agent.wav")
    """What is said to a caller of no dialogue: first words, then farewell; paths below ``voices``."""
    transcript_s: float = 25.0
    """How long the order waits for the words of the talk."""


async def run_simulated_agent(config: AgentConfig) -> None:
    """Work until cancelled; a desk that goes away is visited again each second."""
    agent = SimulatedAgent(config)
    try:
        while True:
            try:
                async with log_in(config.desk_url, login=config.login, password=config.password) as desk:
                    await agent.work(desk)
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                _log.warning("the desk went away", cause=type(error).__name__)
            await asyncio.sleep(_AGAIN_S)
    finally:
        await agent.line.close()


class SimulatedAgent:
    """One seat's agent. What is under way survives a desk that restarts."""

    def __init__(self, config: AgentConfig) -> None:
        self.line = AgentLine()
        self._config = config
        self._dialogues = testcalls.read_dialogues(Path(config.dialogues))
        self._place: Workplace | None = None
        self._callers: dict[ContactId, str] = {}
        self._talk: ScriptedTalk | None = None
        self._said_ready = False
        self._line_served = True
        self._opening = asyncio.Lock()

    async def work(self, desk: DeskClient) -> None:
        """Sit down and serve one stretch of the live feed."""
        await self._sit_down(desk)
        async with nursery() as tasks:
            tasks.start(self._doubt_line(desk))
            if self._talk is not None:
                self._begin(self._talk.contact, self._talk.call, tasks)
            async for heard in desk.live():
                await self._take(desk, heard, tasks)

    async def _sit_down(self, desk: DeskClient) -> None:
        setup = (await desk.get("/api/desk/setup")).read(replies.DeskSetup)
        self._place = Workplace.of(desk, setup, line=self.line, voices=Path(self._config.voices))
        seat = await desk.post("/api/seat/sign-in")
        if not seat.ok:
            raise ConnectionError(f"sign-in was refused with status {seat.status}")
        await self._open_line(desk)
        await desk.post("/api/seat/ready", {"ready": True, "reason": ""})
        if not self._said_ready:
            self._said_ready = True
            sys.stdout.write('ready {"agent": true}\n')
            sys.stdout.flush()

    async def _doubt_line(self, desk: DeskClient) -> None:
        """Open the line anew when the switch has none of ours, whatever the peer believes."""
        while True:
            await asyncio.sleep(_DOUBT_S / 4)
            if not self._line_served and time.monotonic() - self.line.opened_at > _DOUBT_S:
                _log.warning("the switch has no line of ours; it is opened anew")
                await self._open_line(desk, anew=True)

    async def _open_line(self, desk: DeskClient, *, anew: bool = False) -> None:
        async with self._opening:
            if anew or not self.line.connected:
                await self._connect_line(desk)

    async def _connect_line(self, desk: DeskClient) -> None:
        answer = await desk.post("/api/seat/line", {"offer_sdp": await self.line.offer()})
        if not answer.ok:
            raise ConnectionError(f"the line was refused with status {answer.status}")
        await self.line.accept(answer.read(replies.LineReply).answer_sdp)

    async def _take(self, desk: DeskClient, heard: LiveHeard, tasks: Nursery) -> None:
        said, contact = heard.said, heard.contact
        match said:
            case messages.LiveOffer():
                self._callers[said.data.contact] = said.data.caller_masked
                tasks.start(_answer(desk, said.data.offer))
            case messages.LiveConnected():
                if said.data.contact is not None:
                    self._begin(said.data.contact, said.data.call, tasks)
            case messages.LiveSnapshot():
                self._resume(said.data.seat, said.data.call, tasks)
            case messages.LiveSeat():
                await self._seat(desk, said.data)
            case messages.LiveEnded() | messages.LiveFinal() | messages.LiveDraft() | messages.LiveSuggestions():
                if self._talk is not None and self._talk.contact == contact:
                    self._talk.take(said)
            case (
                messages.LiveCall() | messages.LiveOfferEnded() | messages.LiveSpeechStarted()
                | messages.LiveSpeechEnded() | messages.LivePartial() | messages.LiveTranscriptClosed()
                | messages.LiveRecogniser() | messages.LiveOrder() | messages.LivePage() | messages.LivePing()
            ):  # fmt: skip
                pass  # nothing that this agent acts on
            case _:
                assert_never(said)

    def _resume(self, seat: SeatSnapshot | None, call: CallSnapshot | None, tasks: Nursery) -> None:
        self._line_served = seat is None or seat.line_connected
        if call is not None and call.connected_at is not None and call.phase is CallPhase.TALKING:
            self._callers.setdefault(call.contact, call.caller.masked())
            self._begin(call.contact, call.call, tasks)

    def _begin(self, contact: ContactId, call: CallId, tasks: Nursery) -> None:
        if self._place is None:
            return
        talk = self._talk
        if talk is None or talk.contact != contact:
            talk = self._talk = ScriptedTalk(
                contact=contact,
                call=call,
                dialogue=self._dialogue_of(contact),
                generic=self._config.generic,
                transcript_s=self._config.transcript_s,
            )
        if not talk.running and not talk.finished:
            tasks.start(talk.run(self._place))

    def _dialogue_of(self, contact: ContactId) -> testcalls.Dialogue | None:
        caller = self._callers.pop(contact, "")
        masked = {PhoneNumber(dialogue.caller.phone).masked(): dialogue for dialogue in self._dialogues.values()}
        return masked.get(caller)

    async def _seat(self, desk: DeskClient, seat: SeatSnapshot) -> None:
        self._line_served = seat.line_connected
        if seat.state is SeatState.NOT_READY and seat.reason != "break":
            await self._open_line(desk)
            await desk.post("/api/seat/ready", {"ready": True, "reason": ""})
        elif seat.state is SeatState.WRAP and (self._talk is None or self._talk.finished):
            await desk.post("/api/seat/wrap-up-done")


async def _answer(desk: DeskClient, offer: OfferId) -> None:
    await asyncio.sleep(_ANSWER_AFTER_S)
    answer = await desk.post("/api/seat/answer", {"offer": offer})
    if not answer.ok:
        _log.info("an offer was gone before it was answered", status=answer.status)
