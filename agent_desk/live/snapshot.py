"""What a page is sent when it opens."""

from dataclasses import dataclass

from agent_desk.contacts.contact_view import ContactView
from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.events.asr import RecogniserStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSnapshot:
    """Everything a page shows, at message number ``n`` of its feed."""

    seat: SeatSnapshot | None
    call: CallSnapshot | None
    contact_view: ContactView | None
    seats: list[SeatSnapshot]
    queue_waiting: int
    recogniser: RecogniserStatus | None
