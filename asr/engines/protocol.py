"""What every engine does. Streams are called from worker threads, one call at a time, never from the event loop."""

from dataclasses import dataclass, field
from typing import Protocol

from asr.endpointing import Endpointing
from asr.ladder import Steps
from vocabulary.speech import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialText:
    """Raw words so far of the utterance that began at ``start_ms``."""

    start_ms: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalText:
    """Raw words of an utterance; nothing about it will change. Times are call time."""

    start_ms: int
    end_ms: int
    text: str = field(repr=False)
    words: tuple[Word, ...] = ()
    confidence: float | None = None


Heard = PartialText | FinalText


class LegStream(Protocol):
    """One leg's recogniser. Samples are call time at 8 kHz. Order: begin, hear …, end, begin, …, close."""

    def begin(self, start: int, /) -> None:
        """Speech began at sample ``start``; sound of up to 300 ms before it may follow."""
        ...

    def hear(self, first_sample: int, pcm: bytes, *, partial: bool) -> list[Heard]:
        """Take s16le sound; with ``partial`` an engine that can also says what it has so far."""
        ...

    def end(self, start: int, end: int, *, hurried: bool) -> list[Heard]:
        """Return the finals of the speech from ``start`` to ``end``; none when it was noise.

        ``start`` may be that of an earlier ``begin`` whose ``end`` was left out: two utterances heard as one.
        ``hurried`` allows less care.
        """
        ...

    def close(self) -> None:
        """Give everything back; the stream is not used again."""
        ...


class Engine(Protocol):
    """A loaded model."""

    @property
    def name(self) -> str:
        """Name shown to people and written on utterances, e.g. ``whisper-base``."""
        ...

    @property
    def partials(self) -> bool:
        """Whether partial words come."""
        ...

    @property
    def endpointing(self) -> Endpointing:
        """How speech is cut for this engine."""
        ...

    @property
    def steps(self) -> Steps:
        """When to give up what."""
        ...

    @property
    def parallel(self) -> int:
        """Most worker threads that are of use."""
        ...

    def legs(self, cores: int, /) -> int:
        """How many legs this machine hears at once, by measurement."""
        ...

    def open(self) -> LegStream:
        """Open a stream for one leg."""
        ...
