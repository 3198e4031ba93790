"""A bounded box between the connection and one handler; when it is full, the oldest message goes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from runtime.background import Nursery
from runtime.boundary import outcome
from runtime.bus.port import Subscription
from runtime.failures import Failure
from runtime.telemetry import get_logger

T = TypeVar("T")
log = get_logger(__name__)
_CLOSING_S = 5.0


class Mailbox(Generic[T]):
    """Hands what is ``put`` to ``handler``, one after the other; implements Subscription."""

    def __init__(self, handler: Callable[[T], Awaitable[None]], /, *, pending: int, name: str, tasks: Nursery) -> None:
        """Start the task that calls ``handler``; at most ``pending`` messages wait."""
        self._handler, self._name, self._limit = handler, name, pending
        self._box: deque[T] = deque(maxlen=pending)
        self._filled = asyncio.Event()
        self._closing = False
        self._source: Subscription | None = None
        self.dropped = 0
        self._task = tasks.start(self._run())

    def put(self, item: T, /) -> None:
        """Take a message; never blocks."""
        if len(self._box) == self._limit > 1:
            self.dropped += 1
            if self.dropped == 1 or self.dropped % 1000 == 0:
                log.warning("a slow handler, its oldest messages are dropped", mailbox=self._name, n=self.dropped)
        self._box.append(item)
        self._filled.set()

    def feed_from(self, source: Subscription, /) -> None:
        """Remember what to close first."""
        self._source = source

    async def aclose(self) -> None:
        """Take nothing more; a handler that runs comes to its end within 5 s."""
        if self._source is not None:
            await self._source.aclose()
        self._closing = True
        self._filled.set()
        if self._task is not asyncio.current_task() and not self._task.done():
            await asyncio.wait([self._task], timeout=_CLOSING_S)
            self._task.cancel()

    async def _run(self) -> None:
        while not self._closing:
            await self._filled.wait()
            self._filled.clear()
            while self._box and not self._closing:
                result = await outcome(self._handler(self._box.popleft()), of=self._name)
                if isinstance(result, Failure):
                    log.warning("a message was not handled", mailbox=self._name, reason=result.reason, text=result.text)
