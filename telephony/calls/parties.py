"""Who takes part in a call: legs that join, are lost, and leave, with the facts that tell of it."""

from collections.abc import Iterable
from dataclasses import replace

from telephony.calls import actions as do
from telephony.calls import facts
from telephony.calls.actions import Action
from telephony.calls.legs import Leg, LegStage
from telephony.calls.record import Call
from telephony.moments import Moment


def joined(call: Call, leg: Leg, /, *, at_ms: int, moment: Moment) -> tuple[Call, list[Action]]:
    """Let a leg be heard from ``at_ms`` of call time on."""
    there = replace(leg, stage=LegStage.JOINED, joined_at=moment.wall)
    call = replace(call, legs=tuple(there if one is leg else one for one in call.legs))
    return call, [do.Tell(facts.joined(call, there, at_ms=at_ms, moment=moment))]


def left(call: Call, legs: Iterable[Leg], /, *, moment: Moment) -> list[Action]:
    """Tell of those that had joined that they are gone."""
    there = {LegStage.JOINED, LegStage.HELD}
    return [do.Tell(facts.left(call, leg, moment=moment)) for leg in legs if leg.stage in there]


def with_agent(call: Call, stage: LegStage, /) -> Call:
    """Return the call with the agent's leg in another stage."""
    legs = tuple(replace(leg, stage=stage) if leg is call.agent_leg else leg for leg in call.legs)
    return replace(call, legs=legs)


def without_agent(call: Call, /) -> tuple[Leg, ...]:
    """Return the legs but the agent's."""
    return tuple(leg for leg in call.legs if leg is not call.agent_leg)
