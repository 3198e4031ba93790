"""What the log writer needs of the bus."""

from typing import Protocol

from runtime.bus.port import FactReader


class FactSource(Protocol):
    """The one method of ``runtime.bus.Bus`` that the log writer uses."""

    async def facts(self, *, durable: str) -> FactReader:
        """Return the durable consumer: at most 100 unacknowledged, deliveries unlimited. BusAway when away."""
        ...
