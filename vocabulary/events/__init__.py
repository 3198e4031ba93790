"""The event catalogue: importing this package enters every event class."""

from vocabulary.events import agent_desk, analytics, asr, knowledge, telephony, work_orders
from vocabulary.events.base import CATALOGUE, Event, EventType, subject_of, type_of

__all__ = [
    "CATALOGUE",
    "Event",
    "EventType",
    "agent_desk",
    "analytics",
    "asr",
    "knowledge",
    "subject_of",
    "telephony",
    "type_of",
    "work_orders",
]
