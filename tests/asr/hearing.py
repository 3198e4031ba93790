"""What several tests of this room do: put sound through a leg's whole path without a process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from asr.actor import Actor
from asr.endpointing import Found
from asr.engines.protocol import Engine, FinalText, Heard
from asr.hearing import LegRecogniser
from asr.ladder import Level
from asr.listening import LegListener
from asr.voice_activity import VoiceActivity
from runtime.ids import new_id
from vocabulary.audio import BLOCK_SAMPLES, SAMPLE_RATE, AudioBlock, Party
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.taps import TapLeg

CITY_VOICES = Path(__file__).resolve().parents[2] / "city" / "voices"


def a_leg(party: Party = Party.CALLER, *, first_sample: int = 0) -> TapLeg:
    return TapLeg(
        leg=LegId(new_id()),
        call=CallId(new_id()),
        contact=ContactId(new_id()),
        party=party,
        first_sample=first_sample,
    )


def an_actor(engine: Engine, *, from_sample: int = 0, party: Party = Party.CALLER) -> Actor:
    listener = LegListener(settings=engine.endpointing, detector=VoiceActivity(), from_sample=from_sample)
    return Actor(
        a_leg(party),
        listener=listener,
        recogniser=LegRecogniser(engine),
        streaming=engine.endpointing.chunk is not None,
    )


def blocks(actor: Actor, pcm: bytes, *, first_sample: int = 0) -> Iterator[AudioBlock]:
    size = 2 * BLOCK_SAMPLES
    for offset in range(0, len(pcm), size):
        yield AudioBlock(leg=actor.leg.leg, first_sample=first_sample + offset // 2, pcm=pcm[offset : offset + size])


def work_off(actor: Actor, level: Level = Level.NORMAL) -> list[Heard]:
    heard: list[Heard] = []
    while actor.due() is not None:
        job = actor.next_job(level, partial=True)
        outcome = actor.recogniser.work(job)
        heard += outcome.heard
        finals = [one for one in outcome.heard if isinstance(one, FinalText)]
        actor.done(job, finals=finals, faulty=outcome.faulty)
    return heard


def hear(engine: Engine, pcm: bytes, *, found: Callable[[list[Found]], object] = len) -> list[Heard]:
    """Return all that an engine says of one leg's sound, from its first sample to its end."""
    actor, heard = an_actor(engine), []
    for block in blocks(actor, pcm):
        found(actor.take(block, now=block.end_sample / SAMPLE_RATE))
        heard += work_off(actor)
    found(actor.finish())
    return heard + work_off(actor)


def finals(heard: list[Heard]) -> list[FinalText]:
    return [one for one in heard if isinstance(one, FinalText) and one.text]


def silence(seconds: float) -> bytes:
    return bytes(2 * int(seconds * SAMPLE_RATE))


def noise(seconds: float, *, level: float = 30.0) -> bytes:
    return np.random.default_rng(7).normal(0, level, int(seconds * SAMPLE_RATE)).astype("<i2").tobytes()
