"""Where a recogniser under test says what it heard: fakes of its ports."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from asr.engines.protocol import Engine
from asr.engines.scripted import ScriptedEngine
from asr.ports import Detector, Mark
from asr.recogniser import Limits, Parts, Recogniser
from asr.voice_activity import VoiceActivity
from runtime.background import background
from runtime.clock import SystemClock
from vocabulary.audio import Party
from vocabulary.errors import Transient
from vocabulary.events import Event
from vocabulary.events.asr import TranscriptClosed, UtteranceFinalised
from vocabulary.ids import LegId
from vocabulary.taps import TapLeg


class Full(Transient):
    pass


@dataclass
class Notebook:
    """LiveEvents, Facts and Checkpoints in memory."""

    live: list[Event] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    marks: dict[LegId, Mark] = field(default_factory=dict)
    full: bool = False
    refused: int = 0
    disk_full: bool = False
    writes: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, event: Event, /) -> None:
        self.live.append(event)
        self.changed.set()

    def emit(self, event: Event, /) -> None:
        if self.full:
            self.refused += 1
            self.changed.set()
            raise Full
        self.facts.append(event)
        self.changed.set()

    async def drained(self, timeout: timedelta) -> bool:
        return not self.full

    async def read(self) -> Mapping[LegId, Mark]:
        return dict(self.marks)

    async def write(self, marks: Mapping[LegId, Mark], /) -> bool:
        self.writes += 1
        if not self.disk_full:
            self.marks = dict(marks)
        self.changed.set()
        return not self.disk_full

    def texts(self, leg: TapLeg) -> list[str]:
        return [
            fact.utterance.text for fact in self.facts if isinstance(fact, UtteranceFinalised) and fact.leg == leg.leg
        ]

    def said_by(self, party: Party) -> list[str]:
        finals = [fact.utterance for fact in self.facts if isinstance(fact, UtteranceFinalised)]
        return [final.text for final in finals if final.party is party]

    def closed(self, leg: TapLeg) -> TranscriptClosed | None:
        return next((f for f in self.facts if isinstance(f, TranscriptClosed) and f.leg == leg.leg), None)

    async def until(self, holds: Callable[[], object], *, seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def recogniser(
    socket: Path,
    notebook: Notebook,
    *,
    engine: Engine | None = None,
    max_legs: int = 0,
    detector: Callable[[], Detector] = VoiceActivity,
) -> AsyncIterator[None]:
    parts = Parts(
        engine=engine or ScriptedEngine(),
        detector=detector,
        live=notebook,
        facts=notebook,
        checkpoints=notebook,
        clock=SystemClock(),
    )
    limits = Limits(host="here", threads=2, max_legs=max_legs, status_every_s=0.2)
    async with background(Recogniser(tap_socket=str(socket), parts=parts, limits=limits).run()):
        yield
