"""Changes to a call that several rules make: a deadline set or cleared, something played to the caller."""

from dataclasses import replace

from telephony.calls.actions import Action
from telephony.calls.record import Call, Play, Timer
from telephony.moments import Moment

Step = tuple[Call, list[Action]]
"""A call after one input, and what is to be done."""


def until(call: Call, moment: Moment, timer: Timer, /, *, seconds: float) -> Call:
    """Set a deadline ``seconds`` from now."""
    return replace(call, deadlines={**call.deadlines, timer: moment.mono + seconds})


def without(call: Call, /, *timers: Timer) -> Call:
    """Clear deadlines."""
    return replace(call, deadlines={timer: due for timer, due in call.deadlines.items() if timer not in timers})


def playing(call: Call, prompts: tuple[str, ...], moment: Moment, /, *, loop: bool = False) -> Call:
    """Play prompts to the caller, in place of what plays."""
    return replace(call, play=Play(prompts=prompts, play_id=moment.new_id(), loop=loop))


def music(call: Call, moment: Moment, /) -> Call:
    """Play music to the caller until something else is played."""
    return playing(call, (call.settings.prompts.music,), moment, loop=True)
