"""The switch takes inputs of calls one after the other, each to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from runtime.background import background
from runtime.bus import FactEmitter
from runtime.bus.memory import open_memory_bus
from runtime.clock import SystemClock
from runtime.workers import Workers
from telephony.acd import sitting
from telephony.calls import inputs as got
from telephony.calls.actions import Action
from telephony.calls.journal import Journal
from telephony.calls.legs import Leg, LegStage, TrunkEndpoint
from telephony.calls.live import Live
from telephony.calls.publishing import Publisher
from telephony.calls.record import Call
from telephony.calls.switch import Switch
from telephony.ivr.flow import Ivr
from telephony.media_link import MediaLink
from tests.telephony.calls_world import ADA, S7, SETTINGS, START
from tests.telephony.sip_texts import new_agent
from vocabulary.audio import Party
from vocabulary.desk_requests import SeatReady, SeatSignIn
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.personal import PhoneNumber


class WatchedSwitch(Switch):
    """Notes what it takes and does, and whether a step begins inside another."""

    def __init__(self, **parts: object) -> None:
        super().__init__(**parts)  # type: ignore[arg-type]  # handed through
        self.notes: list[str] = []
        self.deepest = self.depth = 0

    def _step(self, live: Live, given: got.Input) -> None:
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        self.notes.append(type(given).__name__)
        super()._step(live, given)
        self.depth -= 1

    def _do(self, live: Live, action: Action) -> None:
        self.notes.append(f"  {type(action).__name__}")
        super()._do(live, action)


@asynccontextmanager
async def switch(folder: Path) -> AsyncIterator[WatchedSwitch]:
    async with open_memory_bus() as bus, Workers(threads=1, name="test") as workers, asyncio.TaskGroup() as tasks:
        emitter = FactEmitter(bus, name="switch-test")
        made = WatchedSwitch(
            agent=new_agent(), link=MediaLink(str(folder / "m")), publisher=Publisher(bus=bus, emitter=emitter),
            journal=Journal(folder, workers=workers), clock=SystemClock(), tasks=tasks,
        )  # fmt: skip
        made.use(SETTINGS)
        async with background(emitter.run()):
            yield made
            for live in made.live.values():
                live.finish()


def a_call(number: int) -> Call:
    caller = Leg(
        id=LegId(UUID(int=number)), party=Party.CALLER, endpoint=TrunkEndpoint(number=PhoneNumber("13900001234")),
        stage=LegStage.JOINED,
    )  # fmt: skip
    return Call(
        call=CallId(UUID(int=100 + number)), contact=ContactId(UUID(int=100 + number)), host="h1",
        legs=(caller,), dialled="12345", line_name="x", user_agent="",
        invite_at=START, invite_mono=100.0, accepted_at=START, settings=SETTINGS,
        ivr=Ivr(menu=SETTINGS.menu, queue="general"),
    )  # fmt: skip


async def test_an_offer_that_a_step_causes_is_taken_after_all_that_the_step_wanted(tmp_path: Path) -> None:
    async with switch(tmp_path) as here:
        wish = SeatSignIn(seat=S7, agent=ADA, agent_name="甲", skills=frozenset({"general"}))
        here.seats(sitting.sign_in(here.acd, wish, moment=here.moment()))
        here.line(S7, connected=True)
        ready = SeatReady(seat=S7, agent=ADA, ready=True)
        here.seats(sitting.set_ready(here.acd, ready, moment=here.moment()))
        call = a_call(1)
        here.begin(call, tag="t", wanted_seat="")
        here.notes.clear()
        play = here.live[call.call].call.play
        assert play is not None

        here.post(call.call, got.PromptsOver(play.play_id))

        assert here.notes == ["PromptsOver", "  Tell", "  JoinQueue", "  SetSound", "Offered", "  Tell"]
        assert here.deepest == 1


async def test_a_seat_that_comes_back_is_offered_by_the_end_of_another_call_and_no_step_is_nested(
    tmp_path: Path,
) -> None:
    async with switch(tmp_path) as here:
        wish = SeatSignIn(seat=S7, agent=ADA, agent_name="甲", skills=frozenset({"general"}))
        here.seats(sitting.sign_in(here.acd, wish, moment=here.moment()))
        here.line(S7, connected=True)
        here.seats(sitting.set_ready(here.acd, SeatReady(seat=S7, agent=ADA, ready=True), moment=here.moment()))
        first, second = a_call(1), a_call(2)
        for call in (first, second):
            here.begin(call, tag=str(call.call), wanted_seat="")
            play = here.live[call.call].call.play
            assert play is not None
            here.post(call.call, got.PromptsOver(play.play_id))
        here.notes.clear()

        here.post(first.call, got.CallerLeft())

        taken = [note for note in here.notes if not note.startswith(" ")]
        assert taken == ["CallerLeft", "OfferLost", "Offered"]
        assert here.live[second.call].call.seat is not None
        assert here.deepest == 1
