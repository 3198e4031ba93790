"""One connection: requests both ways, notifies in order, audio, every queue bounded."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from runtime.boundary import Done, outcome
from runtime.codec import MalformedMessage
from runtime.failures import Failure, Family, NoAnswer, error_of
from runtime.telemetry import get_logger
from runtime.wire import frames
from runtime.wire.frames import MalformedFrame, Message, message_name
from vocabulary.errors import Permanent, Transient

R = TypeVar("R")
Handlers = Mapping[str, tuple[type[Any], Callable[[Any], Awaitable[object]]]]
"""Wire name → (message class, async function); what it returns is the reply, None for notifies."""
log = get_logger(__name__)
DEADLINE = timedelta(seconds=2)
_OUTGOING, _NOTIFIES, _AT_WORK, _FINISHING_S = 1024, 1024, 256, 5.0


def by_type(functions: Mapping[type[Any], Callable[[Any], Awaitable[object]]], /) -> Handlers:
    """Return handlers under the wire names of their message classes."""
    return {message_name(kind): (kind, function) for kind, function in functions.items()}


class Wire:
    """A live connection. Requests run at once side by side, notifies one after the other in order of arrival."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, /, *, handlers: Handlers) -> None:
        """Wrap connected streams; whoever makes it awaits ``run``."""
        self._reader, self._writer = reader, writer
        self._handlers = dict(handlers)
        self._on_audio: Callable[[bytes], None] | None = None
        self._out: asyncio.Queue[bytes] = asyncio.Queue(_OUTGOING)
        self._notifies: asyncio.Queue[Message] = asyncio.Queue(_NOTIFIES)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._at_work: set[asyncio.Task[None]] = set()
        self._last_id = 0
        self._ended = asyncio.Event()
        self.malformed = 0
        self.spoken = False
        """Whether the other side has sent a message or audio."""

    @property
    def closed(self) -> bool:
        """Whether the connection is over."""
        return self._ended.is_set()

    async def wait_closed(self) -> None:
        """Return when the connection is over."""
        await self._ended.wait()

    def close(self) -> None:
        """End the connection; requests that wait raise NoAnswer."""
        if not self._ended.is_set():
            self._ended.set()
            self._writer.close()
            while not self._out.empty():  # lets those go on that wait for room
                self._out.get_nowait()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(NoAnswer("the connection was closed before the answer came"))

    def handle(self, kind: type[Any], function: Callable[[Any], Awaitable[object]], /) -> None:
        """Serve one more message class on this connection; call it in ``on_connect``, before anything is read."""
        self._handlers[message_name(kind)] = (kind, function)

    def hear(self, on_audio: Callable[[bytes], None], /) -> None:
        """Give each audio payload (kind byte taken off) to ``on_audio``, which must not block."""
        self._on_audio = on_audio

    async def request(self, value: object, /, *, reply: type[R], timeout: timedelta = DEADLINE) -> R:
        """Ask the other side and return its answer.

        Raises what its handler refused with (Refused, Transient, Permanent), or NoAnswer after ``timeout``.
        """
        self._last_id += 1
        number = self._last_id
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await self._put(Message(name=message_name(type(value)), id=number, body=value))
                answer = await future
        except TimeoutError:
            raise NoAnswer(f"{message_name(type(value))}: no answer within {timeout.total_seconds():g} s") from None
        finally:
            self._waiting.pop(number, None)
        if answer.error is not None:
            raise error_of(answer.error)
        return frames.body_of(answer, reply)

    async def notify(self, value: object, /, *, timeout: timedelta = DEADLINE) -> None:
        """Tell the other side; NoAnswer when the connection is over or takes nothing for ``timeout``."""
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await self._put(Message(name=message_name(type(value)), body=value))
        except TimeoutError:
            raise NoAnswer("the other side reads too slowly") from None

    async def send_audio(self, payload: bytes, /) -> None:
        """Send an audio payload, waiting for room; NoAnswer when the connection is over."""
        await self._put_frame(frames.frame(frames.AUDIO, payload))

    def offer_audio(self, payload: bytes, /) -> bool:
        """Send an audio payload when there is room, else return False at once and send nothing."""
        if self.closed or self._out.full():
            return False
        self._out.put_nowait(frames.frame(frames.AUDIO, payload))
        return True

    async def _put(self, message: Message, /) -> None:
        await self._put_frame(frames.message_frame(message))

    async def _put_frame(self, data: bytes, /) -> None:
        if self.closed:
            raise NoAnswer("the connection is closed")
        await self._out.put(data)
        if self.closed:
            raise NoAnswer("the connection was closed")

    async def run(self) -> None:
        """Read, serve and write until either side closes."""
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(self._write()), group.create_task(self._deliver())]
            try:
                await self._read(group)
            finally:
                self.close()
                for task in others:
                    task.cancel()
                await self._finish_work()

    async def _finish_work(self) -> None:
        """Let commands that were begun come to their end, so that none is half done; then stop them."""
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=_FINISHING_S)
            for task in late:
                task.cancel()

    async def _write(self) -> None:
        try:
            while True:
                self._writer.write(await self._out.get())
                await self._writer.drain()
        except OSError:
            self.close()

    async def _read(self, group: asyncio.TaskGroup, /) -> None:
        try:
            while not self.closed:
                head = await self._reader.readexactly(frames.LENGTH_BYTES)
                payload = await self._reader.readexactly(frames.frame_length(head))
                self._take(payload, group)
                self.spoken = True
        except Permanent as error:
            self.malformed += 1
            log.warning("malformed frame, connection closed", fault=str(error))
        except (asyncio.IncompleteReadError, OSError):
            return

    def _take(self, payload: bytes, group: asyncio.TaskGroup, /) -> None:
        if payload[0] == frames.AUDIO and self._on_audio is not None:
            self._on_audio(payload[1:])
            return
        if payload[0] != frames.JSON:
            raise MalformedFrame(f"a frame of kind {payload[0]} that nobody here reads")
        message = frames.read_message(payload[1:])
        if message.re is not None:
            future = self._waiting.get(message.re)
            if future is not None and not future.done():
                future.set_result(message)
        elif message.id is None:
            self._queue_notify(message)
        elif len(self._at_work) >= _AT_WORK:
            busy = Failure(family=Family.TRANSIENT, reason="busy", text="too many requests at once; try again")
            self._reply_now(Message(re=message.id, error=busy))
        else:
            task = group.create_task(self._answer(message, message.id))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)

    def _queue_notify(self, message: Message, /) -> None:
        if self._notifies.full():
            raise MalformedFrame(f"{_NOTIFIES} notifies wait unread; the sender is cut off")
        self._notifies.put_nowait(message)

    def _reply_now(self, message: Message, /) -> None:
        if not self._out.full():
            self._out.put_nowait(frames.message_frame(message))

    async def _deliver(self) -> None:
        while True:
            message = await self._notifies.get()
            result = await self._call(message)
            if isinstance(result, Failure):
                log.warning("a notify was not taken", message_name=message.name, reason=result.reason, text=result.text)

    async def _answer(self, message: Message, number: int, /) -> None:
        result = await self._call(message)
        try:
            if isinstance(result, Failure):
                await self._put(Message(re=number, error=result))
            else:
                await self._put(Message(re=number, body=result.value))
        except MalformedFrame as error:
            too_large = Failure(family=Family.PERMANENT, reason="too-large", text=str(error))
            await self._put(Message(re=number, error=too_large))
        except Transient:
            log.info("an answer found its connection closed", message_name=message.name)

    async def _call(self, message: Message, /) -> Done[object] | Failure:
        entry = self._handlers.get(message.name)
        if entry is None:
            return Failure(family=Family.REFUSED, reason="unknown-message", text=f"nobody here serves {message.name!r}")
        kind, function = entry
        try:
            value = frames.body_of(message, kind)
        except MalformedMessage as error:
            self.malformed += 1
            return Failure(family=Family.REFUSED, reason="malformed", text=f"{message.name}: {error}")
        return await outcome(function(value), of=message.name)
