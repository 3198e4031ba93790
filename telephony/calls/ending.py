"""How a call ends: who left, what is told, and what is closed."""

from dataclasses import replace

from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.actions import Action
from telephony.calls.changes import Step
from telephony.calls.legs import LegStage
from telephony.calls.parties import left
from telephony.calls.record import Call, CallStage, Timer, call_ended, call_recorded
from telephony.moments import Moment
from vocabulary.calls import EndReason

Q850_NORMAL, Q850_NO_USER, Q850_FAILURE, Q850_TIMER = 16, 18, 41, 102
_CLOSE_LIMIT_S = 6.0


def caller_left(call: Call, moment: Moment, *, failed: bool) -> Step:
    """The caller hung up, or its signalling failed: nobody is told BYE."""
    reason = EndReason.CALLER_HUNG_UP if call.connected_at is not None else EndReason.ABANDONED
    if call.stage is CallStage.APOLOGISING:
        reason = EndReason.NOBODY_ON_DUTY
    if failed:
        reason = EndReason.FAILED
    call, actions = end(call, reason, Q850_TIMER if failed else Q850_NORMAL, moment)
    return call, [action for action in actions if not isinstance(action, do.HangUp)]


def end(call: Call, reason: EndReason, q850: int, moment: Moment) -> Step:
    """Let everybody go and close the recording; the last fact follows when media has closed it."""
    free = do.FreeSeat(wrap_up=call.connected_at is not None)
    closing = {Timer.CLOSING: moment.mono + _CLOSE_LIMIT_S}
    gone = left(call, call.legs, moment=moment)
    legs = tuple(replace(leg, stage=LegStage.LEFT) for leg in call.legs)
    call = replace(call, stage=CallStage.ENDING, legs=legs, end=(reason, q850), deadlines=closing)
    return call, [*gone, do.LeaveQueue(), do.HangUp(q850), free, do.CloseMedia()]


def broken(call: Call, fault: got.Broken, moment: Moment) -> Step:
    """The call cannot go on. With media gone there is no recording to wait for: it is reported when media is back."""
    actions: list[Action] = []
    if call.stage is not CallStage.ENDING:
        call, actions = end(call, fault.reason, fault.q850, moment)
    if fault.reason is not EndReason.MEDIA_LOST:
        return call, actions
    call, more = closed(call, got.MediaClosed(None), moment)
    return call, [*(action for action in actions if not isinstance(action, do.CloseMedia)), *more]


def closed(call: Call, media: got.MediaClosed, moment: Moment) -> Step:
    """Tell of the recording and of the end."""
    if call.stage is not CallStage.ENDING or call.end is None:
        return call, []
    actions: list[Action] = []
    if media.recording is not None:
        recorded = call_recorded(media.recording, call=call.call, contact=call.contact, host=call.host, at=moment.wall)
        actions.append(do.Tell(recorded))
    reason, q850 = call.end
    ended = call_ended(call, reason=reason, q850=q850, at=moment.wall)
    return replace(call, stage=CallStage.ENDED, deadlines={}), [*actions, do.Tell(ended), do.Forget()]
