"""The answering side of a question: late ones are refused, repeated ones get their first reply."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Generic, TypeVar

from runtime import codec
from runtime.background import Nursery
from runtime.boundary import Done, outcome
from runtime.bus.port import MAX_MESSAGE, Subscription
from runtime.bus.replies import RememberedReplies
from runtime.bus.requests import Reply, Request, read_request
from runtime.bus.transport import Passing, Transport
from runtime.clock import Clock
from runtime.failures import Failure, Family
from runtime.telemetry import get_logger

Q = TypeVar("Q")
R = TypeVar("R")
log = get_logger(__name__)
_AT_WORK, _FINISHING_S = 256, 5.0


class Server(Generic[Q, R]):
    """Serves one subject; implements Subscription."""

    def __init__(
        self, handler: Callable[[Q], Awaitable[R]], /, *, request: type[Q], transport: Transport, clock: Clock,
        remember: timedelta,
    ) -> None:  # fmt: skip
        """Answer with ``handler``, whose argument is a ``request``."""
        self._handler, self._request = handler, request
        self._transport, self._clock = transport, clock
        self._replies = RememberedReplies(keep=remember, clock=clock)
        self._at_work: set[asyncio.Task[None]] = set()
        self._source: Subscription | None = None

    async def listen(self, subject: str, /, *, tasks: Nursery) -> None:
        """Begin to serve ``subject``; at most 256 questions are worked on at once, more are told to try again."""

        def receive(passing: Passing, /) -> None:
            if len(self._at_work) >= _AT_WORK:
                busy = Failure(family=Family.TRANSIENT, reason="busy", text="too many requests at once; try again")
                work = self._send(passing, codec.encode(Reply(failure=busy)))
            else:
                work = self._answer(passing)
            task = tasks.start(work)
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)

        self._source = await self._transport.listen(receive, patterns=[subject])

    async def aclose(self) -> None:
        """Take no more questions; those at work are answered within 5 s."""
        if self._source is not None:
            await self._source.aclose()
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=_FINISHING_S)
            for task in late:
                task.cancel()

    async def _answer(self, passing: Passing, /) -> None:
        try:
            request = read_request(passing.data)
            value = codec.decode(codec.encode(request.body), self._request)
        except codec.MalformedMessage as error:
            await self._refuse(passing, "malformed", f"{passing.subject}: {error}")
            return
        if self._clock.now() > request.expires_at:
            await self._refuse(passing, "expired", "the request came after its deadline and was not carried out")
            return
        known = self._replies.get(request.command_id)
        reply = await (asyncio.shield(known) if known else self._carry_out(request, value, passing.subject))
        await self._send(passing, reply)

    async def _carry_out(self, request: Request, value: Q, subject: str, /) -> bytes:
        _ = self._replies.begin(request.command_id)
        try:
            result = await outcome(self._handler(value), of=subject)
            reply = Reply(body=result.value) if isinstance(result, Done) else Reply(failure=result)
            data = codec.encode(reply)
            if len(data) > MAX_MESSAGE:
                text = f"the reply of {len(data)} bytes is larger than the bus carries; ask for less"
                reply = Reply(failure=Failure(family=Family.PERMANENT, reason="too-large", text=text))
                data = codec.encode(reply)
            transient = reply.failure is not None and reply.failure.family is Family.TRANSIENT
            self._replies.finish(request.command_id, data, keep=not transient)
        finally:
            self._replies.give_up(request.command_id)
        return data

    async def _refuse(self, passing: Passing, reason: str, text: str, /) -> None:
        log.warning("a request was refused", subject=passing.subject, reason=reason)
        await self._send(passing, codec.encode(Reply(failure=Failure(family=Family.REFUSED, reason=reason, text=text))))

    async def _send(self, passing: Passing, data: bytes, /) -> None:
        if passing.reply:
            await self._transport.send(passing.reply, data)
