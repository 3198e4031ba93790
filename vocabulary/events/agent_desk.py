"""Events of room agent_desk."""

from dataclasses import dataclass
from datetime import datetime

from vocabulary.events.base import Event, event
from vocabulary.ids import AccountId, CallId, MatterId, SeatNo
from vocabulary.orders import DraftField


@event("agent-desk.seat-alive.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAlive(Event):
    """Each 2 s for every seat whose page is open; silent 6 s makes the seat NotReady (desk away)."""

    seat: SeatNo
    agent: AccountId


@event("agent-desk.draft-proposed.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProposed(Event):
    """All fields now proposed for the order form of a contact."""

    revision: int
    fields: tuple[DraftField, ...]


@event("agent-desk.recording-played.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPlayed(Event):
    """Somebody heard a stretch of a recording; kept for the audit."""

    call: CallId
    account: AccountId
    from_ms: int
    to_ms: int
    why: str


@event("agent-desk.callback-listed.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackListed(Event):
    """An abandoned or refused caller went on the list of people to call back."""

    call: CallId
    abandoned_at: datetime


@event("agent-desk.contact-confidential.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactConfidential(Event):
    """保密 was set or taken back for a matter: whether who asked stays unknown to everybody but the agent of the talk.

    A contact is confidential while one of its matters is. ``matter`` is None until 0.1: the first, the only one.
    """

    confidential: bool
    account: AccountId
    matter: MatterId | None = None
