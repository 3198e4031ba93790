"""Events of room asr. Times are ms of call time."""

from dataclasses import dataclass, field

from vocabulary.audio import Party
from vocabulary.events.base import Event, event
from vocabulary.ids import CallId, LegId
from vocabulary.speech import Utterance


@event("asr.speech-started.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Event):
    """A party began to speak."""

    call: CallId
    leg: LegId
    party: Party
    at_ms: int


@event("asr.speech-ended.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded(Event):
    """A party stopped speaking; a final follows unless it was only noise."""

    call: CallId
    leg: LegId
    party: Party
    start_ms: int
    at_ms: int


@event("asr.partial-heard.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard(Event):
    """Words so far of the utterance that began at ``start_ms``; replaces the earlier partial."""

    call: CallId
    leg: LegId
    party: Party
    start_ms: int
    revision: int
    text: str = field(repr=False)


@event("asr.recogniser-status.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniserStatus(Event):
    """Who hears and how late, each 2 s: ``lag_ms`` of the slowest leg, ``partials`` = the engine has them."""

    engine: str
    host: str
    legs: int
    lag_ms: int
    partials: bool


@event("asr.utterance-finalised.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceFinalised(Event):
    """A final utterance; its id is drawn from leg and start so that a repeat is a duplicate."""

    leg: LegId
    utterance: Utterance


@event("asr.transcript-closed.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptClosed(Event):
    """No more finals of this leg; ``complete`` is False when audio was missed."""

    call: CallId
    leg: LegId
    party: Party
    processed_ms: int
    complete: bool
