"""The way out for facts: numbered per contact, n + 1 leaves after the ack of n, at most 10,000 in memory."""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import timedelta

from runtime import codec
from runtime.bus.port import MAX_MESSAGE, Bus, BusAway, FactsFull, MessageTooLarge
from runtime.ids import new_id
from runtime.pauses import Pauses
from runtime.telemetry import get_logger
from vocabulary.events import Event, type_of
from vocabulary.ids import ContactId

log = get_logger(__name__)
BOUND = 10_000
_SENDERS, _COUNTERS = 16, 20_000
_ACK = timedelta(seconds=2)
_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: Event
    number: int


class FactEmitter:
    """One an emitting process. The buffer is in memory: killed together with NATS, what waits here is lost."""

    def __init__(self, bus: Bus, /, *, name: str, bound: int = BOUND, ack_within: timedelta = _ACK) -> None:
        """Emit as ``name``; numbers begin at 1 with every start, so a fresh id is part of the emitter's name."""
        self._bus, self._bound, self._ack = bus, bound, ack_within
        self.name = f"{name}-{new_id()}"
        self._lanes: dict[ContactId | None, deque[_Waiting]] = {}
        self._numbers: OrderedDict[ContactId | None, int] = OrderedDict()
        self._ready: asyncio.Queue[ContactId | None] = asyncio.Queue()  # one entry a lane, so bounded by ``bound``
        self._backlog = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def backlog(self) -> int:
        """Facts that wait for their ack."""
        return self._backlog

    @property
    def full(self) -> bool:
        """Whether the bound is reached: take no new work."""
        return self._backlog >= self._bound

    def emit(self, event: Event, /) -> None:
        """Queue a fact and return at once.

        Raises FactsFull at the bound, MessageTooLarge for what no stream takes, ValueError for an EPHEMERAL event.
        """
        if not type_of(event).durable:
            raise ValueError(f"{type_of(event).key} is ephemeral; publish it on the bus")
        if self.full:
            raise FactsFull(f"{self._backlog} facts wait for the bus; take no new work until it is back")
        if (size := len(codec.encode_event(event))) > MAX_MESSAGE:
            raise MessageTooLarge(f"{type_of(event).key} of {size} bytes; the bus carries {MAX_MESSAGE}")
        lane = self._lanes.get(event.contact)
        if lane is None:
            lane = self._lanes[event.contact] = deque()
            self._ready.put_nowait(event.contact)
        lane.append(_Waiting(event, self._next_number(event.contact)))
        self._backlog += 1
        self._empty.clear()

    def _next_number(self, contact: ContactId | None, /) -> int:
        number = self._numbers.pop(contact, 0) + 1
        self._numbers[contact] = number
        if len(self._numbers) > _COUNTERS:
            self._numbers.popitem(last=False)
        return number

    async def drained(self, timeout: timedelta) -> bool:
        """Wait until nothing waits; False after ``timeout``."""
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Send for ever, up to 16 contacts side by side; cancel it at the end of the process."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_SENDERS):
                group.create_task(self._send_lanes())

    async def _send_lanes(self) -> None:
        while True:
            contact = await self._ready.get()
            lane = self._lanes[contact]
            while lane:
                await self._send(lane[0])
                lane.popleft()
                self._backlog -= 1
                if self._backlog == 0:
                    self._empty.set()
            del self._lanes[contact]

    async def _send(self, waiting: _Waiting, /) -> None:
        pauses, failures = Pauses(first_s=_PAUSE_S, longest_s=_LONGEST_PAUSE_S), 0
        while True:
            try:
                await self._bus.store(waiting.event, number=waiting.number, emitter=self.name, timeout=self._ack)
            except MessageTooLarge:
                log.exception("a fact is too large for the bus and was lost", event_id=waiting.event.event_id)
                return
            except BusAway as error:
                failures += 1
                if failures in {1, 10, 100}:
                    log.warning("a fact waits for the bus", backlog=self._backlog, tries=failures, reason=str(error))
                await asyncio.sleep(pauses.next_s())
            else:
                return
