"""One call of the simulated agent, from the first word to the order and the wrap-up."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from agent_desk import messages, replies
from runtime.background import nursery
from runtime.telemetry import get_logger
from simulation.agent_line import AgentLine
from simulation.agent_order import CategoryOffer, Heard, order_form
from simulation.desk_client import DeskClient
from telephony import testcalls
from vocabulary.audio import Party
from vocabulary.ids import CallId, ContactId
from vocabulary.orders import OrderBrief

_log = get_logger(__name__)
_TALK_S = 150.0
_STILL_S = 5.0
_SETTLED_S = 4.0
_POLL_S = 0.25
Taken = messages.LiveEnded | messages.LiveFinal | messages.LiveDraft | messages.LiveSuggestions
"""What a talk hears of the live messages."""
_NEEDED = {"category", "content"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """The desk, the line and the form's choices."""

    desk: DeskClient
    line: AgentLine
    voices: Path
    categories: tuple[CategoryOffer, ...]
    districts: tuple[str, ...]

    @classmethod
    def of(cls, desk: DeskClient, setup: replies.DeskSetup, /, *, line: AgentLine, voices: Path) -> "Workplace":
        """Read the desk's setup."""
        return cls(
            desk=desk,
            line=line,
            voices=voices,
            categories=tuple(CategoryOffer(code=each.code, kinds=each.kinds) for each in setup.categories),
            districts=tuple(each.name for each in setup.districts),
        )


class ScriptedTalk:
    """What is said, heard and sent in one call."""

    def __init__(
        self,
        *,
        contact: ContactId,
        call: CallId,
        dialogue: testcalls.Dialogue | None,
        generic: tuple[str, ...],
        transcript_s: float,
    ) -> None:
        self.contact, self.call = contact, call
        self.finished = False
        self.running = False
        self._dialogue, self._generic, self._transcript_s = dialogue, generic, transcript_s
        self._ended = asyncio.Event()
        self._finals: dict[int, str] = {}
        self._proposed: dict[str, str] = {}
        self._suggested: tuple[str, ...] = ()
        self._changed_at = time.monotonic()
        self._talked = False
        self._sent = False

    def take(self, said: Taken, /) -> None:
        """Note a live message about this contact."""
        match said:
            case messages.LiveEnded():
                self._ended.set()
            case messages.LiveFinal():
                if said.data.party is Party.CALLER:
                    self._finals[said.data.start_ms] = said.data.text
                    self._changed_at = time.monotonic()
            case messages.LiveDraft():
                self._proposed = {each.name.value: each.value for each in said.data.fields}
                self._changed_at = time.monotonic()
            case messages.LiveSuggestions():
                self._suggested = tuple(each.category for each in said.data.items if each.category)
            case _:
                assert_never(said)

    async def run(self, place: Workplace) -> None:
        """Talk, wait for the words, send the order, hang up, finish the wrap-up. Begun again, it goes on."""
        self.running = True
        try:
            await self._run(place)
        finally:
            self.running = False

    async def _run(self, place: Workplace) -> None:
        if not self._talked:
            await self._unless_ended(self._speak(place), seconds=_TALK_S)
            place.line.stop_speaking()
            self._talked = True
        if not self._sent:
            await self._settle()
            self._sent = await self._send(place)
        if not self._ended.is_set():
            await place.desk.post("/api/seat/hang-up", {"call": self.call})
            await self._unless_ended(asyncio.sleep(_STILL_S), seconds=_STILL_S)
        self.finished = True
        await place.desk.post("/api/seat/wrap-up-done")

    async def _speak(self, place: Workplace) -> None:
        line, heard = place.line, place.line.spoke_times
        if self._dialogue is not None:
            await testcalls.converse(
                self._dialogue.turns, party=Party.AGENT, listener=line, say=line.say, voices=place.voices
            )
            return
        await line.say(place.voices / self._generic[0])
        while line.speaking or line.spoke_times == heard or time.monotonic() - line.quiet_since < _STILL_S:
            await asyncio.sleep(_POLL_S)
        for name in self._generic[1:]:
            await line.say(place.voices / name)

    async def _settle(self) -> None:
        """Wait until the needed fields are proposed and no word has come for a while, or the deadline is over."""
        until = time.monotonic() + self._transcript_s
        silent = self._dialogue is not None and self._dialogue.kind is None
        while not silent and time.monotonic() < until:
            quiet = time.monotonic() - self._changed_at > _SETTLED_S
            if quiet and self._finals and self._proposed.keys() >= _NEEDED:
                return
            await asyncio.sleep(_POLL_S)

    async def _send(self, place: Workplace) -> bool:
        """Send the order; fields that the desk names are filled by rule and it is sent once more.

        A contact's first matter has the contact's id.
        """
        if not self._finals:
            _log.info("nothing was heard, no order is sent", contact=self.contact)
            return True
        heard = Heard(
            finals=tuple(text for _, text in sorted(self._finals.items())),
            proposed=self._proposed,
            suggested_categories=self._suggested,
            phone=self._dialogue.caller.phone if self._dialogue is not None else "",
        )
        named: frozenset[str] = frozenset()
        for _ in range(2):
            form = order_form(heard, categories=place.categories, districts=place.districts, named=named)
            answer = await place.desk.post(f"/api/contacts/{self.contact}/matters/{self.contact}/order", form)
            if answer.ok:
                _log.info("the order was sent", contact=self.contact, order=answer.read(OrderBrief).order_no)
                return True
            named = answer.wrong_fields()
            _log.warning("the order was refused", status=answer.status, fields=sorted(named))
            if answer.status >= 500:
                await asyncio.sleep(1.0)
        return False

    async def _unless_ended(self, work: Coroutine[Any, Any, None], *, seconds: float) -> None:
        async with nursery() as tasks:
            both = [tasks.start(work), tasks.start(self._ended.wait())]
            await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
