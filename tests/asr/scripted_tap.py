"""A tap server that says what a test tells it to, over a real Unix socket: history of 30 s, exclusive claims, gaps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from runtime.background import background
from runtime.wire import Wire, listen_wire
from vocabulary.audio import BLOCK_SAMPLES, SAMPLE_RATE
from vocabulary.errors import Refused
from vocabulary.ids import LegId
from vocabulary.taps import TapClaim, TapClaimed, TapHello, TapLeg, TapLegClosed, TapLegOpened, TapRelease

HISTORY = 30 * SAMPLE_RATE


@dataclass
class _Kept:
    leg: TapLeg
    pcm: bytearray = field(default_factory=bytearray)
    lost_before: int = 0
    reader: Wire | None = None
    position: int = 0
    gap: bool = False

    @property
    def end(self) -> int:
        return self.leg.first_sample + len(self.pcm) // 2

    @property
    def oldest(self) -> int:
        return max(self.leg.first_sample, self.end - HISTORY, self.lost_before)


class ScriptedTap:
    def __init__(self) -> None:
        self._legs: dict[LegId, _Kept] = {}
        self._wires: set[Wire] = set()
        self._more = asyncio.Event()
        self.claims: list[tuple[LegId, int]] = []
        self.refused = 0

    async def open(self, leg: TapLeg) -> None:
        self._legs[leg.leg] = _Kept(leg)
        await self._tell(TapLegOpened(leg=leg))

    def say(self, leg: TapLeg, pcm: bytes) -> None:
        self._legs[leg.leg].pcm += pcm
        self._more.set()

    async def say_paced(self, leg: TapLeg, pcm: bytes) -> None:
        size = 2 * BLOCK_SAMPLES
        begin = asyncio.get_running_loop().time()
        for index, offset in enumerate(range(0, len(pcm), size)):
            await asyncio.sleep(max(0.0, begin + 0.1 * (index + 1) - asyncio.get_running_loop().time()))
            self.say(leg, pcm[offset : offset + size])

    def lose(self, leg: TapLeg, seconds: float) -> None:
        """The next so many seconds happen, but this reader never gets them."""
        kept = self._legs[leg.leg]
        kept.pcm += bytes(2 * int(seconds * SAMPLE_RATE))
        kept.lost_before = kept.end

    async def close(self, leg: TapLeg) -> None:
        kept = self._legs[leg.leg]
        kept.leg = replace(kept.leg, end_sample=kept.end)
        await self._tell(TapLegClosed(leg=leg.leg, end_sample=kept.end))

    def forget(self, leg: TapLeg) -> None:
        del self._legs[leg.leg]

    async def greet(self, wire: Wire) -> None:
        self._wires = {old for old in self._wires if not old.closed} | {wire}

        async def claim(wanted: TapClaim) -> TapClaimed:
            return self._claim(wire, wanted)

        async def release(given: TapRelease) -> None:
            kept = self._legs.get(given.leg)
            if kept is not None and kept.reader is wire:
                kept.reader = None

        wire.handle(TapClaim, claim)
        wire.handle(TapRelease, release)
        await wire.notify(TapHello(legs=tuple(kept.leg for kept in self._legs.values())))

    def _claim(self, wire: Wire, wanted: TapClaim) -> TapClaimed:
        kept = self._legs.get(wanted.leg)
        if kept is None:
            raise Refused("no-leg", "no such leg")
        if kept.reader is not None and not kept.reader.closed and kept.reader is not wire:
            self.refused += 1
            raise Refused("leg-claimed", "another reader holds the leg")
        kept.reader = wire
        kept.position = max(wanted.from_sample, kept.oldest)
        kept.gap = kept.position > wanted.from_sample
        self.claims.append((wanted.leg, wanted.from_sample))
        self._more.set()
        return TapClaimed(leg=wanted.leg, from_sample=kept.position)

    async def pump(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            for kept in list(self._legs.values()):
                await self._send(kept)

    async def _send(self, kept: _Kept) -> None:
        while kept.reader is not None and not kept.reader.closed and kept.position < kept.end:
            if kept.position < kept.lost_before:
                kept.position, kept.gap = kept.lost_before, True
                continue
            offset = 2 * (kept.position - kept.leg.first_sample)
            pcm = bytes(kept.pcm[offset : offset + 2 * BLOCK_SAMPLES])
            head = kept.leg.leg.bytes + kept.position.to_bytes(8, "big") + bytes([kept.gap])
            kept.position, kept.gap = kept.position + len(pcm) // 2, False
            await kept.reader.send_audio(head + pcm)

    async def _tell(self, value: object) -> None:
        for wire in self._wires:
            if not wire.closed:
                await wire.notify(value)


@asynccontextmanager
async def scripted_tap(path: Path, tap: ScriptedTap | None = None) -> AsyncIterator[ScriptedTap]:
    tap = tap or ScriptedTap()
    async with listen_wire(path, handlers={}, on_connect=tap.greet), background(tap.pump()):
        yield tap
