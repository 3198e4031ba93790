"""What is known of one call, and the facts and snapshots made of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from runtime.ids import derived_id
from telephony.calls.legs import Leg, TrunkEndpoint
from telephony.ivr.flow import Ivr
from telephony.media_protocol import ClosedRecording
from telephony.settings import TelephonySettings
from vocabulary.audio import Party
from vocabulary.calls import CallPhase, CallSnapshot, EndReason
from vocabulary.events.telephony import CallEnded, CallRecorded
from vocabulary.ids import AccountId, CallId, ContactId, EventId, OfferId, SeatNo
from vocabulary.personal import PhoneNumber


class CallStage(StrEnum):
    """Where a call is."""

    ASKING = "asking"
    """Greeting, question, and the caller's answer."""
    WAITING = "waiting"
    INTRODUCING = "introducing"
    TALKING = "talking"
    SEPARATED = "separated"
    """The seat's line is gone; the caller hears music until it is back."""
    APOLOGISING = "apologising"
    ENDING = "ending"
    """Media closes the recording."""
    ENDED = "ended"


class Timer(StrEnum):
    """What a call waits for, each at most once at a time."""

    LISTENING = "listening"
    """The caller answers the open question."""
    REST = "rest"
    """A seat has answered; the prompt that plays may come to its end."""
    INTRODUCTION = "introduction"
    NOTICE = "notice"
    """The next word to a caller who waits."""
    QUEUE_LIMIT = "queue-limit"
    REATTACHMENT = "reattachment"
    """The seat's line is gone and may come back."""
    LONGEST_CALL = "longest-call"
    APOLOGY = "apology"
    CLOSING = "closing"
    """Media closes the recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """The seat that rings, or that has answered."""

    offer: OfferId
    seat: SeatNo
    agent: AccountId
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Prompts back to back; ``loop`` repeats them."""

    prompts: tuple[str, ...]
    play_id: UUID
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call from our 200 on. ``deadlines`` are monotonic seconds; other instants are wall time."""

    call: CallId
    contact: ContactId
    host: str
    legs: tuple[Leg, ...]
    """The caller's is the first."""
    dialled: str
    line_name: str
    user_agent: str
    invite_at: datetime
    invite_mono: float
    accepted_at: datetime
    settings: TelephonySettings
    ivr: Ivr
    stage: CallStage = CallStage.ASKING
    queue: str = ""
    queued_at: datetime | None = None
    offered_at: tuple[datetime, ...] = ()
    connected_at: datetime | None = None
    first_audio_at: datetime | None = None
    seat: Ringing | None = None
    """The seat that rings or has answered."""
    introduced: bool = False
    """The caller was told who takes the call."""
    play: Play | None = None
    """What is played to the caller."""
    deadlines: dict[Timer, float] = field(default_factory=dict)
    end: tuple[EndReason, int] | None = None
    revision: int = 1

    @property
    def caller(self) -> PhoneNumber:
        """The number at the caller's end; empty when it is withheld, or when that end is none of a trunk."""
        end = self.caller_leg.endpoint
        return end.number if isinstance(end, TrunkEndpoint) else PhoneNumber("")

    @property
    def caller_leg(self) -> Leg:
        """The leg of who called."""
        return self.legs[0]

    @property
    def agent_leg(self) -> Leg | None:
        """The leg of the agent who takes the call."""
        return next((leg for leg in self.legs if leg.party is Party.AGENT), None)


_PHASES = {
    CallStage.WAITING: CallPhase.QUEUED,
    CallStage.INTRODUCING: CallPhase.ANNOUNCING,
    CallStage.TALKING: CallPhase.TALKING,
    CallStage.SEPARATED: CallPhase.TALKING,
    CallStage.APOLOGISING: CallPhase.QUEUED,
    CallStage.ENDING: CallPhase.ENDED,
    CallStage.ENDED: CallPhase.ENDED,
}


def _phase(call: Call) -> CallPhase:
    if call.stage in {CallStage.ASKING, CallStage.WAITING} and call.seat is not None:
        return CallPhase.RINGING
    if call.stage is CallStage.ASKING:
        return CallPhase.GREETING if call.queued_at is None else CallPhase.QUESTION
    return _PHASES[call.stage]


def snapshot(call: Call, /) -> CallSnapshot:
    """What screens see of a call."""
    return CallSnapshot(
        call=call.call,
        contact=call.contact,
        phase=_phase(call),
        caller=call.caller,
        dialled=call.dialled,
        line_name=call.line_name,
        queue=call.queue,
        accepted_at=call.accepted_at,
        revision=call.revision,
        invite_at=call.invite_at,
        connected_at=call.connected_at,
        seat=call.seat.seat if call.seat is not None else None,
        offer=call.seat.offer if call.seat is not None else None,
        caller_leg=call.caller_leg.id,
        agent_leg=call.agent_leg.id if call.agent_leg is not None else None,
    )


def call_ended(call: Call, /, *, reason: EndReason, q850: int, at: datetime) -> CallEnded:
    """The last fact of a call; the same id whoever tells it, so that a repeat is known as one."""
    return CallEnded(
        event_id=EventId(derived_id("telephony.call-ended", str(call.call))),
        occurred_at=at,
        contact=call.contact,
        call=call.call,
        reason=reason,
        q850=q850,
        caller=call.caller,
        dialled=call.dialled,
        line_name=call.line_name,
        queue=call.queue,
        invite_at=call.invite_at,
        accepted_at=call.accepted_at,
        queued_at=call.queued_at,
        offered_at=call.offered_at,
        connected_at=call.connected_at,
        first_audio_at=call.first_audio_at,
    )


def call_recorded(
    recording: ClosedRecording, /, *, call: CallId, contact: ContactId, host: str, at: datetime
) -> CallRecorded:
    """The fact about a closed recording; the same id whoever tells it."""
    return CallRecorded(
        event_id=EventId(derived_id("telephony.call-recorded", str(call))),
        occurred_at=at,
        contact=contact,
        call=call,
        host=host,
        name=recording.recording_name,
        sha256=recording.sha256,
        samples=recording.samples,
    )
