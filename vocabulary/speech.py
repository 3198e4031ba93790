"""What was heard: partial and final utterances in call time."""

from dataclasses import dataclass, field

from vocabulary.audio import Party
from vocabulary.ids import CallId, ContactId, LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word; times in ms of call time, ``confidence`` in 0..1 or None where the engine has none."""

    text: str = field(repr=False)
    start_ms: int
    end_ms: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One stretch of speech of one party. ``start_ms`` and ``end_ms`` are call time; ``text`` is simplified Chinese."""

    contact: ContactId
    call: CallId
    leg: LegId
    party: Party
    start_ms: int
    end_ms: int
    text: str = field(repr=False)
    engine: str
    words: tuple[Word, ...] = ()
    confidence: float | None = None
