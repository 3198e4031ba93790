"""Replies kept by command_id, so that a repeated question is not carried out twice."""

import asyncio
from collections import OrderedDict
from datetime import timedelta

from runtime.clock import Clock
from vocabulary.ids import CommandId

_MOST, _MOST_BYTES = 10_000, 16 * 1024 * 1024


class RememberedReplies:
    """Replies of the last ``keep``, at most 10,000 and 16 MiB; the oldest go first. A running command is a future."""

    def __init__(self, *, keep: timedelta, clock: Clock) -> None:
        """Forget after ``keep``."""
        self._keep, self._clock, self._bytes = keep.total_seconds(), clock, 0
        self._known: OrderedDict[CommandId, tuple[float, asyncio.Future[bytes]]] = OrderedDict()

    def get(self, command: CommandId, /) -> asyncio.Future[bytes] | None:
        """Return the reply, or the future of one that is being worked out, or None."""
        self._forget_old()
        entry = self._known.get(command)
        return entry[1] if entry else None

    def begin(self, command: CommandId, /) -> asyncio.Future[bytes]:
        """Note that the command is being carried out; its reply goes into the future."""
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._known[command] = (self._clock.monotonic(), future)
        return future

    def finish(self, command: CommandId, reply: bytes, /, *, keep: bool) -> None:
        """Give the reply to all who wait for it; forget it when it is not worth keeping."""
        _, future = self._known[command]
        if not future.done():
            future.set_result(reply)
        if not keep or self._keep <= 0:
            del self._known[command]
            return
        self._bytes += len(reply)
        self._forget_old()

    def give_up(self, command: CommandId, /) -> None:
        """Drop a command whose execution was cut off."""
        entry = self._known.get(command)
        if entry and not entry[1].done():
            entry[1].cancel()
            del self._known[command]

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        for command, (began, future) in list(self._known.items()):
            too_much = len(self._known) > _MOST or self._bytes > _MOST_BYTES
            if not too_much and now - began <= self._keep:
                return
            if future.done():
                self._bytes -= len(future.result())
                del self._known[command]
