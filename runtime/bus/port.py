"""What rooms know of the bus: facts and live events, questions, the snapshot of settings."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from vocabulary.errors import Permanent, Transient
from vocabulary.events import Event
from vocabulary.ids import CommandId

Q = TypeVar("Q")
R = TypeVar("R")
ASK_DEADLINE = timedelta(seconds=2)
REMEMBER = timedelta(minutes=10)
LIVE_AGE = timedelta(seconds=5)
ACK_WAIT = timedelta(seconds=30)
MAX_MESSAGE = 1_000_000
"""Bytes; below the 1 MiB of a NATS server's default max_payload."""


class BusAway(Transient):
    """The bus cannot be reached now, or did not acknowledge in time; whether it took the message is unknown."""


class FactsFull(Transient):
    """Too many facts wait for the bus; take no new work until they are gone."""


class MessageTooLarge(Permanent):
    """More than MAX_MESSAGE bytes; the bus never takes it."""


class Subscription(Protocol):
    """Something that listens until it is closed."""

    async def aclose(self) -> None:
        """Stop listening; a handler that runs comes to its end first."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as the stream keeps it. ``sequence`` orders the stream; ``deliveries`` counts from 1."""

    sequence: int
    subject: str
    data: bytes = field(repr=False)
    deliveries: int = 1
    token: str = field(default="", repr=False)
    """Where the acknowledgement goes; only the engine reads it."""


class FactReader(Protocol):
    """A durable pull consumer: what is not acknowledged within 30 s, or before a restart, comes again."""

    async def fetch(self, *, batch: int, timeout: timedelta) -> list[StoredFact]:
        """Return up to ``batch`` facts in stream order, [] after ``timeout``; BusAway when it cannot be asked."""
        ...

    async def ack(self, facts: Sequence[StoredFact], /) -> None:
        """Acknowledge after the effect is committed. An ack can be lost: effects must be idempotent."""
        ...


class Bus(Protocol):
    """One connection of a process; engines: NATS, memory (tests)."""

    @property
    def connected(self) -> bool:
        """Whether the last that is known is a live connection; a dead one is noticed late."""
        ...

    async def make_streams(self, *, max_bytes: int) -> None:
        """Make or adjust stream FACTS and bucket ``config``; see ``ensure_streams``."""
        ...

    async def publish(self, event: Event, /) -> None:
        """Send an EPHEMERAL event; dropped while disconnected. ValueError for a durable one (FactEmitter)."""
        ...

    async def subscribe(
        self,
        handler: Callable[[Event], Awaitable[None]],
        /,
        *,
        patterns: Sequence[str],
        max_age: timedelta = LIVE_AGE,
        pending: int = 10_000,
    ) -> Subscription:
        """Hear events as they pass (``fact.>``, ``live.telephony.>``), one after the other.

        At most ``pending`` wait, then the oldest are dropped and counted; EPHEMERAL ones older than ``max_age`` are
        dropped. Facts can come twice: de-duplicate by event_id.
        """
        ...

    async def ask(
        self,
        request: object,
        /,
        *,
        subject: str,
        reply: type[R],
        timeout: timedelta = ASK_DEADLINE,
        command_id: CommandId | None = None,
    ) -> R:
        """Ask whoever serves ``subject``; one retry with the same ``command_id``, each within ``timeout``.

        Raises what the server refused with (Refused, Transient, Permanent) or NoAnswer.
        """
        ...

    async def serve(
        self,
        handler: Callable[[Q], Awaitable[R]],
        /,
        *,
        subject: str,
        request: type[Q],
        remember: timedelta = REMEMBER,
    ) -> Subscription:
        """Answer ``subject``. A repeated ``command_id`` gets the first reply again; late requests are refused."""
        ...

    async def store(self, event: Event, /, *, number: int, emitter: str, timeout: timedelta) -> None:
        """Put a fact into the stream and return on its ack (for FactEmitter); BusAway = unknown, too large = never."""
        ...

    async def facts(self, *, durable: str, max_unacked: int = 100, ack_wait: timedelta = ACK_WAIT) -> FactReader:
        """Return the durable consumer of all facts of that name, made when it does not exist."""
        ...

    async def facts_fill(self) -> float:
        """Return how full the stream is, 0 to 1; at 1 it takes no more. Alarm at 0.8."""
        ...

    async def kv_put(self, key: str, value: bytes, /) -> None:
        """Store the newest value of a key in bucket ``config``; BusAway when it is not acknowledged."""
        ...

    async def kv_get(self, key: str, /) -> bytes | None:
        """Return the newest value or None; BusAway when it cannot be asked."""
        ...

    async def kv_watch(self, key: str, handler: Callable[[bytes], Awaitable[None]], /) -> Subscription:
        """Call ``handler`` with the present value, if any, and each newer one, also after reconnecting."""
        ...
