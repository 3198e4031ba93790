"""Who hears whom in a call, and what is played to whom: one pure function of the call."""

from dataclasses import dataclass

from telephony.calls.legs import LegStage
from telephony.calls.record import Call, CallStage, Play
from vocabulary.ids import LegId

TALKING = frozenset({CallStage.INTRODUCING, CallStage.TALKING, CallStage.SEPARATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """``hearing`` holds (listener, speaker); ``playing`` holds (leg, play) of what is played instead."""

    hearing: frozenset[tuple[LegId, LegId]] = frozenset()
    playing: frozenset[tuple[LegId, Play]] = frozenset()


def sound(call: Call, /) -> Sound:
    """Return all that is to sound: everybody who has joined hears all others, once the agent is introduced."""
    playing = frozenset({(call.caller_leg.id, call.play)}) if call.play is not None else frozenset()
    if call.stage not in TALKING or not call.introduced:
        return Sound(playing=playing)
    joined = [leg.id for leg in call.legs if leg.stage is LegStage.JOINED]
    pairs = frozenset((listener, speaker) for listener in joined for speaker in joined if listener != speaker)
    return Sound(hearing=pairs, playing=playing)
