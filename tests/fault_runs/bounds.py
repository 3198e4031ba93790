"""What each fault may cost at most, and whether one call stayed below. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from asr import character_error_rate
from tests.fault_runs.broken_call import Observation
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.events import Event, type_of
from vocabulary.events.asr import TranscriptClosed, UtteranceFinalised
from vocabulary.events.telephony import (
    CallAccepted,
    CallConnected,
    CallEnded,
    CallOffered,
    CallQueued,
    CallRecorded,
    OfferEnded,
)

GAP_MS = 60.0
FINAL_S = 6.0
CER = 0.1
LOST_S = 1.0
REPLACED_S = 6.0
"""5 s to notice and to kill, and what a start takes until the process is seen."""
WHOLE: tuple[type[Event], ...] = (
    CallAccepted,
    CallQueued,
    CallOffered,
    OfferEnded,
    CallConnected,
    CallEnded,
    CallRecorded,
    UtteranceFinalised,
    TranscriptClosed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One measured thing against its bound."""

    name: str
    measured: object
    bound: str
    ok: bool

    def __str__(self) -> str:
        return f"{'' if self.ok else '✗ '}{self.name} {self.measured} ({self.bound})"


def gap(seen: Observation) -> Check:
    """The longest time without RTP at the caller."""
    return Check(name="gap_ms", measured=round(seen.gap_ms, 1), bound=f"≤ {GAP_MS:g}", ok=seen.gap_ms <= GAP_MS)


def final(seen: Observation) -> Check:
    """How late the words begun after the kill were final."""
    late = seen.final_after_s
    return Check(
        name="final_s",
        measured=None if late is None else round(late, 2),
        bound=f"≤ {FINAL_S:g}",
        ok=late is not None and late <= FINAL_S,
    )


def transcript(seen: Observation, unbroken: Observation | None) -> Check:
    """The caller's words beside those of a call in which nothing was killed."""
    if unbroken is None or not unbroken.said():
        return Check(name="cer", measured=None, bound="needs an unbroken call", ok=False)
    rate = character_error_rate(unbroken.said(), seen.said())
    return Check(name="cer", measured=round(rate, 3), bound=f"≤ {CER:g} beside the unbroken call", ok=rate <= CER)


def events(seen: Observation) -> Check:
    """Every event of the call is in the log: each kind there must be, and each durable one that the bus carried."""
    missing = [type_of(kind).key for kind in WHOLE if not seen.of(kind)]
    closed = {event.party for event in seen.logged if isinstance(event, TranscriptClosed)}
    missing += [f"transcript-closed of the {party}" for party in (Party.CALLER, Party.AGENT) if party not in closed]
    known = {event.event_id for event in seen.logged}
    missing += sorted(
        {type_of(event).key for event in seen.heard if type_of(event).durable and event.event_id not in known}
    )
    return Check(name="events_missing", measured=missing, bound="none", ok=not missing)


def replaced(seen: Observation) -> Check:
    """How long a process that hangs stays in its place; PostgreSQL's keeper needs a moment more to start anew."""
    late = seen.replaced_after_s
    return Check(
        name="replaced_s",
        measured=None if late is None else round(late, 1),
        bound=f"≤ {REPLACED_S:g}",
        ok=late is not None and late <= REPLACED_S,
    )


def complete(seen: Observation) -> Check:
    """Both transcripts closed without a gap."""
    whole = {event.party: event.complete for event in seen.logged if isinstance(event, TranscriptClosed)}
    return Check(
        name="complete", measured={str(party): value for party, value in whole.items()}, bound="all",
        ok=len(whole) == 2 and all(whole.values()),
    )  # fmt: skip


def ended(seen: Observation, reasons: Sequence[EndReason]) -> Check:
    """Why the call ended."""
    found = [event.reason for event in seen.logged if isinstance(event, CallEnded)]
    return Check(
        name="ended",
        measured=[str(reason) for reason in found],
        bound="once, " + " or ".join(reasons),
        ok=len(found) == 1 and found[0] in reasons,
    )


def recording(seen: Observation, found: tuple[float, int] | None) -> Check:
    """Readable tracks of both parties that hold all but the last second before the kill."""
    if found is None or seen.killed_at is None:
        return Check(name="recording", measured=None, bound="a readable file", ok=False)
    lost = max(0.0, seen.killed_at - seen.accepted_at - found[0])
    return Check(
        name="recording_lost_s", measured=round(lost, 2), bound=f"≤ {LOST_S:g}, both parties",
        ok=lost <= LOST_S and found[1] == 2,
    )  # fmt: skip


def came_about(seen: Observation) -> Check:
    """Whether there was a call at all."""
    return Check(name="call", measured=seen.complaint or "connected", bound="connected", ok=not seen.complaint)
