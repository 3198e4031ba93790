"""What desks ask of the switch (``ask.telephony.<verb>.v1``), and their signs of life."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from runtime.bus import Bus, Subscription
from runtime.workers import Workers
from telephony.acd import sitting
from telephony.calls import inputs as got
from telephony.calls.record import snapshot
from telephony.calls.recordings import read_stretch
from telephony.calls.switch import Switch
from telephony.phones.browser import BrowserPhones
from telephony.subjects import REQUESTS, recording_subject
from vocabulary.calls import CallSnapshot, SeatSnapshot, SeatState
from vocabulary.desk_requests import (
    CallsSnapshot,
    CallsSnapshotAsked,
    Done,
    RecordingAsked,
    RecordingStretch,
    SeatAnswer,
    SeatDecline,
    SeatHangUp,
    SeatLine,
    SeatLineAnswer,
    SeatReady,
    SeatSignIn,
    SeatSignOut,
    SeatsSnapshot,
    SeatsSnapshotAsked,
    SeatWrapUpDone,
)
from vocabulary.errors import Refused
from vocabulary.events import Event
from vocabulary.events.agent_desk import SeatAlive
from vocabulary.ids import SeatNo


class DeskRequests:
    """Answers every request of the desk."""

    def __init__(self, switch: Switch, /, *, recordings: Path, host: str, workers: Workers) -> None:
        """Read stretches of recordings from ``recordings``, which lie on ``host``."""
        self._switch, self._recordings, self._host, self._workers = switch, recordings, host, workers
        self._phones = BrowserPhones(switch.link)

    async def serve(self, bus: Bus, /) -> list[Subscription]:
        """Begin to answer."""
        handlers: dict[type[Any], Callable[[Any], Awaitable[object]]] = {
            SeatSignIn: self.sign_in,
            SeatSignOut: self.sign_out,
            SeatReady: self.ready,
            SeatAnswer: self.answer,
            SeatDecline: self.decline,
            SeatHangUp: self.hang_up,
            SeatWrapUpDone: self.wrap_up_done,
            SeatLine: self.line,
            SeatsSnapshotAsked: self.seats,
            CallsSnapshotAsked: self.calls,
        }
        served = [await bus.serve(handler, subject=REQUESTS[kind], request=kind) for kind, handler in handlers.items()]
        subject = recording_subject(self._host)
        served.append(await bus.serve(self.recording, subject=subject, request=RecordingAsked))
        served.append(await bus.subscribe(self.heard, patterns=["live.agent-desk.seat-alive.v1.>"]))
        return served

    def _snapshot(self, seat: SeatNo) -> SeatSnapshot:
        return self._switch.acd.seats[seat].snapshot()

    async def sign_in(self, wish: SeatSignIn, /) -> SeatSnapshot:
        """An agent takes a seat."""
        self._switch.seats(sitting.sign_in(self._switch.acd, wish, moment=self._switch.moment()))
        return self._snapshot(wish.seat)

    async def sign_out(self, wish: SeatSignOut, /) -> Done:
        """An agent leaves; the line is closed."""
        moment = self._switch.moment()
        self._switch.seats(sitting.sign_out(self._switch.acd, wish.seat, agent=wish.agent, moment=moment))
        await self._phones.close(wish.seat)
        return Done()

    async def ready(self, wish: SeatReady, /) -> SeatSnapshot:
        """An agent wants calls, or not."""
        self._switch.seats(sitting.set_ready(self._switch.acd, wish, moment=self._switch.moment()))
        return self._snapshot(wish.seat)

    async def answer(self, wish: SeatAnswer, /) -> CallSnapshot:
        """Take the offered call; Refused ``offer-over`` when it is late."""
        moment = self._switch.moment()
        happened = self._switch.acd.answer(wish.seat, agent=wish.agent, offer=wish.offer, moment=moment)
        self._switch.seats(happened)
        call = self._switch.acd.seats[wish.seat].call
        live = self._switch.live.get(call) if call is not None else None
        if live is None:
            raise Refused("offer-over", "对方已经挂断。")
        return snapshot(live.call)

    async def decline(self, wish: SeatDecline, /) -> Done:
        """Turn the offered call down."""
        moment = self._switch.moment()
        self._switch.seats(self._switch.acd.decline(wish.seat, agent=wish.agent, offer=wish.offer, moment=moment))
        return Done()

    async def hang_up(self, wish: SeatHangUp, /) -> Done:
        """End the call; the same again is no fault, a call of another seat is Refused ``not-in-call``."""
        seat = self._switch.acd.seat_of(wish.seat, agent=wish.agent)
        if wish.call not in self._switch.live:
            return Done()
        if seat.call != wish.call or seat.state not in {SeatState.TALKING, SeatState.HOLD}:
            raise Refused("not-in-call", "您不在这个通话中。")
        self._switch.happen(wish.call, got.AgentLeft())
        return Done()

    async def wrap_up_done(self, wish: SeatWrapUpDone, /) -> SeatSnapshot:
        """After-call work is finished."""
        moment = self._switch.moment()
        happened = sitting.wrap_up_done(self._switch.acd, wish.seat, agent=wish.agent, moment=moment)
        self._switch.seats(happened)
        return self._snapshot(wish.seat)

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
            happened = sitting.sign_of_life(self._switch.acd, event.seat, agent=event.agent, moment=moment)
            self._switch.seats(happened)
