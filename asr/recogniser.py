"""The recogniser of one host: every leg of the tap is claimed, heard, and said, until cancelled."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from asr.actor import Actor
from asr.announcing import Announcer, closing_figures
from asr.dispatch import Dispatcher
from asr.engines.protocol import Engine
from asr.hearing import LegRecogniser, Outcome
from asr.ladder import Ladder, Level
from asr.listening import LegListener
from asr.ports import Checkpoints, Detector, Facts, LiveEvents, Mark
from asr.tap import Tap
from runtime.boundary import attempt, each
from runtime.clock import Clock
from runtime.failures import Failure, NoAnswer
from runtime.telemetry import get_logger
from runtime.workers import Workers
from vocabulary.audio import BLOCK_SAMPLES, SAMPLE_RATE, SAMPLES_PER_MS, AudioBlock, Party
from vocabulary.errors import Refused
from vocabulary.ids import LegId
from vocabulary.taps import TapLeg

log = get_logger(__name__)
_TICK_S, _CLAIM_EVERY_S, _CHECKPOINT_EVERY_S = 0.25, 0.5, 2.0
_AFTER_CLOSE_S, _WITHOUT_TAP_S, _UNCLAIMABLE_S = 2.0, 10.0, 35.0
_MOST_MARKS = 1000
_LONGEST_SAMPLES = SAMPLE_RATE * 3600 * 48
"""No call lasts two days: a block beyond is none."""
_ACK_DEADLINE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a recogniser is made of."""

    engine: Engine
    detector: Callable[[], Detector]
    live: LiveEvents
    facts: Facts
    checkpoints: Checkpoints
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Figures of this machine; 0 lets the engine choose."""

    host: str
    threads: int = 0
    max_legs: int = 0
    status_every_s: float = 2.0


class Recogniser:
    """All legs of a host. Everything but the engine runs on the event loop."""

    def __init__(self, *, tap_socket: str, parts: Parts, limits: Limits) -> None:
        """Connect to nothing yet; ``run`` does."""
        self._parts, self._limits, self._clock = parts, limits, parts.clock
        cores = os.cpu_count() or 1
        self._threads = min(limits.threads or max(1, cores - 1), parts.engine.parallel)
        self._most = limits.max_legs or parts.engine.legs(cores)
        self._tap = Tap(tap_socket, self)
        self._announcer = Announcer(live=parts.live, facts=parts.facts, clock=parts.clock, engine=parts.engine.name)
        self._dispatcher = Dispatcher(actors=self._actors_alive, deliver=self._deliver, failed=self._failed,
                                      now=parts.clock.monotonic)  # fmt: skip
        self._ladder = Ladder(parts.engine.steps)
        self._actors: dict[LegId, Actor] = {}
        self._wanted: dict[LegId, TapLeg] = {}
        self._ends: dict[LegId, tuple[int, float]] = {}
        self._marks: dict[LegId, Mark] = {}
        self._parted_at: float | None = None
        self._claims, self._moved = asyncio.Event(), asyncio.Event()
        self._worst_lag = 0.0

    async def run(self) -> None:
        """Hear until cancelled."""
        self._marks = dict(await self._parts.checkpoints.read())
        async with Workers(threads=self._threads, name="recogniser") as workers, asyncio.TaskGroup() as group:
            group.create_task(self._dispatcher.run(workers=workers, threads=self._threads))
            for work in (self._announcer.run, self._claim_loop, self._tick_loop, self._keep_marks, self._say_status):
                group.create_task(work())
            group.create_task(self._tap.follow())

    # What the tap says -------------------------------------------------------------------------------------------

    def greeted(self, legs: tuple[TapLeg, ...], /) -> None:
        """Claim what is there; legs that went away with media are closed as incomplete."""
        self._parted_at = None
        there = {leg.leg for leg in legs}
        for gone in [leg for leg in self._wanted if leg not in there]:
            leg_gone = self._wanted.pop(gone)
            if gone not in self._actors:
                self._give_up(leg_gone)
        for gone, actor in self._actors.items():
            if gone not in there and not actor.ending:
                self._finish(actor, missed=True)
        self._marks = {known: mark for known, mark in self._marks.items() if known in there or known in self._actors}
        for leg in legs:
            self.opened(leg)
            if leg.end_sample is not None:
                self.closed(leg.leg, leg.end_sample)

    def opened(self, leg: TapLeg, /) -> None:
        """Claim it with the next round."""
        mark = self._marks.get(leg.leg)
        if mark is None or not mark.closed:
            self._wanted[leg.leg] = leg
            self._claims.set()

    def closed(self, leg: LegId, end_sample: int, /) -> None:
        """Remember the end; sound before it may still come."""
        if leg in self._actors or leg in self._wanted:
            self._ends[leg] = (end_sample, self._clock.monotonic())
            self._end_if_heard(leg)

    def block(self, block: AudioBlock, /) -> None:
        """Listen, unless the emitter is full or the agent's leg is given up for now: that is a gap."""
        actor = self._actors.get(block.leg)
        if actor is None or actor.ending:
            return
        if isinstance(attempt(lambda: self._hear(actor, block), of="block of a leg"), Failure):
            self._failed(actor)

    def _hear(self, actor: Actor, block: AudioBlock, /) -> None:
        if block.end_sample > _LONGEST_SAMPLES:
            raise ValueError(f"a block that ends at sample {block.end_sample}")
        if self._announcer.stuck or self._given_up(actor):
            found = actor.skip(block)
        else:
            found = actor.take(block, now=self._clock.monotonic())
        self._announcer.speech(actor.leg, found)
        self._dispatcher.wake()
        self._end_if_heard(block.leg)

    def disconnected(self) -> None:
        """The tap is gone; what was heard so far is still worked on."""
        self._parted_at = self._clock.monotonic()

    # Claims ------------------------------------------------------------------------------------------------------

    async def _claim_loop(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_CLAIM_EVERY_S):
                    await self._claims.wait()
            except TimeoutError:
                pass
            self._claims.clear()
            if self._tap.connected:
                for leg in sorted(self._wanted.values(), key=lambda leg: leg.party is not Party.CALLER):
                    await self._claim(leg)

    async def _claim(self, leg: TapLeg, /) -> None:
        actor = self._actors.get(leg.leg)
        if actor is None and len(self._actors) >= self._most:
            self._give_up_when_over(leg)
            return
        if actor is None:
            actor = self._actors[leg.leg] = self._actor(leg)
        start = actor.listener.next_sample
        try:
            given = await self._tap.claim(leg.leg, from_sample=start)
        except (Refused, NoAnswer) as error:
            log.info("a leg cannot be claimed yet", leg=leg.leg, why=str(error))
            if not actor.heard_at:
                del self._actors[leg.leg]
            self._give_up_when_over(leg)
            return
        self._wanted.pop(leg.leg, None)
        log.info("a leg is heard", leg=leg.leg, party=leg.party, from_sample=given)
        self._end_if_heard(leg.leg)

    def _actor(self, leg: TapLeg, /) -> Actor:
        mark = self._marks.get(leg.leg, Mark(sample=leg.first_sample))
        engine = self._parts.engine
        listener = LegListener(
            settings=engine.endpointing, detector=self._parts.detector(),
            from_sample=max(mark.sample, leg.first_sample),
        )  # fmt: skip
        listener.missed = not mark.complete
        return Actor(
            leg, listener=listener, recogniser=LegRecogniser(engine), streaming=engine.endpointing.chunk is not None
        )

    def _give_up_when_over(self, leg: TapLeg, /) -> None:
        """A leg that ended unclaimed: after 35 s its sound is gone."""
        end = self._ends.get(leg.leg)
        if end is not None and self._clock.monotonic() - end[1] > _UNCLAIMABLE_S:
            self._wanted.pop(leg.leg, None)
            self._give_up(leg)

    def _give_up(self, leg: TapLeg, /) -> None:
        if leg.leg in self._actors:
            self._finish(self._actors[leg.leg], missed=True)
            return
        log.warning("a leg ended unheard", leg=leg.leg, party=leg.party)
        mark = self._marks.get(leg.leg)
        heard = mark.sample // SAMPLES_PER_MS if mark is not None else 0
        self._announcer.transcript_closed(leg, processed_ms=heard, complete=False)
        self._close(leg.leg, sample=heard * SAMPLES_PER_MS, complete=False)

    # Work --------------------------------------------------------------------------------------------------------

    def _actors_alive(self) -> list[Actor]:
        return list(self._actors.values())

    async def _deliver(self, actor: Actor, outcome: Outcome, /) -> None:
        if self._actors.get(actor.leg.leg) is not actor:  # it failed while the engine worked
            return
        finals = self._announcer.heard(actor.leg, outcome.heard)
        now = self._clock.monotonic()
        for final in finals:
            self._worst_lag = max(self._worst_lag, actor.late(final.end_ms * SAMPLES_PER_MS, now=now))
        actor.done(outcome.job, finals=finals, faulty=outcome.faulty)
        if actor.closed:
            processed, complete = closing_figures(actor)
            self._announcer.transcript_closed(actor.leg, processed_ms=processed, complete=complete)
            self._close(actor.leg.leg, sample=actor.listener.next_sample, complete=complete)
            await self._release(actor.leg.leg)
        if finals or actor.closed:
            self._moved.set()

    def _failed(self, actor: Actor, /) -> None:
        """A fault in the hearing of one leg ends that leg: its transcript is incomplete, a successor skips it."""
        leg = actor.leg
        if self._actors.get(leg.leg) is not actor:
            return
        heard = actor.listener.next_sample
        log.error("the hearing of a leg failed and is over", leg=leg.leg, party=leg.party)
        self._announcer.transcript_closed(leg, processed_ms=heard // SAMPLES_PER_MS, complete=False)
        self._close(leg.leg, sample=heard, complete=False)

    async def _release(self, leg: LegId, /) -> None:
        try:
            await self._tap.release(leg)
        except NoAnswer:
            log.info("a claim could not be given back", leg=leg)

    def _close(self, leg: LegId, *, sample: int, complete: bool) -> None:
        self._actors.pop(leg, None)
        self._wanted.pop(leg, None)
        self._ends.pop(leg, None)
        self._marks[leg] = Mark(sample=sample, complete=complete, closed=True)
        while len(self._marks) > _MOST_MARKS:
            del self._marks[next(iter(self._marks))]
        self._moved.set()
        self._claims.set()

    def _end_if_heard(self, leg: LegId, /) -> None:
        actor, end = self._actors.get(leg), self._ends.get(leg)
        if actor is None or end is None or actor.ending or leg in self._wanted:
            return
        lacking = end[0] - actor.listener.next_sample
        if lacking <= 0 or self._clock.monotonic() - max(end[1], actor.heard_at) > _AFTER_CLOSE_S:
            self._finish(actor, missed=lacking >= BLOCK_SAMPLES)

    def _finish(self, actor: Actor, *, missed: bool) -> None:
        self._announcer.speech(actor.leg, actor.finish(missed=missed))
        self._dispatcher.wake()

    # Falling behind ----------------------------------------------------------------------------------------------

    def _given_up(self, actor: Actor, /) -> bool:
        return self._ladder.level >= Level.CALLER_ONLY and actor.leg.party is not Party.CALLER

    async def _tick_loop(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self._tick()

    def _tick(self) -> None:
        now = self._clock.monotonic()
        lag = max((actor.lag(now) for actor in self._actors.values()), default=0.0)
        self._worst_lag = max(self._worst_lag, lag)
        before = self._ladder.level
        level = self._ladder.observe(lag_ms=int(lag * 1000), now_ms=int(now * 1000))
        if level != before:
            log.warning("recognition changes its level", level=level.name, lag_ms=int(lag * 1000))
        self._dispatcher.level = level
        for actor in each(self._actors_alive(), lambda actor: self._look_at(actor, before), of="look at a leg"):
            self._failed(actor)
        if self._parted_at is not None and now - self._parted_at > _WITHOUT_TAP_S:
            for actor in self._actors_alive():
                if not actor.ending:
                    self._finish(actor, missed=True)

    def _look_at(self, actor: Actor, before: Level, /) -> None:
        level = self._ladder.level
        if level == Level.LIVE_EDGE or (level > before and self._given_up(actor)):
            self._announcer.speech(actor.leg, actor.miss())
        self._end_if_heard(actor.leg.leg)

    # What a successor needs, and what people see -------------------------------------------------------------------

    async def _keep_marks(self) -> None:
        """After each acked final, and each 2 s, say on disk how far each leg was heard."""
        written: Mapping[LegId, Mark] = dict(self._marks)
        while True:
            try:
                async with asyncio.timeout(_CHECKPOINT_EVERY_S):
                    await self._moved.wait()
            except TimeoutError:
                pass
            self._moved.clear()
            marks = self._marks | {
                leg: Mark(sample=actor.safe_sample, complete=actor.complete) for leg, actor in self._actors.items()
            }
            if marks == written or self._announcer.stuck or not await self._parts.facts.drained(_ACK_DEADLINE):
                continue
            if await self._parts.checkpoints.write(marks):
                written = marks

    async def _say_status(self) -> None:
        while True:
            await asyncio.sleep(self._limits.status_every_s)
            self._announcer.status(
                host=self._limits.host, legs=len(self._actors), lag_ms=int(self._worst_lag * 1000),
                partials=self._parts.engine.partials,
            )  # fmt: skip
            self._worst_lag = 0.0
