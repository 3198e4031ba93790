"""What the recogniser needs from around it; wired in ``asr.process``, by fakes in tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from vocabulary.events import Event
from vocabulary.ids import LegId


class LiveEvents(Protocol):
    """Where EPHEMERAL events go; dropped when nobody listens."""

    async def publish(self, event: Event, /) -> None: ...


class Facts(Protocol):
    """Where DURABLE events go: numbered, acked, bounded. ``emit`` raises a Transient when full."""

    @property
    def full(self) -> bool: ...

    def emit(self, event: Event, /) -> None: ...

    async def drained(self, timeout: timedelta) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a leg was heard: every final of speech before ``sample`` is acked."""

    sample: int
    complete: bool = True
    """False when sound was missed."""
    closed: bool = False
    """TranscriptClosed is acked; there is nothing left to do."""


class Checkpoints(Protocol):
    """What a successor of a killed recogniser reads: the last final of each leg."""

    async def read(self) -> Mapping[LegId, Mark]: ...

    async def write(self, marks: Mapping[LegId, Mark], /) -> bool: ...


class Detector(Protocol):
    """Voice or not."""

    def voiced(self, frame: bytes, /) -> bool: ...
