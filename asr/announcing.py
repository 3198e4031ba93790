"""What the recogniser says: live events, dropped when late, and facts, kept until the bus has room."""

import asyncio
from collections import deque
from collections.abc import Sequence

from asr.actor import Actor
from asr.endpointing import Began, Found, Over
from asr.engines.protocol import FinalText, Heard, PartialText
from asr.ports import Facts, LiveEvents
from runtime.clock import Clock
from runtime.ids import derived_id, new_id
from runtime.metrics import gauge
from vocabulary.audio import samples_to_ms
from vocabulary.errors import Transient
from vocabulary.events.asr import (
    PartialHeard,
    RecogniserStatus,
    SpeechEnded,
    SpeechStarted,
    TranscriptClosed,
    UtteranceFinalised,
)
from vocabulary.events.base import Event
from vocabulary.ids import EventId
from vocabulary.speech import Utterance
from vocabulary.taps import TapLeg

_RETRY_S = 0.2
_LAG = gauge("hotline_recogniser_lag_seconds", "How late the slowest leg is heard")
_LEGS = gauge("hotline_recogniser_legs", "Legs that are heard")


class Announcer:
    """Events of all legs. Live ones: at most 1,000 wait, the oldest is dropped. Facts are never dropped here."""

    def __init__(self, *, live: LiveEvents, facts: Facts, clock: Clock, engine: str) -> None:
        """``engine`` is written on utterances."""
        self._live, self._facts, self._clock, self._engine = live, facts, clock, engine
        self._going: asyncio.Queue[Event] = asyncio.Queue(1000)
        self._kept: deque[Event] = deque()
        self._revision = 0

    @property
    def stuck(self) -> bool:
        """Facts wait here because the emitter is full: nothing new may be heard."""
        return bool(self._kept) or self._facts.full

    def speech(self, leg: TapLeg, found: Sequence[Found], /) -> None:
        """Say that a party began or ceased to speak."""
        for step in found:
            if isinstance(step, Began):
                self._say(
                    SpeechStarted(
                        event_id=EventId(new_id()), occurred_at=self._clock.now(), contact=leg.contact, call=leg.call,
                        leg=leg.leg, party=leg.party, at_ms=samples_to_ms(step.sample),
                    )
                )  # fmt: skip
            elif isinstance(step, Over):
                self._say(
                    SpeechEnded(
                        event_id=EventId(new_id()), occurred_at=self._clock.now(), contact=leg.contact, call=leg.call,
                        leg=leg.leg, party=leg.party, start_ms=samples_to_ms(step.start),
                        at_ms=samples_to_ms(step.end),
                    )
                )  # fmt: skip

    def heard(self, leg: TapLeg, heard: Sequence[Heard], /) -> list[FinalText]:
        """Say what was heard; return the finals that have words."""
        finals = []
        for one in heard:
            if isinstance(one, PartialText):
                self._partial(leg, one)
            elif one.text:
                finals.append(one)
                self._final(leg, one)
        return finals

    def transcript_closed(self, leg: TapLeg, *, processed_ms: int, complete: bool) -> None:
        """Say that no more finals of the leg come."""
        self._emit(
            TranscriptClosed(
                event_id=EventId(derived_id(str(leg.leg), "transcript-closed")), occurred_at=self._clock.now(),
                contact=leg.contact, call=leg.call, leg=leg.leg, party=leg.party, processed_ms=processed_ms,
                complete=complete,
            )
        )  # fmt: skip

    def status(self, *, host: str, legs: int, lag_ms: int, partials: bool) -> None:
        """Say who hears and how late."""
        _LAG.set(lag_ms / 1000)
        _LEGS.set(legs)
        self._say(
            RecogniserStatus(
                event_id=EventId(new_id()), occurred_at=self._clock.now(), contact=None, engine=self._engine,
                host=host, legs=legs, lag_ms=lag_ms, partials=partials,
            )
        )  # fmt: skip

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send())
            group.create_task(self._retry())

    def _partial(self, leg: TapLeg, partial: PartialText, /) -> None:
        self._revision += 1
        self._say(
            PartialHeard(
                event_id=EventId(new_id()), occurred_at=self._clock.now(), contact=leg.contact, call=leg.call,
                leg=leg.leg, party=leg.party, start_ms=partial.start_ms, revision=self._revision, text=partial.text,
            )
        )  # fmt: skip

    def _final(self, leg: TapLeg, final: FinalText, /) -> None:
        utterance = Utterance(
            contact=leg.contact, call=leg.call, leg=leg.leg, party=leg.party, start_ms=final.start_ms,
            end_ms=final.end_ms, text=final.text, engine=self._engine, words=final.words,
            confidence=final.confidence,
        )  # fmt: skip
        self._emit(
            UtteranceFinalised(
                event_id=EventId(derived_id(str(leg.leg), str(final.start_ms))), occurred_at=self._clock.now(),
                contact=leg.contact, leg=leg.leg, utterance=utterance,
            )
        )  # fmt: skip

    def _say(self, event: Event, /) -> None:
        if self._going.full():
            self._going.get_nowait()
        self._going.put_nowait(event)

    def _emit(self, event: Event, /) -> None:
        self._kept.append(event)
        self._pass_on()

    def _pass_on(self) -> None:
        while self._kept:
            try:
                self._facts.emit(self._kept[0])
            except Transient:
                return
            self._kept.popleft()

    async def _send(self) -> None:
        while True:
            await self._live.publish(await self._going.get())

    async def _retry(self) -> None:
        while True:
            await asyncio.sleep(_RETRY_S)
            self._pass_on()


def closing_figures(actor: Actor, /) -> tuple[int, bool]:
    """Return (processed_ms, complete) of a leg that was heard to its end."""
    return samples_to_ms(actor.listener.next_sample), actor.complete
