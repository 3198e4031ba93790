"""A call that this host places to try a line: what it waits for, and what it asks for. No I/O.

It plays a prompt, measures when it rang, was answered and first heard, and hangs up. It has no agent, no recording and
no facts: nobody of the house talks in it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from telephony.media_protocol import FirstAudio, RtpLegOpened, Speech
from telephony.sip.events import Gone, PeerAnswered, PeerDeclined, PeerRang, Renegotiated
from telephony.sip.sdp import Agreed
from vocabulary.calls import CallOutEnd

Q850_NORMAL, Q850_FAILURE = 16, 41
NO_ANSWER, NO_MEDIA = 408, 503


class CallOutStage(StrEnum):
    """Where it is."""

    OPENING = "opening"
    """Media was asked for the leg."""
    CALLING = "calling"
    UP = "up"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut:
    """Instants are monotonic seconds; None: it has not come to that."""

    ring_s: float
    """How long it may ring."""
    talk_s: float
    """How long it lasts after the answer."""
    asked_at: float
    stage: CallOutStage = CallOutStage.OPENING
    invited_at: float | None = None
    rang_at: float | None = None
    answered_at: float | None = None
    sound_at: float | None = None
    """The first packet of sound was heard."""
    speech_at: float | None = None
    """Somebody, or a prompt, was heard to speak."""
    ended_at: float | None = None
    status: int = 0
    """The final response of the peer, or what we make of none."""
    end: CallOutEnd | None = None


@dataclass(frozen=True, slots=True)
class MediaIsAway:
    """Media refused something or is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look at the limits."""


CallOutEvent = PeerRang | PeerAnswered | PeerDeclined | Renegotiated | Gone
CallOutInput = CallOutEvent | RtpLegOpened | FirstAudio | Speech | MediaIsAway | TimePassed


@dataclass(frozen=True, slots=True)
class Invite:
    """Send the INVITE; our sound is at this address."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class BeginSound:
    """Let the leg speak and listen to the peer, and play the prompt."""

    agreed: Agreed


@dataclass(frozen=True, slots=True)
class MoveSound:
    """The peer changed the stream."""

    agreed: Agreed


@dataclass(frozen=True, slots=True)
class Leave:
    """CANCEL or BYE with a Q.850 cause."""

    q850: int


@dataclass(frozen=True, slots=True)
class Finish:
    """Close the leg, and say what came of the call."""


CallOutAction = Invite | BeginSound | MoveSound | Leave | Finish


def call_out_step(call: CallOut, what: CallOutInput, /, *, now: float) -> tuple[CallOut, list[CallOutAction]]:
    """Return the call after ``what``, and what is to be done in this order. What comes too late changes nothing."""
    opened_twice = isinstance(what, RtpLegOpened) and call.stage is not CallOutStage.OPENING
    if call.stage is CallOutStage.OVER or opened_twice:
        return call, []
    if isinstance(what, CallOutEvent):
        return _signalled(call, what, now)
    match what:
        case RtpLegOpened():
            return replace(call, stage=CallOutStage.CALLING, invited_at=now), [Invite(what.host, what.port)]
        case FirstAudio() | Speech():
            return _heard(call, what, now), []
        case MediaIsAway():
            return _over(replace(call, status=call.status or NO_MEDIA), CallOutEnd.FAILED, now, leave=Q850_FAILURE)
        case TimePassed():
            return _passed(call, now)
        case _:
            assert_never(what)


def _signalled(call: CallOut, event: CallOutEvent, now: float) -> tuple[CallOut, list[CallOutAction]]:
    match event:
        case PeerRang():
            return replace(call, rang_at=_first(call.rang_at, now)), []
        case PeerAnswered():
            up = replace(call, stage=CallOutStage.UP, answered_at=now, status=200)
            return up, [BeginSound(event.agreed)]
        case Renegotiated():
            return call, [MoveSound(event.agreed)]
        case PeerDeclined():
            return _over(replace(call, status=event.status), CallOutEnd.DECLINED, now)
        case Gone():
            return _over(call, CallOutEnd.PEER_LEFT, now)
        case _:
            assert_never(event)


def _heard(call: CallOut, what: FirstAudio | Speech, now: float) -> CallOut:
    if isinstance(what, FirstAudio):
        return replace(call, sound_at=_first(call.sound_at, now))
    return replace(call, speech_at=_first(call.speech_at, now)) if what.speaking else call


def _first(before: float | None, now: float) -> float:
    return now if before is None else before


def _passed(call: CallOut, now: float) -> tuple[CallOut, list[CallOutAction]]:
    if call.answered_at is not None:
        over = now - call.answered_at >= call.talk_s
        return _over(call, CallOutEnd.DONE, now, leave=Q850_NORMAL) if over else (call, [])
    if now - call.asked_at < call.ring_s:
        return call, []
    return _over(replace(call, status=NO_ANSWER), CallOutEnd.DECLINED, now, leave=Q850_NORMAL)


def _over(
    call: CallOut, end: CallOutEnd, now: float, *, leave: int | None = None
) -> tuple[CallOut, list[CallOutAction]]:
    left: list[CallOutAction] = [Leave(leave)] if leave is not None and call.invited_at is not None else []
    return replace(call, stage=CallOutStage.OVER, ended_at=now, end=end), [*left, Finish()]
