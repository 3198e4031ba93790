"""The NATS engine; the only file that knows nats-py. Tried on nats-server 2.15.1 with nats-py 2.16.0."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError, NoRespondersError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, KeyNotFoundError, NotFoundError
from nats.js.kv import KeyValue

from runtime.bus.port import BusAway, FactReader, MessageTooLarge, StoredFact, Subscription
from runtime.bus.subjects import CONFIG_BUCKET, FACTS_PATTERN, FACTS_STREAM
from runtime.bus.transport import Passing
from runtime.cancellation import heeded
from runtime.failures import NoAnswer
from runtime.telemetry import get_logger

log = get_logger(__name__)
_WEEK_S, _DUPLICATES_S, _ANSWER_S = 7 * 86400, 600, 2.0
_UNREAD = 100_000
_FAULTS = (Error, OSError, TimeoutError)


@asynccontextmanager
async def connect(
    *, url: str, name: str, user: str, password: str, within: timedelta
) -> AsyncIterator["NatsTransport"]:
    """Hold a connection that reconnects by itself for ever; BusAway when the first one does not come ``within``."""
    closing = False

    async def lost() -> None:
        if not closing:
            log.warning("the bus is away")

    async def back() -> None:
        log.info("the bus is back")

    async def fault(error: Exception) -> None:
        log.info("the bus connection reports", fault=str(error) or type(error).__name__)

    options: dict[str, Any] = {"user": user, "password": password} if user else {}
    try:
        async with asyncio.timeout(within.total_seconds()):
            client = await nats.connect(
                url, name=name, max_reconnect_attempts=-1, reconnect_time_wait=0.1, connect_timeout=2, ping_interval=2,
                max_outstanding_pings=2, disconnected_cb=lost, reconnected_cb=back, error_cb=fault, **options,
            )  # fmt: skip
    except _FAULTS as error:
        raise BusAway(f"no NATS server answers on {url}: {str(error) or type(error).__name__}") from None
    try:
        yield NatsTransport(client)
    finally:
        closing = True
        await _close(client)


async def _close(client: Client, /) -> None:
    try:
        async with asyncio.timeout(_ANSWER_S):
            if client.is_connected:
                await client.flush(timeout=1)
            await client.close()
    except _FAULTS:
        log.info("the bus was closed without goodbye")


class _Listening:
    """Implements port.Subscription."""

    def __init__(self, subscriptions: list[Any], /) -> None:
        self._subscriptions = subscriptions

    async def aclose(self) -> None:
        """Stop listening."""
        for subscription in self._subscriptions:
            try:
                await subscription.unsubscribe()
            except _FAULTS:
                log.debug("unsubscribed from a closed connection")


class _Reader:
    """A durable pull consumer; implements port.FactReader."""

    def __init__(self, client: Client, pulling: Any, /) -> None:
        self._client, self._pulling = client, pulling

    async def fetch(self, *, batch: int, timeout: timedelta) -> list[StoredFact]:
        """See port.FactReader."""
        if not self._client.is_connected:
            raise BusAway("the bus is away")
        try:
            messages: list[Msg] = await heeded(self._pulling.fetch(batch, timeout=timeout.total_seconds()))
        except (NatsTimeout, TimeoutError):
            return []
        except _FAULTS as error:
            raise BusAway(f"facts cannot be fetched: {error}") from None
        return [
            StoredFact(m.metadata.sequence.stream, m.subject, m.data, m.metadata.num_delivered or 1, m.reply)
            for m in messages
        ]

    async def ack(self, facts: Sequence[StoredFact], /) -> None:
        """See port.FactReader."""
        if not self._client.is_connected:
            raise BusAway("the bus is away")
        try:
            for fact in facts:
                await self._client.publish(fact.token, b"+ACK")
        except _FAULTS as error:
            raise BusAway(f"facts cannot be acknowledged: {error}") from None


class NatsTransport:
    """Implements transport.Transport; see there."""

    def __init__(self, client: Client, /) -> None:
        """Use a connected client."""
        self._client = client
        self._stream: JetStreamContext = client.jetstream(timeout=_ANSWER_S)
        self._bucket: KeyValue | None = None

    @property
    def connected(self) -> bool:
        """See Transport."""
        return bool(self._client.is_connected)

    async def make_streams(self, *, max_bytes: int) -> None:
        """See Transport."""
        facts = api.StreamConfig(
            name=FACTS_STREAM, subjects=[FACTS_PATTERN], storage=api.StorageType.FILE, max_age=_WEEK_S,
            max_bytes=max_bytes, discard=api.DiscardPolicy.NEW, duplicate_window=_DUPLICATES_S,
        )  # fmt: skip
        try:
            try:
                await self._stream.add_stream(facts)
            except BadRequestError:
                await self._stream.update_stream(facts)
            await self._stream.create_key_value(api.KeyValueConfig(bucket=CONFIG_BUCKET, history=5))
        except _FAULTS as error:
            raise BusAway(f"stream {FACTS_STREAM} cannot be made: {error}") from None

    async def send(self, subject: str, data: bytes, /) -> None:
        """See Transport."""
        if not self.connected:
            return
        try:
            await self._client.publish(subject, data)
        except MaxPayloadError:
            raise MessageTooLarge(f"{len(data)} bytes on {subject}") from None
        except _FAULTS:
            log.info("a message was dropped, the bus is away", subject=subject)

    async def listen(self, receive: Callable[[Passing], None], /, *, patterns: Sequence[str]) -> Subscription:
        """See Transport."""

        async def heard(message: Msg) -> None:
            receive(Passing(message.subject, message.data, message.reply))

        try:
            made = [await self._client.subscribe(pattern, cb=heard, pending_msgs_limit=_UNREAD) for pattern in patterns]
            await heeded(self._client.flush(timeout=int(_ANSWER_S)))
        except _FAULTS as error:
            raise BusAway(f"cannot listen: {error}") from None
        return _Listening(made)

    async def request(self, subject: str, data: bytes, /, *, timeout: timedelta) -> bytes:
        """See Transport."""
        try:
            answer = await heeded(self._client.request(subject, data, timeout=timeout.total_seconds()))
        except MaxPayloadError:
            raise MessageTooLarge(f"{len(data)} bytes on {subject}") from None
        except NoRespondersError:
            raise NoAnswer(f"nobody serves {subject}") from None
        except _FAULTS:
            raise NoAnswer(f"{subject}: no answer within {timeout.total_seconds():g} s") from None
        return bytes(answer.data)

    async def store(self, subject: str, data: bytes, /, *, headers: dict[str, str], timeout: timedelta) -> None:
        """See Transport. Not tried while disconnected: the client would keep it and deliver it once more later."""
        if not self.connected:
            raise BusAway("the bus is away")
        try:
            await heeded(self._stream.publish(subject, data, timeout=timeout.total_seconds(), headers=headers))
        except MaxPayloadError:
            raise MessageTooLarge(f"{len(data)} bytes on {subject}") from None
        except _FAULTS as error:
            raise BusAway(f"not acknowledged: {str(error) or type(error).__name__}") from None

    async def facts(self, *, durable: str, max_unacked: int, ack_wait: timedelta) -> FactReader:
        """See Transport."""
        config = api.ConsumerConfig(
            durable_name=durable, ack_policy=api.AckPolicy.EXPLICIT, deliver_policy=api.DeliverPolicy.ALL,
            max_ack_pending=max_unacked, ack_wait=ack_wait.total_seconds(), max_deliver=-1,
            filter_subject=FACTS_PATTERN,
        )  # fmt: skip
        try:
            await heeded(self._stream.add_consumer(FACTS_STREAM, config))
            pulling = await heeded(self._stream.pull_subscribe_bind(consumer=durable, stream=FACTS_STREAM))
        except _FAULTS as error:
            raise BusAway(f"consumer {durable} cannot be made: {error}") from None
        return _Reader(self._client, pulling)

    async def facts_fill(self) -> float:
        """See Transport."""
        try:
            info = await heeded(self._stream.stream_info(FACTS_STREAM))
        except _FAULTS as error:
            raise BusAway(f"stream {FACTS_STREAM} cannot be asked: {error}") from None
        return info.state.bytes / info.config.max_bytes if info.config.max_bytes and info.config.max_bytes > 0 else 0.0

    async def _config(self) -> KeyValue:
        if not self.connected:
            raise BusAway("the bus is away")
        if self._bucket is None:
            self._bucket = await heeded(self._stream.key_value(CONFIG_BUCKET))
        return self._bucket

    async def kv_put(self, key: str, value: bytes, /) -> None:
        """See Transport."""
        try:
            await heeded((await self._config()).put(key, value))
        except MaxPayloadError:
            raise MessageTooLarge(f"{len(value)} bytes in {key}") from None
        except _FAULTS as error:
            raise BusAway(f"{key} was not stored: {error}") from None

    async def kv_get(self, key: str, /) -> tuple[int, bytes] | None:
        """See Transport."""
        try:
            entry = await heeded((await self._config()).get(key))
        except (KeyNotFoundError, NotFoundError):
            return None
        except _FAULTS as error:
            raise BusAway(f"{key} cannot be read: {error}") from None
        return int(entry.revision or 0), bytes(entry.value or b"")

    def kv_subject(self, key: str, /) -> str:
        """See Transport."""
        return f"$KV.{CONFIG_BUCKET}.{key}"
