"""The desk's view of telephony, over the bus: one method a request."""

from datetime import timedelta
from typing import TypeVar

from runtime.bus import Bus
from runtime.ids import new_id
from telephony.subjects import REQUESTS, recording_subject
from vocabulary.desk_requests import (
    CallOutAsked,
    CallOutDone,
    CallsSnapshot,
    CallsSnapshotAsked,
    Done,
    RecordingAsked,
    RecordingStretch,
    SeatDone,
    SeatLine,
    SeatLineAnswer,
    SeatsSnapshot,
    SeatsSnapshotAsked,
    SeatVerb,
    TestCallAsked,
)
from vocabulary.events.agent_desk import SeatAlive
from vocabulary.ids import CommandId

R = TypeVar("R")
_CALL_OUT_SLACK = timedelta(seconds=10)
_DEADLINE, _SDP_DEADLINE = timedelta(seconds=2), timedelta(seconds=10)


class TelephonyClient:
    """Every method raises what the switch refused with, or NoAnswer (Transient) when it does not answer."""

    def __init__(self, bus: Bus, /) -> None:
        """Ask over ``bus``."""
        self._bus = bus

    async def _ask(self, request: object, /, *, reply: type[R], timeout: timedelta = _DEADLINE) -> R:
        command = CommandId(new_id())
        subject = REQUESTS[type(request)]
        return await self._bus.ask(request, subject=subject, reply=reply, timeout=timeout, command_id=command)

    async def act(self, verb: SeatVerb, /) -> SeatDone:
        """Do what an agent wants at a seat; Refused as the verb's class says."""
        return await self._ask(verb, reply=SeatDone)

    async def line(self, wish: SeatLine, /) -> SeatLineAnswer:
        """Open the seat's line with a browser's offer; up to 10 s."""
        return await self._ask(wish, reply=SeatLineAnswer, timeout=_SDP_DEADLINE)

    async def seats(self) -> SeatsSnapshot:
        """All seats that are not Offline."""
        return await self._ask(SeatsSnapshotAsked(), reply=SeatsSnapshot)

    async def calls(self) -> CallsSnapshot:
        """All live calls."""
        return await self._ask(CallsSnapshotAsked(), reply=CallsSnapshot)

    async def test_call(self, wish: TestCallAsked, /) -> Done:
        """Let a simulated caller dial."""
        return await self._ask(wish, reply=Done)

    async def call_out(self, wish: CallOutAsked, /) -> CallOutDone:
        """Let the switch try a line; it answers when the call is over."""
        within = timedelta(seconds=wish.ring_s + wish.talk_s) + _CALL_OUT_SLACK
        return await self._ask(wish, reply=CallOutDone, timeout=within)

    async def recording(self, asked: RecordingAsked, /, *, host: str) -> RecordingStretch:
        """A stretch of a recording on the telephony host that CallRecorded names."""
        subject = recording_subject(host)
        return await self._bus.ask(asked, subject=subject, reply=RecordingStretch, timeout=_DEADLINE)

    async def alive(self, sign: SeatAlive, /) -> None:
        """Say, each 2 s, that a seat's page is open."""
        await self._bus.publish(sign)
