"""What desks ask of the switch (``ask.telephony.<verb>.v1``), and their signs of life."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, assert_never

from runtime.bus import Bus, Subscription
from runtime.workers import Workers
from telephony.acd import sitting
from telephony.acd.seats import IN_TALK
from telephony.acd.verbs import done_at_seat
from telephony.calls import inputs as got
from telephony.calls.record import CallStage, snapshot
from telephony.calls.recordings import read_stretch
from telephony.calls.switch import Switch
from telephony.phones.browser import BrowserPhones
from telephony.subjects import REQUESTS, SEAT_VERBS, recording_subject
from vocabulary.desk_requests import (
    CallsSnapshot,
    CallsSnapshotAsked,
    RecordingAsked,
    RecordingStretch,
    SeatAnswer,
    SeatDone,
    SeatHangUp,
    SeatHold,
    SeatLine,
    SeatLineAnswer,
    SeatResume,
    SeatSignOut,
    SeatsSnapshot,
    SeatsSnapshotAsked,
    SeatVerb,
    SeatVerbInCall,
)
from vocabulary.errors import Refused
from vocabulary.events import Event
from vocabulary.events.agent_desk import SeatAlive


class DeskRequests:
    """Answers every request of the desk."""

    def __init__(self, switch: Switch, /, *, recordings: Path, host: str, workers: Workers) -> None:
        """Read stretches of recordings from ``recordings``, which lie on ``host``."""
        self._switch, self._recordings, self._host, self._workers = switch, recordings, host, workers
        self._phones = BrowserPhones(switch.link)

    async def serve(self, bus: Bus, /) -> list[Subscription]:
        """Begin to answer."""
        handlers: dict[type[Any], Callable[[Any], Awaitable[object]]] = {
            **dict.fromkeys(SEAT_VERBS, self.act),
            SeatLine: self.line,
            SeatsSnapshotAsked: self.seats,
            CallsSnapshotAsked: self.calls,
        }
        served = [await bus.serve(handler, subject=REQUESTS[kind], request=kind) for kind, handler in handlers.items()]
        subject = recording_subject(self._host)
        served.append(await bus.serve(self.recording, subject=subject, request=RecordingAsked))
        served.append(await bus.subscribe(self.heard, patterns=["live.agent-desk.seat-alive.v1.>"]))
        return served

    async def act(self, verb: SeatVerb, /) -> SeatDone:
        """Do what an agent wants at a seat."""
        switch, moment = self._switch, self._switch.moment()
        if isinstance(verb, SeatVerbInCall):
            self._in_call(verb)
        else:
            switch.seats(done_at_seat(switch.acd, verb, moment=moment))
        if isinstance(verb, SeatSignOut):
            await self._phones.close(verb.seat)
        seat = switch.acd.seats[verb.seat]
        live = switch.live.get(seat.call) if seat.call is not None else None
        if isinstance(verb, SeatAnswer) and live is None:
            raise Refused("offer-over", "对方已经挂断。")
        return SeatDone(seat=seat.snapshot(), call=snapshot(live.call) if live is not None else None)

    def _in_call(self, verb: SeatVerbInCall) -> None:
        """Let the call follow; to hang up again is no fault, a call of another seat is Refused ``not-in-call``."""
        seat = self._switch.acd.seat_of(verb.seat, agent=verb.agent)
        live = self._switch.live.get(verb.call)
        if live is None and isinstance(verb, SeatHangUp):
            return
        if live is None or seat.call != verb.call or seat.state not in IN_TALK:
            raise Refused("not-in-call", "您不在这个通话中。")
        match verb:
            case SeatHangUp():
                self._switch.post(verb.call, got.AgentLeft())
            case SeatHold():
                if live.call.stage is not CallStage.TALKING:
                    raise Refused("not-talking", "通话没有接通，现在不能保持。")
                self._switch.post(verb.call, got.AgentHolds())
            case SeatResume():
                self._switch.post(verb.call, got.AgentResumes())
            case _:
                assert_never(verb)

    async def line(self, wish: SeatLine, /) -> SeatLineAnswer:
        """Open the seat's browser line."""
        self._switch.acd.seat_of(wish.seat, agent=wish.agent)
        return await self._phones.open(wish)

    async def seats(self, _: SeatsSnapshotAsked, /) -> SeatsSnapshot:
        """All seats that are not Offline."""
        return SeatsSnapshot(seats=self._switch.acd.snapshots())

    async def calls(self, _: CallsSnapshotAsked, /) -> CallsSnapshot:
        """All live calls."""
        return CallsSnapshot(calls=tuple(snapshot(live.call) for live in self._switch.live.values()))

    async def recording(self, asked: RecordingAsked, /) -> RecordingStretch:
        """A stretch of a recording on this host."""

        def read() -> RecordingStretch:
            return read_stretch(self._recordings, asked=asked)

        return await self._workers.run(read)

    async def heard(self, event: Event, /) -> None:
        """A desk says that a seat's page is open."""
        if isinstance(event, SeatAlive):
            moment = self._switch.moment()
            events = sitting.sign_of_life(self._switch.acd, event.seat, agent=event.agent, moment=moment)
            self._switch.seats(events)
