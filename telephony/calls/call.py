"""The call as a pure machine: (call, input, moment) → (call, actions)."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from telephony.calls import actions as do
from telephony.calls import facts, hold
from telephony.calls import inputs as got
from telephony.calls.actions import Action
from telephony.calls.changes import Step, music, playing, until, without
from telephony.calls.ending import Q850_FAILURE, Q850_NO_USER, Q850_NORMAL, Q850_TIMER, broken, caller_left, closed, end
from telephony.calls.hearing import sound
from telephony.calls.inputs import Input
from telephony.calls.legs import BrowserEndpoint, Leg, LegStage
from telephony.calls.parties import joined, left, with_agent, without_agent
from telephony.calls.record import Call, CallStage, Ringing, Timer, snapshot
from telephony.ivr import flow
from telephony.ivr.flow import IvrStage
from telephony.moments import Moment
from vocabulary.audio import Party
from vocabulary.calls import EndReason, OfferOutcome
from vocabulary.ids import LegId

_GREETING_REST_S, _INTRO_LIMIT_S, _APOLOGY_LIMIT_S, _NOTICE_AGAIN_S = 6.0, 8.0, 20.0, 30.0
_OVER = frozenset({CallStage.ENDING, CallStage.ENDED})


def step(call: Call, given: Input, /, *, moment: Moment) -> Step:
    """Return the call after ``given``, and what is to be done; ``revision`` grows when others see a change."""
    if isinstance(given, got.OfferLost):
        return _offer_lost(call, given, moment)
    if call.stage is CallStage.ENDED:
        return call, []
    if call.stage in _OVER and not isinstance(given, got.MediaClosed | got.Ticked | got.Broken):
        return call, []
    after, actions = _step(call, given, moment)
    wanted = sound(after)
    if wanted != sound(call) and after.stage not in _OVER:
        actions.append(do.SetSound(wanted))
    if snapshot(after) != snapshot(call):
        after = replace(after, revision=call.revision + 1)
    return after, actions


def _step(call: Call, given: Input, moment: Moment) -> Step:  # noqa: C901, PLR0911, PLR0912  one row an input
    match given:
        case got.Begun():
            return _begun(call, moment)
        case got.PromptsOver():
            return _prompts_over(call, given.play_id, moment)
        case got.KeyPressed():
            return _pressed(call, given, moment)
        case got.SpeechHeard():
            return _asked(call, flow.spoke(call.ivr, speaking=given.speaking), moment)
        case got.SoundHeard():
            return _sound(call, given)
        case got.Offered():
            return _offered(call, given, moment)
        case got.SeatTook():
            return _took(call, given, moment)
        case got.SeatAttached():
            return _attached(call, given, moment)
        case got.SeatUnreachable():
            return _unreachable(call, moment)
        case got.SoundSet():
            return _sounds(call, given, moment)
        case got.LineMoved():
            return _line_moved(call, moment, connected=given.connected)
        case got.CallerLeft():
            return caller_left(call, moment, failed=given.failed)
        case got.AgentLeft() | got.AgentHolds() | got.AgentResumes():
            return _agent_wants(call, given, moment)
        case got.NobodyOnDuty():
            return _apologise(call, moment) if call.stage is CallStage.WAITING and call.seat is None else (call, [])
        case got.Broken():
            return broken(call, given, moment)
        case got.MediaClosed():
            return closed(call, given, moment)
        case got.OfferLost():
            return _offer_lost(call, given, moment)
        case got.Ticked():
            return _ticked(call, moment)


def _agent_wants(call: Call, given: got.AgentLeft | got.AgentHolds | got.AgentResumes, moment: Moment) -> Step:
    match given:
        case got.AgentLeft() if call.stage is CallStage.INTRODUCING:
            return _unreachable(call, moment)
        case got.AgentLeft():
            return end(call, EndReason.AGENT_HUNG_UP, Q850_NORMAL, moment)
        case got.AgentHolds():
            return hold.held(call, moment)
        case got.AgentResumes():
            return hold.resumed(call)
        case _:
            assert_never(given)


# Greeting, question, answer ------------------------------------------------------------------------------------------


def _begun(call: Call, moment: Moment) -> Step:
    fact = facts.accepted(call, moment=moment)
    limits = call.settings.limits
    call = replace(call, deadlines={Timer.LONGEST_CALL: moment.mono + limits.max_call_s})
    call, told = joined(call, call.caller_leg, at_ms=0, moment=moment)
    call, actions = _asked(call, flow.begin(call.ivr), moment)
    return call, [do.Tell(fact), *told, *actions]


def _asked(call: Call, step: flow.Step, moment: Moment) -> Step:
    """Carry out what the IVR wants; with its end the caller hears music, or the seat that answered is introduced."""
    ivr, wanted = step
    was_done, actions = call.ivr.done, list[Action]()
    call = replace(call, ivr=ivr)
    for action in wanted:
        call, more = _ivr_wants(call, action, moment)
        actions += more
    if call.stage is not CallStage.ASKING:
        return call, actions
    if _seat_answered(call) and call.ivr.stage in {IvrStage.LISTENING, IvrStage.DONE}:
        call, more = _introduce(call, moment)
    elif call.ivr.done and not was_done:
        call, more = _waiting_music(replace(call, stage=CallStage.WAITING), moment), []
    else:
        more = []
    return call, [*actions, *more]


def _ivr_wants(call: Call, action: flow.IvrAction, moment: Moment) -> Step:
    match action:
        case flow.Say():
            return playing(call, (action.prompt,), moment), []
        case flow.StopPrompt():
            return replace(call, play=None), []
        case flow.Wait():
            return _wait(call, action.queue, moment)
        case flow.Listen():
            return until(call, moment, Timer.LISTENING, seconds=action.seconds), []
        case _:
            assert_never(action)


def _wait(call: Call, queue: str, moment: Moment) -> Step:
    """Join or change the queue; ``queued_at`` stays that of the first."""
    if queue == call.queue or _seat_answered(call):
        return call, []
    fact = facts.queued(call, queue=queue, moment=moment)
    first = call.queued_at is None
    call = replace(call, queue=queue, queued_at=call.queued_at or moment.wall)
    if first:
        call = until(call, moment, Timer.QUEUE_LIMIT, seconds=call.settings.limits.queue_limit_s)
    return call, [do.Tell(fact), do.JoinQueue(queue)]


def _pressed(call: Call, key: got.KeyPressed, moment: Moment) -> Step:
    fact = facts.digit_pressed(call, key=key, moment=moment)
    told: list[Action] = [do.Tell(fact)]
    if call.stage not in {CallStage.ASKING, CallStage.WAITING}:
        return call, told
    call, actions = _asked(call, flow.pressed(call.ivr, key.digit), moment)
    return call, [*told, *actions]


def _prompts_over(call: Call, play_id: UUID, moment: Moment) -> Step:
    if call.play is None or call.play.play_id != play_id:
        return call, []
    call = replace(call, play=None)
    match call.stage:
        case CallStage.ASKING:
            return _asked(call, flow.said(call.ivr), moment)
        case CallStage.WAITING:
            return _waiting_music(call, moment), []
        case CallStage.INTRODUCING:
            return replace(call, introduced=True), []
        case CallStage.APOLOGISING:
            return end(call, EndReason.NOBODY_ON_DUTY, Q850_NO_USER, moment)
        case CallStage.TALKING | CallStage.SEPARATED | CallStage.ENDING | CallStage.ENDED:
            return call, []
        case _:
            assert_never(call.stage)


# Waiting -------------------------------------------------------------------------------------------------------------


def _waiting_music(call: Call, moment: Moment) -> Call:
    """Music until a seat takes the call, and from time to time a word."""
    if Timer.NOTICE not in call.deadlines:
        due = max(call.invite_mono + call.settings.limits.hold_notice_after_s, moment.mono + 0.5)
        call = replace(call, deadlines={**call.deadlines, Timer.NOTICE: due})
    return music(call, moment)


def _apologise(call: Call, moment: Moment) -> Step:
    call = until(replace(call, stage=CallStage.APOLOGISING), moment, Timer.APOLOGY, seconds=_APOLOGY_LIMIT_S)
    return playing(call, (call.settings.prompts.apology,), moment), [do.LeaveQueue()]


def _offered(call: Call, offer: got.Offered, moment: Moment) -> Step:
    fact = facts.offered(call, offer=offer, moment=moment)
    seat = Ringing(offer=offer.offer, seat=offer.seat, agent=offer.agent)
    return replace(call, seat=seat, offered_at=(*call.offered_at, moment.wall)), [do.Tell(fact)]


def _offer_lost(call: Call, lost: got.OfferLost, moment: Moment) -> Step:
    mine = call.seat is not None and call.seat.offer == lost.offer and not call.seat.answered
    told = facts.offer_ended(call, offer=lost.offer, seat=lost.seat, outcome=lost.outcome, moment=moment)
    if not mine:
        return call, [do.Tell(told)]
    return replace(call, seat=None, revision=call.revision + 1), [do.Tell(told)]


def _took(call: Call, taken: got.SeatTook, moment: Moment) -> Step:
    outcome = OfferOutcome.ANSWERED
    told = do.Tell(facts.offer_ended(call, offer=taken.offer, seat=taken.seat, outcome=outcome, moment=moment))
    call = replace(call, seat=Ringing(offer=taken.offer, seat=taken.seat, agent=taken.agent, answered=True))
    if call.stage is CallStage.ASKING and call.ivr.stage in {IvrStage.GREETING, IvrStage.QUESTION}:
        greeting = call.ivr.stage is IvrStage.GREETING
        rest = _GREETING_REST_S if greeting else call.settings.limits.question_rest_s
        return until(call, moment, Timer.REST, seconds=rest), [told]
    if call.stage not in {CallStage.ASKING, CallStage.WAITING}:
        return call, [told, do.FreeSeat(wrap_up=False)]
    call, actions = _introduce(call, moment)
    return call, [told, *actions]


# A seat takes the call -----------------------------------------------------------------------------------------------


def _introduce(call: Call, moment: Moment) -> Step:
    """Say who takes the call while the agent's leg begins."""
    if call.seat is None:
        return call, []
    seat = call.seat.seat
    leg = Leg(id=LegId(moment.new_id()), party=Party.AGENT, endpoint=BrowserEndpoint(seat=seat, agent=call.seat.agent))
    call = replace(call, stage=CallStage.INTRODUCING, legs=(*without_agent(call), leg), introduced=False)
    call = without(call, Timer.REST, Timer.LISTENING, Timer.QUEUE_LIMIT, Timer.NOTICE)
    call = until(call, moment, Timer.INTRODUCTION, seconds=_INTRO_LIMIT_S)
    return playing(call, call.settings.prompts.intro(seat), moment), [do.AttachSeat(leg.id, seat)]


def _attached(call: Call, attached: got.SeatAttached, moment: Moment) -> Step:
    """The agent can be heard; with the end of the introduction, or at once when the talk was broken off."""
    agent = call.agent_leg
    if agent is None or agent.stage is not LegStage.JOINING:
        return call, []
    if call.stage is CallStage.SEPARATED:
        call = replace(without(call, Timer.REATTACHMENT), play=None)
    return joined(call, agent, at_ms=attached.at_ms, moment=moment)


def _sounds(call: Call, told: got.SoundSet, moment: Moment) -> Step:
    """Media does as it was asked: with the first moment in which both hear each other the talk begins."""
    if call.play is not None and not call.play.loop and call.play.play_id in told.unplayed:
        return _prompts_over(call, call.play.play_id, moment)
    if told.sound != sound(call):
        return call, []  # what media did is not what is wanted any more
    leg = call.agent_leg
    if call.stage not in {CallStage.INTRODUCING, CallStage.SEPARATED} or leg is None or not told.sound.hearing:
        return hold.confirmed(call, moment, at_ms=told.at_ms)
    call = replace(without(call, Timer.INTRODUCTION), stage=CallStage.TALKING)
    fact = facts.connected(call, agent_leg=leg.id, at_ms=told.at_ms, moment=moment)
    if call.connected_at is not None or fact is None:
        return call, []
    return replace(call, connected_at=moment.wall), [do.Tell(fact)]


def _unreachable(call: Call, moment: Moment) -> Step:
    """The seat that answered cannot be heard: before the talk the caller waits again, in the talk for its line."""
    match call.stage:
        case CallStage.INTRODUCING:
            return _waits_again(call, moment)
        case CallStage.SEPARATED:
            return with_agent(call, LegStage.LOST), []
        case CallStage.ASKING | CallStage.WAITING | CallStage.TALKING:
            return call, []
        case CallStage.APOLOGISING | CallStage.ENDING | CallStage.ENDED:
            return call, []
        case _:
            assert_never(call.stage)


def _waits_again(call: Call, moment: Moment) -> Step:
    agent = call.agent_leg
    dropped = [*left(call, (agent,), moment=moment), do.DropSeatLeg(agent.id)] if agent is not None else []
    legs = without_agent(call)
    call = replace(without(call, Timer.INTRODUCTION), stage=CallStage.WAITING, seat=None, legs=legs)
    call = until(call, moment, Timer.QUEUE_LIMIT, seconds=call.settings.limits.queue_limit_s)
    return _waiting_music(call, moment), [*dropped, do.FreeSeat(wrap_up=False), do.JoinQueue(call.queue)]


def _line_moved(call: Call, moment: Moment, *, connected: bool) -> Step:
    match call.stage:
        case CallStage.INTRODUCING if not connected:
            return _unreachable(call, moment)
        case CallStage.TALKING | CallStage.SEPARATED if not connected:
            return _line_lost(call, moment)
        case CallStage.SEPARATED:
            return _line_back(call)
        case CallStage.INTRODUCING | CallStage.TALKING:
            return call, []
        case CallStage.ASKING | CallStage.WAITING | CallStage.APOLOGISING | CallStage.ENDING | CallStage.ENDED:
            return call, []  # it has no line yet, or none any more
        case _:
            assert_never(call.stage)


def _line_lost(call: Call, moment: Moment) -> Step:
    """The agent is gone: the caller hears music, off hold, until the line is back or ``reattach_s`` is over."""
    call, freed = hold.resumed(call)
    gone = left(call, (leg for leg in call.legs if leg is call.agent_leg), moment=moment)
    call = replace(with_agent(call, LegStage.LOST), stage=CallStage.SEPARATED)
    if Timer.REATTACHMENT not in call.deadlines:
        call = until(call, moment, Timer.REATTACHMENT, seconds=call.settings.limits.reattach_s)
    return (call if _hears_music(call) else music(call, moment)), [*freed, *gone]


def _line_back(call: Call) -> Step:
    """The line of an agent who was lost is there again; nothing when it was told before."""
    leg = call.agent_leg
    if leg is None or leg.stage is not LegStage.LOST or call.seat is None:
        return call, []
    return with_agent(call, LegStage.JOINING), [do.AttachSeat(leg.id, call.seat.seat)]


def _hears_music(call: Call) -> bool:
    return call.play is not None and call.play.loop


def _sound(call: Call, heard: got.SoundHeard) -> Step:
    agent = call.agent_leg
    if agent is None or heard.leg != agent.id or call.first_audio_at is not None:
        return call, []
    return replace(call, first_audio_at=call.accepted_at + timedelta(milliseconds=heard.at_ms)), []


# Deadlines -----------------------------------------------------------------------------------------------------------


def _ticked(call: Call, moment: Moment) -> Step:
    actions: list[Action] = []
    for timer in [timer for timer, due in call.deadlines.items() if due <= moment.mono]:
        if timer in call.deadlines:
            call, more = _due(without(call, timer), timer, moment)
            actions += more
    return call, actions


def _due(call: Call, timer: Timer, moment: Moment) -> Step:  # noqa: C901, PLR0911  one row a timer and stage
    match timer:
        case Timer.LISTENING:
            return _asked(call, flow.time_up(call.ivr), moment)
        case Timer.REST if call.stage is CallStage.ASKING:
            return _introduce(replace(call, ivr=replace(call.ivr, stage=IvrStage.DONE)), moment)
        case Timer.INTRODUCTION if call.stage is CallStage.INTRODUCING:
            return _unreachable(call, moment)
        case Timer.NOTICE if call.stage is CallStage.WAITING:
            call = until(call, moment, Timer.NOTICE, seconds=_NOTICE_AGAIN_S)
            return playing(call, (call.settings.prompts.hold_notice,), moment), []
        case Timer.QUEUE_LIMIT if call.stage in {CallStage.ASKING, CallStage.WAITING} and not _seat_answered(call):
            return _apologise(replace(call, seat=None), moment)
        case Timer.REATTACHMENT:
            return end(call, EndReason.FAILED, Q850_FAILURE, moment)
        case Timer.LONGEST_CALL:
            return end(call, EndReason.FAILED, Q850_TIMER, moment)
        case Timer.APOLOGY if call.stage is CallStage.APOLOGISING:
            return end(call, EndReason.NOBODY_ON_DUTY, Q850_NO_USER, moment)
        case Timer.CLOSING:
            return closed(call, got.MediaClosed(None), moment)
        case Timer.REST | Timer.INTRODUCTION | Timer.NOTICE | Timer.QUEUE_LIMIT | Timer.APOLOGY:
            return call, []  # the call has moved on
        case _:
            assert_never(timer)


def _seat_answered(call: Call) -> bool:
    return call.seat is not None and call.seat.answered
