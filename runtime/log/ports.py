"""What the log writer needs of the bus."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol


class PulledFact(Protocol):
    """A message of stream FACTS that waits for its acknowledgement (30 s, then it comes again)."""

    @property
    def subject(self) -> str: ...

    @property
    def data(self) -> bytes: ...

    @property
    def sequence(self) -> int:
        """Its number in the stream."""
        ...

    async def ack(self) -> None:
        """Acknowledge it. Transient when the bus is away; it will come again."""
        ...


class FactSource(Protocol):
    """Durable pull consumer ``log-writer``: max_ack_pending 100, deliveries unlimited."""

    async def pull(self, *, batch: int, wait: timedelta) -> Sequence[PulledFact]:
        """Return up to ``batch`` messages, none when ``wait`` passes. Transient when the bus is away."""
        ...

    async def floor(self) -> int:
        """Return the stream number up to which every message is acknowledged or gone. Transient when away."""
        ...
