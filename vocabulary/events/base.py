"""The base of all events and the catalogue that codecs, the log and the OpenAPI document read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from vocabulary.ids import ContactId, EventId, LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense. ``contact`` is None where there is none; ``leg`` is set by events of one leg."""

    event_id: EventId
    occurred_at: datetime
    contact: ContactId | None


@dataclass(frozen=True, slots=True)
class EventType:
    """How an event travels: ``room.name.vN``; DURABLE goes to the log, EPHEMERAL is dropped when late."""

    room: str
    name: str
    version: int
    durable: bool
    cls: type[Event]

    @property
    def key(self) -> str:
        """The name on the wire, e.g. ``telephony.call-connected.v1``."""
        return f"{self.room}.{self.name}.v{self.version}"


CATALOGUE: dict[str, EventType] = {}
_BY_CLASS: dict[type[Event], EventType] = {}
E = TypeVar("E", bound=Event)


def event(key: str, /, *, durable: bool) -> Callable[[type[E]], type[E]]:
    """Enter an event class in the catalogue under ``room.name.vN``."""
    room, name, version = key.split(".")

    def enter(cls: type[E]) -> type[E]:
        if key in CATALOGUE:
            message = f"two event classes claim {key}"
            raise ValueError(message)
        CATALOGUE[key] = _BY_CLASS[cls] = EventType(room, name, int(version.removeprefix("v")), durable, cls)
        return cls

    return enter


def type_of(value: Event | type[Event], /) -> EventType:
    """Return the catalogue entry of an event or event class; KeyError when it was never entered."""
    return _BY_CLASS[value if isinstance(value, type) else type(value)]


def subject_of(value: Event, /) -> str:
    """NATS subject: ``fact|live.<room>.<event>.vN.<contact|->[.<leg>]``."""
    entry = type_of(value)
    leg: LegId | None = getattr(value, "leg", None)
    head = "fact" if entry.durable else "live"
    tail = f".{leg}" if leg is not None else ""
    return f"{head}.{entry.key}.{value.contact or '-'}{tail}"
