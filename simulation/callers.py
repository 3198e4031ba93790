"""The demonstration's callers: one after another, slower while the recogniser is late."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtime.bus import Bus
from telephony import TelephonyClient
from vocabulary.desk_requests import TestCallAsked
from vocabulary.errors import HotlineError
from vocabulary.events import Event
from vocabulary.events.asr import RecogniserStatus
from vocabulary.events.telephony import CallEnded

BETWEEN_S = 20.0
FIRST_AFTER_S = 3.0
LATE_MS = 6_000
LONGEST_CALL_S = 240.0


class Callers:
    """Asks for one dialogue at a time; the visitor's own "来一个电话" may bring a second call."""

    def __init__(self, bus: Bus, /, *, dialogues: Sequence[Mapping[str, Any]], say: Callable[[str], None]) -> None:
        self._bus = bus
        self._dialogues = dialogues
        self._say = say
        self._lag_ms = 0
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Go through the city's dialogues for ever."""
        heard = await self._bus.subscribe(
            self._take, patterns=("fact.telephony.call-ended.>", "live.asr.recogniser-status.>")
        )
        try:
            await asyncio.sleep(FIRST_AFTER_S)
            await self._go_round(TelephonyClient(self._bus))
        finally:
            await heard.aclose()

    async def _go_round(self, telephony: TelephonyClient) -> None:
        for row in itertools.cycle(self._dialogues):
            while self._lag_ms > LATE_MS:
                await asyncio.sleep(1.0)
            self._ended.clear()
            try:
                await telephony.test_call(TestCallAsked(dialogue=row["id"]))
            except HotlineError as error:
                self._say(f"来电未能拨出：{error}")
            else:
                self._say(f"来电：{row['title']}")
                await self._until_ended()
            await asyncio.sleep(BETWEEN_S)

    async def _until_ended(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_CALL_S):
                await self._ended.wait()
        except TimeoutError:
            self._say("这通来电没有按时结束，继续下一通")

    async def _take(self, event: Event) -> None:
        if isinstance(event, RecogniserStatus):
            self._lag_ms = event.lag_ms
        elif isinstance(event, CallEnded):
            self._ended.set()
