"""The bus over any transport: codec, ages, retries and remembered replies are the same for every engine."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from runtime import codec
from runtime.background import Nursery
from runtime.bus.mailbox import Mailbox
from runtime.bus.port import ACK_WAIT, ASK_DEADLINE, LIVE_AGE, REMEMBER, BusAway, FactReader, Subscription
from runtime.bus.requests import Request, read_reply
from runtime.bus.serving import Server
from runtime.bus.transport import Passing, Transport
from runtime.clock import Clock
from runtime.failures import NoAnswer, error_of
from runtime.ids import new_id
from runtime.telemetry import get_logger
from vocabulary.events import Event, subject_of, type_of
from vocabulary.ids import CommandId

Q = TypeVar("Q")
R = TypeVar("R")
log = get_logger(__name__)
_PAUSE_S, _LOOK_S = 0.2, 5.0


class CarriedBus:
    """Implements port.Bus on a Transport; see there."""

    def __init__(self, transport: Transport, /, *, clock: Clock, tasks: Nursery) -> None:
        """Run handlers in ``tasks``."""
        self.transport, self._clock, self._tasks = transport, clock, tasks

    @property
    def connected(self) -> bool:
        """See port.Bus."""
        return self.transport.connected

    async def make_streams(self, *, max_bytes: int) -> None:
        """See port.Bus."""
        await self.transport.make_streams(max_bytes=max_bytes)

    async def publish(self, event: Event, /) -> None:
        """See port.Bus."""
        if type_of(event).durable:
            raise ValueError(f"{type_of(event).key} is durable; give it to the FactEmitter")
        await self.transport.send(subject_of(event), codec.encode_event(event))

    async def subscribe(
        self, handler: Callable[[Event], Awaitable[None]], /, *, patterns: Sequence[str],
        max_age: timedelta = LIVE_AGE, pending: int = 10_000,
    ) -> Subscription:  # fmt: skip
        """See port.Bus."""

        async def read(passing: Passing, /) -> None:
            event = codec.decode_event(passing.data)
            if not type_of(event).durable and self._clock.now() - event.occurred_at > max_age:
                log.debug("a late live event was dropped", subject=passing.subject)
                return
            await handler(event)

        box = Mailbox(read, pending=pending, name=" ".join(patterns), tasks=self._tasks)
        box.feed_from(await self.transport.listen(box.put, patterns=patterns))
        return box

    async def ask(
        self, request: object, /, *, subject: str, reply: type[R], timeout: timedelta = ASK_DEADLINE,
        command_id: CommandId | None = None,
    ) -> R:  # fmt: skip
        """See port.Bus."""
        command = command_id or CommandId(new_id())
        for last in (False, True):
            expires_at = self._clock.now() + timeout
            data = codec.encode(Request(command_id=command, expires_at=expires_at, body=request))
            try:
                answer = read_reply(await self.transport.request(subject, data, timeout=timeout))
            except NoAnswer:
                if last:
                    raise
                await asyncio.sleep(_PAUSE_S)
                continue
            if answer.failure is not None:
                raise error_of(answer.failure)
            return codec.decode(codec.encode(answer.body), reply)
        raise NoAnswer(f"{subject}: nobody answered")

    async def serve(
        self, handler: Callable[[Q], Awaitable[R]], /, *, subject: str, request: type[Q],
        remember: timedelta = REMEMBER,
    ) -> Subscription:  # fmt: skip
        """See port.Bus."""
        server = Server(handler, request=request, transport=self.transport, clock=self._clock, remember=remember)
        await server.listen(subject, tasks=self._tasks)
        return server

    async def store(self, event: Event, /, *, number: int, emitter: str, timeout: timedelta) -> None:
        """See port.Bus."""
        headers = {"Nats-Msg-Id": str(event.event_id), "Hotline-Number": str(number), "Hotline-Emitter": emitter}
        await self.transport.store(subject_of(event), codec.encode_event(event), headers=headers, timeout=timeout)

    async def facts(self, *, durable: str, max_unacked: int = 100, ack_wait: timedelta = ACK_WAIT) -> FactReader:
        """See port.Bus."""
        return await self.transport.facts(durable=durable, max_unacked=max_unacked, ack_wait=ack_wait)

    async def facts_fill(self) -> float:
        """See port.Bus."""
        return await self.transport.facts_fill()

    async def kv_put(self, key: str, value: bytes, /) -> None:
        """See port.Bus."""
        await self.transport.kv_put(key, value)

    async def kv_get(self, key: str, /) -> bytes | None:
        """See port.Bus."""
        found = await self.transport.kv_get(key)
        return None if found is None else found[1]

    async def kv_watch(self, key: str, handler: Callable[[bytes], Awaitable[None]], /) -> Subscription:
        """See port.Bus. A put that passes wakes the look; a look every 5 s finds what passed while disconnected."""
        seen = 0

        async def look(_: None, /) -> None:
            nonlocal seen
            try:
                found = await self.transport.kv_get(key)
            except BusAway:
                return
            if found is not None and found[0] > seen:
                seen = found[0]
                await handler(found[1])

        box = Mailbox(look, pending=1, name=f"config {key}", tasks=self._tasks)

        async def look_again() -> None:
            while True:
                box.put(None)
                await asyncio.sleep(_LOOK_S)

        passing = await self.transport.listen(lambda _: box.put(None), patterns=[self.transport.kv_subject(key)])
        box.feed_from(_Watch(passing, self._tasks.start(look_again())))
        return box


class _Watch:
    def __init__(self, passing: Subscription, looking: asyncio.Task[None], /) -> None:
        self._passing, self._looking = passing, looking

    async def aclose(self) -> None:
        self._looking.cancel()
        await self._passing.aclose()
