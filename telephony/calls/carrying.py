"""How each action of a call is carried out."""

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from telephony import media_protocol as media
from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.actions import Action
from telephony.calls.call import Q850_FAILURE
from telephony.calls.live import Job, Live
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.ids import CallId

if TYPE_CHECKING:
    from telephony.calls.switch import Switch

_CLOSING = timedelta(seconds=5)


def carry_out(switch: "Switch", live: Live, /, *, action: Action) -> None:
    """Do what ``live``'s machine wants: media in order by its jobs, everything else at once."""
    call = live.call
    if isinstance(action, do.MediaAction):
        live.ask(_job(live, action))
        return
    match action:
        case do.Tell():
            switch.outside.tell(action.fact)
        case do.JoinQueue():
            rows = [row for row in call.settings.queues if row.name == action.queue]
            moment = switch.outside.moment()
            switch.seats(switch.acd.join(call.call, queue=rows[0], wanted_seat=live.wanted_seat, moment=moment))
        case do.LeaveQueue():
            switch.seats(switch.acd.leave(call.call, moment=switch.outside.moment()))
        case do.FreeSeat():
            moment = switch.outside.moment()
            switch.seats(switch.acd.talk_over(call.call, wrap_up=action.wrap_up, moment=moment))
        case do.HangUp():
            now = switch.outside.clock.monotonic()
            switch.send(switch.agent.hang_up(live.tag, cause=action.q850, now=now))
        case do.Forget():
            switch.forget(live)
        case _:
            assert_never(action)


def _job(live: Live, action: do.MediaAction) -> Job:  # noqa: PLR0911  one row an action
    """The command to media that an action stands for."""
    call = live.call
    match action:
        case do.PlayToCaller():
            play = media.Play(leg=call.caller_leg, prompts=action.prompts, loop=action.loop, play_id=action.play_id)
            # A prompt that cannot be played must not hold the call up; music that cannot is silence.
            instead = None if action.loop else got.PromptsOver(action.play_id)
            return Job(command=play, reply=media.Carried, instead=instead)
        case do.StopPlaying():
            return Job(command=media.StopPlay(leg=call.caller_leg), reply=media.Carried)
        case do.AttachSeat():
            attach = media.AttachLine(
                leg=action.leg, line=action.seat, call=call.call, contact=call.contact, party=Party.AGENT
            )
            return Job(
                command=attach,
                reply=media.LegAttached,
                then=lambda _: got.SeatAttached(),
                instead=got.SeatUnreachable(),
            )
        case do.BridgeSeat():
            return Job(
                command=media.Bridge(call=call.call, leg_a=call.caller_leg, leg_b=action.leg),
                reply=media.Bridged,
                then=lambda reply: got.LegsBridged(reply.at_ms),
                instead=got.Broken(EndReason.FAILED, Q850_FAILURE),
            )
        case do.PartLegs():
            return Job(command=media.Unbridge(call=call.call), reply=media.Carried)
        case do.DropSeatLeg():
            return Job(command=media.CloseLeg(leg=action.leg), reply=media.Carried)
        case do.CloseMedia():
            return _closing(call.call)
        case _:
            assert_never(action)


def _closing(call: CallId) -> Job:
    return Job(
        command=media.EndCall(call=call),
        reply=media.EndedCall,
        then=lambda reply: got.MediaClosed(reply.recording),
        instead=got.MediaClosed(None),
        timeout=_CLOSING,
    )
