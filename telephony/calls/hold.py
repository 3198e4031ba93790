"""A caller on hold: music and nobody's voice, from the agent's key to the agent's key."""

from dataclasses import replace

from telephony.calls import actions as do
from telephony.calls import facts
from telephony.calls.changes import Step, music
from telephony.calls.legs import Leg, LegStage
from telephony.calls.parties import joined
from telephony.calls.record import Call, CallStage
from telephony.moments import Moment


def held(call: Call, moment: Moment, /) -> Step:
    """Put the caller on hold; nothing when they do not hear each other, or already are."""
    if call.stage is not CallStage.TALKING or call.caller_leg.stage is not LegStage.JOINED:
        return call, []
    call = _with_caller(call, replace(call.caller_leg, stage=LegStage.HELD))
    return music(call, moment), [do.HoldSeat(held=True)]


def resumed(call: Call, /) -> Step:
    """Let caller and agent hear each other again; nothing when there is no hold."""
    if call.caller_leg.stage is not LegStage.HELD:
        return call, []
    call = _with_caller(call, replace(call.caller_leg, stage=LegStage.JOINED))
    return replace(call, play=None), [do.HoldSeat(held=False)]


def confirmed(call: Call, moment: Moment, /, *, at_ms: int) -> Step:
    """Media has done it: tell from which ms of call time on. A hold that was over before media did it is not told."""
    leg = call.caller_leg
    on_hold = leg.stage is LegStage.HELD
    if on_hold == leg.hold_told:
        return call, []
    call = _with_caller(call, replace(leg, hold_told=on_hold))
    if on_hold:
        return call, [do.Tell(facts.held(call, leg, at_ms=at_ms, moment=moment))]
    return joined(call, call.caller_leg, at_ms=at_ms, moment=moment)


def _with_caller(call: Call, leg: Leg) -> Call:
    return replace(call, legs=(leg, *call.legs[1:]))
