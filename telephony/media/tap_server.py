"""Lets other processes hear legs: a Unix socket, one claim a leg, the reader's pace."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from runtime.background import background
from runtime.failures import NoAnswer
from runtime.telemetry import get_logger
from runtime.wire import Wire, listen_wire
from telephony.media.tap_frames import pack_block
from telephony.media.tap_ring import KEPT_S, TapRing
from vocabulary.errors import Refused
from vocabulary.ids import LegId
from vocabulary.taps import TapClaim, TapClaimed, TapHello, TapLeg, TapLegClosed, TapLegOpened, TapRelease

_log = get_logger(__name__)


class _Claim:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.fresh = asyncio.Event()


class TapServer:
    """Rings by leg, claims by leg. The tick feeds; readers that are slow lose their oldest blocks, not the tick."""

    def __init__(self) -> None:
        self._rings: dict[LegId, TapRing] = {}
        self._closed_at: dict[LegId, float] = {}
        self._claims: dict[LegId, _Claim] = {}
        self._wires: set[Wire] = set()
        self._group: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def listening(self, path: Path, /) -> AsyncIterator[None]:
        """Serve on ``path`` for the length of the block."""
        async with background(self._tasks()), listen_wire(path, handlers={}, on_connect=self._greet):
            yield

    def open(self, leg: TapLeg, /) -> TapRing:
        """Begin a leg; its samples go to the ring that is returned, by ``feed``."""
        ring = self._rings[leg.leg] = TapRing(leg)
        self._broadcast(TapLegOpened(leg=leg))
        return ring

    def feed(self, ring: TapRing, pcm: bytes, /) -> None:
        """Take a leg's next samples; called by the tick."""
        if ring.feed(pcm):
            self._wake(ring)

    def close(self, ring: TapRing, /) -> None:
        """End a leg; what is kept of it can be claimed for 30 s more."""
        if ring.closed:
            return
        ring.close()
        leg = ring.leg.leg
        self._closed_at[leg] = time.monotonic()
        self._wake(ring)
        self._broadcast(TapLegClosed(leg=leg, end_sample=ring.end_sample))

    def sweep(self) -> None:
        """Forget legs that closed more than 30 s ago; called once a second."""
        before = time.monotonic() - KEPT_S
        for leg in [leg for leg, at in self._closed_at.items() if at < before]:
            del self._closed_at[leg], self._rings[leg]

    async def _tasks(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._group = group
            await asyncio.Event().wait()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        if self._group is not None:
            self._group.create_task(work)

    async def _greet(self, wire: Wire) -> None:
        async def claim(asked: TapClaim) -> TapClaimed:
            return self._claim(wire, asked)

        async def release(asked: TapRelease) -> None:
            held = self._claims.get(asked.leg)
            if held is not None and held.wire is wire:
                del self._claims[asked.leg]
                held.fresh.set()

        wire.handle(TapClaim, claim)
        wire.handle(TapRelease, release)
        await wire.notify(TapHello(legs=tuple(self._described(ring) for ring in self._rings.values())))
        self._wires.add(wire)
        self._spawn(self._watch(wire))

    async def _watch(self, wire: Wire) -> None:
        """End a connection's claims with it."""
        await wire.wait_closed()
        self._wires.discard(wire)
        for leg in [leg for leg, claim in self._claims.items() if claim.wire is wire]:
            self._claims.pop(leg).fresh.set()

    def _claim(self, wire: Wire, asked: TapClaim) -> TapClaimed:
        ring = self._rings.get(asked.leg)
        if ring is None:
            raise Refused("no-leg", "这一方不在通话中，声音也已不再保留")
        held = self._claims.get(asked.leg)
        if held is not None and held.wire is not wire and not held.wire.closed:
            raise Refused("claimed", "这一方的声音已有人在听")
        if held is not None:
            held.fresh.set()
        claim = self._claims[asked.leg] = _Claim(wire)
        start = max(asked.from_sample, ring.leg.first_sample)
        self._spawn(self._stream(claim, ring, start))
        return TapClaimed(leg=asked.leg, from_sample=start)

    async def _stream(self, claim: _Claim, ring: TapRing, at: int) -> None:
        leg = ring.leg.leg
        try:
            while self._claims.get(leg) is claim:
                claim.fresh.clear()
                block = ring.after(at)
                if block is not None:
                    await claim.wire.send_audio(pack_block(block))
                    at = block.end_sample
                elif ring.closed:
                    return
                else:
                    await claim.fresh.wait()
        except NoAnswer:
            _log.info("a tap reader went away", leg=leg)

    def _wake(self, ring: TapRing) -> None:
        claim = self._claims.get(ring.leg.leg)
        if claim is not None:
            claim.fresh.set()

    def _described(self, ring: TapRing) -> TapLeg:
        leg = ring.leg
        return TapLeg(
            leg=leg.leg,
            call=leg.call,
            contact=leg.contact,
            party=leg.party,
            first_sample=leg.first_sample,
            end_sample=ring.end_sample if ring.closed else None,
        )

    def _broadcast(self, message: object) -> None:
        for wire in self._wires:
            self._spawn(self._tell(wire, message))

    async def _tell(self, wire: Wire, message: object) -> None:
        try:
            await wire.notify(message)
        except NoAnswer:
            wire.close()
