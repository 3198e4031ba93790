"""What the log writer needs of the bus."""

from typing import Protocol

from runtime.bus.port import FactReader


class FactSource(FactReader, Protocol):
    """Durable pull consumer ``log-writer``: at most 100 unacknowledged, deliveries unlimited, ack_wait 30 s."""

    async def floor(self) -> int:
        """Return the stream number up to which every message is acknowledged or gone. Transient when away."""
        ...
