"""What leaves the switch for the bus: facts that must arrive, and snapshots for screens. Nothing here waits."""

import asyncio

from runtime.boundary import attempt, outcome
from runtime.bus import Bus, FactEmitter
from runtime.failures import Failure
from runtime.metrics import counter
from runtime.telemetry import get_logger
from vocabulary.events import Event, type_of
from vocabulary.events.telephony import CallEnded

log = get_logger(__name__)
_ENDED = counter("hotline_calls_ended", "Calls by how they ended", "reason")
_SHOWN = 2000
_HEADROOM = 2000
"""Facts that calls in progress may still emit once new ones are refused."""


class Publisher:
    """Facts leave by ``emitter``, live snapshots by ``bus`` from ``run``."""

    def __init__(self, *, bus: Bus, emitter: FactEmitter) -> None:
        """Keep at most 2,000 snapshots."""
        self.emitter = emitter
        self._bus = bus
        self._shown: asyncio.Queue[Event] = asyncio.Queue(_SHOWN)

    def tell(self, fact: Event, /) -> None:
        """Emit a fact; one that cannot be kept is logged, the call goes on."""
        if isinstance(fact, CallEnded):
            _ENDED.labels(fact.reason).inc()
        told = attempt(lambda: self.emitter.emit(fact), of="emit")
        if isinstance(told, Failure):
            log.error("a fact was lost", type=type_of(fact).key, event_id=fact.event_id, reason=told.text)

    def show(self, event: Event, /) -> None:
        """Publish a live snapshot; the oldest is dropped when the bus is slow."""
        if self._shown.full():
            self._shown.get_nowait()
        self._shown.put_nowait(event)

    @property
    def full(self) -> bool:
        """Whether new calls must be refused because their facts could not be kept."""
        return self.emitter.full or self.emitter.backlog > 10_000 - _HEADROOM

    async def run(self) -> None:
        """Publish snapshots for ever; a lost one is followed by more."""
        while True:
            await outcome(self._bus.publish(await self._shown.get()), of="publish")
