"""Events for tests of the log."""

from datetime import UTC, datetime

from runtime.ids import new_id
from vocabulary.audio import Party
from vocabulary.events.asr import SpeechStarted
from vocabulary.events.telephony import CallQueued, DigitPressed
from vocabulary.ids import CallId, ContactId, EventId, LegId

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def queued(*, contact: ContactId | None = None, queue: str = "general") -> CallQueued:
    """Return a durable fact."""
    return CallQueued(
        event_id=EventId(new_id()),
        occurred_at=NOW,
        contact=contact or ContactId(new_id()),
        call=CallId(new_id()),
        queue=queue,
    )


def pressed(*, contact: ContactId | None = None, digit: str = "0") -> DigitPressed:
    """Return a durable fact of another type."""
    return DigitPressed(
        event_id=EventId(new_id()),
        occurred_at=NOW,
        contact=contact or ContactId(new_id()),
        call=CallId(new_id()),
        leg=LegId(new_id()),
        party=Party.CALLER,
        digit=digit,
        at_ms=10,
    )


def spoke() -> SpeechStarted:
    """Return an ephemeral event."""
    return SpeechStarted(
        event_id=EventId(new_id()),
        occurred_at=NOW,
        contact=None,
        call=CallId(new_id()),
        leg=LegId(new_id()),
        party=Party.CALLER,
        at_ms=0,
    )
