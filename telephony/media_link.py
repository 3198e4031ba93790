"""The switch's side of the socket to media: connects again and again, says when it came and went."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from runtime.failures import NoAnswer
from runtime.pauses import Pauses
from runtime.telemetry import get_logger
from runtime.wire import Wire, by_type, connect_wire
from vocabulary.errors import HotlineError

R = TypeVar("R")
log = get_logger(__name__)
_AGAIN_S, _LONGEST_S = 0.1, 2.0
_DEADLINE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvents:
    """Whom to tell: ``came`` is awaited before the link counts as connected, ``went`` follows a loss."""

    came: Callable[[], Awaitable[None]]
    went: Callable[[], None]
    notifies: dict[type[Any], Callable[[Any], Awaitable[object]]]


class MediaLink:
    """A connection that may be away; requests then raise NoAnswer at once."""

    def __init__(self, path: str, /) -> None:
        """Connect to ``path`` once ``run`` is awaited."""
        self._path = path
        self._wire: Wire | None = None
        self.connected = False

    async def request(self, value: object, /, *, reply: type[R], timeout: timedelta = _DEADLINE) -> R:
        """Ask media; Refused, Transient or Permanent as it says, NoAnswer when it is away."""
        wire = self._wire
        if wire is None or wire.closed:
            raise NoAnswer("the media process is away")
        return await wire.request(value, reply=reply, timeout=timeout)

    async def run(self, events: LinkEvents, /) -> None:
        """Stay connected for ever; cancel it at the end of the process."""
        pauses = Pauses(first_s=_AGAIN_S, longest_s=_LONGEST_S)
        while True:
            try:
                async with connect_wire(self._path, handlers=by_type(events.notifies)) as wire:
                    self._wire = wire
                    await events.came()
                    self.connected = True
                    pauses.anew()
                    log.info("media is connected")
                    await wire.wait_closed()
            except HotlineError as error:
                if pauses.fresh:
                    log.warning("media is away", reason=str(error))
            self._wire = None
            if self.connected:
                self.connected = False
                log.error("media went away")
                events.went()
            await asyncio.sleep(pauses.next_s())
