"""Calls that lost their switch or their media: what a connected switch tells of them."""

from dataclasses import replace
from datetime import timedelta

from runtime.ids import derived_id
from telephony.calls.record import call_recorded
from telephony.media_protocol import OrphanCall
from vocabulary.calls import EndReason
from vocabulary.events import Event
from vocabulary.events.telephony import CallEnded
from vocabulary.ids import CallId, EventId
from vocabulary.personal import PhoneNumber

_Q850_FAILURE = 41


def facts_of(
    orphans: tuple[OrphanCall, ...], /, *, former: dict[CallId, CallEnded], told: set[CallId], host: str
) -> list[Event]:
    """Return the facts that close these calls and those a former switch left in its journal, recordings first.

    ``told`` are calls whose end this switch has told already: only their recording is new.
    """
    facts: list[Event] = []
    seen: set[CallId] = set()
    for orphan in orphans:
        seen.add(orphan.call)
        at = orphan.started_at + timedelta(milliseconds=orphan.duration_ms)
        if orphan.recording is not None:
            facts.append(call_recorded(orphan.recording, call=orphan.call, contact=orphan.contact, host=host, at=at))
        if orphan.call in told:
            continue
        left = former.get(orphan.call)
        if left is None:
            facts.append(_unknown(orphan))
        else:
            facts.append(replace(left, occurred_at=at) if left.reason is EndReason.SWITCH_LOST else left)
    return [*facts, *(left for call, left in former.items() if call not in seen and call not in told)]


def _unknown(orphan: OrphanCall) -> CallEnded:
    """The end of a call of which only media knew: caller and line are lost with the journal."""
    return CallEnded(
        event_id=EventId(derived_id("telephony.call-ended", str(orphan.call))),
        occurred_at=orphan.started_at + timedelta(milliseconds=orphan.duration_ms),
        contact=orphan.contact,
        call=orphan.call,
        reason=EndReason.MEDIA_LOST if orphan.media_lost else EndReason.SWITCH_LOST,
        q850=_Q850_FAILURE,
        caller=PhoneNumber(""),
        dialled="",
        line_name="",
        queue="",
        invite_at=orphan.started_at,
        accepted_at=orphan.started_at,
        queued_at=None,
        offered_at=(),
        connected_at=None,
        first_audio_at=None,
    )
