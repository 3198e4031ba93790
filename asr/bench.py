"""How late an engine is on this machine: legs paced in real time, no bus, no socket to media."""

import asyncio
import os
import resource
import statistics
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from asr.actor import Actor
from asr.dispatch import Dispatcher
from asr.engines.protocol import Engine, FinalText
from asr.hearing import LegRecogniser, Outcome
from asr.installed import Chosen
from asr.listening import LegListener
from asr.process import open_engine
from asr.voice_activity import VoiceActivity
from runtime.background import background
from runtime.clock import SystemClock
from runtime.ids import new_id
from runtime.wav import read_wav
from runtime.workers import Workers
from vocabulary.audio import BLOCK_MS, BLOCK_SAMPLES, SAMPLE_RATE, SAMPLES_PER_MS, AudioBlock, Party
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.taps import TapLeg

_PAUSE = bytes(2 * SAMPLE_RATE)
_DRAIN_S = 30.0


@dataclass(slots=True)
class _Figures:
    latency_s: list[float]
    """End of speech (last voiced frame) to final."""
    characters: int = 0


def _loop_of(sounds: list[bytes], *, start: int) -> bytes:
    order = sounds[start % len(sounds) :] + sounds[: start % len(sounds)]
    return b"".join(sound + _PAUSE for sound in order)


def _actor(engine: Engine, /) -> Actor:
    leg = TapLeg(
        leg=LegId(new_id()), call=CallId(new_id()), contact=ContactId(new_id()), party=Party.CALLER, first_sample=0
    )
    listener = LegListener(settings=engine.endpointing, detector=VoiceActivity(), from_sample=0)
    return Actor(
        leg, listener=listener, recogniser=LegRecogniser(engine), streaming=engine.endpointing.chunk is not None
    )


async def _pace(actor: Actor, sound: bytes, *, seconds: float, dispatcher: Dispatcher) -> None:
    """Feed blocks at their time; legs begin at different moments, as calls do."""
    clock = SystemClock()
    begin, sample = clock.monotonic() + UUID(int=actor.leg.leg.int).int % 100 / 1000, 0
    pieces = cycle(range(0, len(sound) - 2 * BLOCK_SAMPLES, 2 * BLOCK_SAMPLES))
    while sample < seconds * SAMPLE_RATE:
        offset = next(pieces)
        pcm = sound[offset : offset + 2 * BLOCK_SAMPLES]
        await asyncio.sleep(max(0.0, begin + (sample / SAMPLE_RATE) + BLOCK_MS / 1000 - clock.monotonic()))
        actor.take(AudioBlock(leg=actor.leg.leg, first_sample=sample, pcm=pcm), now=clock.monotonic())
        dispatcher.wake()
        sample += BLOCK_SAMPLES
    actor.finish()
    dispatcher.wake()


async def run_bench(chosen: Chosen, /, *, sounds: list[Path], legs: int, seconds: float) -> dict[str, Any]:
    """Return figures: final latency p50/p95/max in s, finals, CPU seconds per second and leg, whether all was heard.

    ``sounds`` are 8 kHz files, each followed by 1 s of silence, over and over.
    """
    engine = await asyncio.to_thread(open_engine, chosen)
    clock, figures, over = SystemClock(), _Figures([]), asyncio.Event()
    actors = [_actor(engine) for _ in range(legs)]

    async def deliver(actor: Actor, outcome: Outcome, /) -> None:
        finals = [heard for heard in outcome.heard if isinstance(heard, FinalText) and heard.text]
        for final in finals:
            figures.latency_s.append(actor.late(final.end_ms * SAMPLES_PER_MS, now=clock.monotonic()))
            figures.characters += len(final.text)
        actor.done(outcome.job, finals=finals, faulty=outcome.faulty)
        if all(other.closed for other in actors):
            over.set()

    threads = min(max(1, (os.cpu_count() or 1) - 1), engine.parallel)
    dispatcher = Dispatcher(actors=lambda: actors, deliver=deliver, failed=actors.remove, now=clock.monotonic)
    loops = [_loop_of([read_wav(path) for path in sounds], start=index) for index in range(legs)]
    used = _cpu_s()
    async with Workers(threads=threads) as workers, background(dispatcher.run(workers=workers, threads=threads)):
        async with asyncio.TaskGroup() as group:
            for actor, loop in zip(actors, loops, strict=True):
                group.create_task(_pace(actor, loop, seconds=seconds, dispatcher=dispatcher))
        drained = await _drained(over)
    return _report(figures, engine=engine, legs=legs, seconds=seconds, cpu_s=_cpu_s() - used) | {"drained": drained}


async def _drained(over: asyncio.Event, /) -> bool:
    try:
        async with asyncio.timeout(_DRAIN_S):
            await over.wait()
    except TimeoutError:
        return False
    return True


def _report(figures: _Figures, *, engine: Engine, legs: int, seconds: float, cpu_s: float) -> dict[str, Any]:
    late = sorted(figures.latency_s)
    return {
        "engine": engine.name,
        "legs": legs,
        "seconds": seconds,
        "finals": len(late),
        "characters": figures.characters,
        "final_latency_s": {
            "p50": round(statistics.median(late), 3) if late else None,
            "p95": round(late[int(0.95 * (len(late) - 1))], 3) if late else None,
            "max": round(late[-1], 3) if late else None,
        },
        "cpu_per_leg": round(cpu_s / seconds / legs, 4),
    }


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
