"""What an engine must do; everything else of the bus is written once, on top of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from runtime.bus.port import FactReader, Subscription


@dataclass(frozen=True, slots=True)
class Passing:
    """A message as it passes; ``reply`` is where an answer goes, empty when none is wanted."""

    subject: str
    data: bytes = field(repr=False)
    reply: str = ""


class Transport(Protocol):
    """Bytes by subject. Failures of the engine arrive as BusAway, NoAnswer or MessageTooLarge."""

    @property
    def connected(self) -> bool:
        """Whether the last that is known is a live connection."""
        ...

    async def make_streams(self, *, max_bytes: int) -> None:
        """Make or adjust stream FACTS and bucket ``config``."""
        ...

    async def send(self, subject: str, data: bytes, /) -> None:
        """Send and forget; dropped while disconnected."""
        ...

    async def listen(self, receive: Callable[[Passing], None], /, *, patterns: Sequence[str]) -> Subscription:
        """Call ``receive``, which must not block, with every message under one of the patterns."""
        ...

    async def request(self, subject: str, data: bytes, /, *, timeout: timedelta) -> bytes:
        """Return the first answer; NoAnswer when nobody serves the subject or none came in time."""
        ...

    async def store(self, subject: str, data: bytes, /, *, headers: dict[str, str], timeout: timedelta) -> None:
        """Append to the stream; header ``Nats-Msg-Id`` de-duplicates within 10 minutes."""
        ...

    async def facts(self, *, durable: str, max_unacked: int, ack_wait: timedelta) -> FactReader:
        """Return the durable pull consumer of that name."""
        ...

    async def facts_fill(self) -> float:
        """Return the stream's bytes as a part of its limit."""
        ...

    async def kv_put(self, key: str, value: bytes, /) -> None:
        """Store a key's newest value."""
        ...

    async def kv_get(self, key: str, /) -> tuple[int, bytes] | None:
        """Return (revision, value) or None."""
        ...

    def kv_subject(self, key: str, /) -> str:
        """Return the subject on which puts of the key pass."""
        ...
