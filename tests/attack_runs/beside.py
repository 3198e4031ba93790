"""A call that goes on beside an attack: what its caller heard of it, and which processes outlived it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from runtime.background import background
from runtime.wav import read_wav
from tests.fault_runs.bounds import Check
from tests.fault_runs.caller import MeasuringCaller, calling, longest_gap_ms
from tests.fault_runs.whole_house import WholeHouse
from vocabulary.events.telephony import CallAccepted, CallConnected

PROCESSES = ("switch", "media", "recogniser", "desk", "nats", "postgres")
CALLER = "19900004321"
GAP_MS = 60.0


@dataclass(slots=True, kw_only=True)
class Beside:
    """The call and the house around it."""

    phone: MeasuringCaller
    since: float = field(default_factory=time.time)
    pids: dict[str, int | None]

    def checks(self, house: WholeHouse) -> list[Check]:
        """What the attack cost: the longest silence at the caller, the call itself, restarted processes."""
        gap = longest_gap_ms(self.phone.arrivals, since=self.since, until=time.time() - 0.1)
        now = {name: house.pid(name) for name in PROCESSES}
        restarted = sorted(name for name in PROCESSES if now[name] != self.pids[name])
        over = self.phone.over.is_set()
        return [
            Check(name="gap_ms", measured=round(gap, 1), bound=f"≤ {GAP_MS:g}", ok=gap <= GAP_MS),
            Check(name="call", measured="ended" if over else "goes on", bound="goes on", ok=not over),
            Check(name="restarted", measured=restarted, bound="none", ok=not restarted),
        ]


async def _speak_on(phone: MeasuringCaller, pcm: bytes) -> None:
    while True:
        await phone.say(pcm)
        await asyncio.sleep(1.0)


async def _connected(house: WholeHouse, since: float) -> bool:
    def accepted() -> list[CallAccepted]:
        return [e for at, e in house.bus_events.of(CallAccepted) if at > since and e.caller.reveal() == CALLER]

    if not await house.bus_events.until(accepted, seconds=10):
        return False
    contact = accepted()[-1].contact
    return await house.bus_events.until(lambda: house.bus_events.of(CallConnected, contact), seconds=40)


@asynccontextmanager
async def talking(house: WholeHouse) -> AsyncIterator[Beside]:
    """A caller who talks with the simulated agent for as long as the block runs."""
    assert await house.seat_ready(), "no seat became Ready within 90 s"
    since = time.time() - 2.0
    words = read_wav(house.demo.voices / "water-outage" / "02-caller.wav")
    async with calling(house.sip, number="12345", caller=CALLER) as phone:
        assert await _connected(house, since), "the call was not connected within 40 s"
        async with background(_speak_on(phone, words)):
            await asyncio.sleep(0.5)
            yield Beside(phone=phone, pids={name: house.pid(name) for name in PROCESSES})
