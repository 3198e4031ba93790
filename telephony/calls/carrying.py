"""How each action of a call is carried out."""

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from telephony import media_protocol as media
from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.actions import Action
from telephony.calls.call import Q850_FAILURE
from telephony.calls.live import Job, Live
from telephony.calls.record import Call, Play
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


def _job(live: Live, action: do.MediaAction) -> Job:
    """The command to media that an action stands for."""
    call = live.call
    match action:
        case do.SetSound():
            return _sounding(call, action)
        case do.AttachSeat():
            attach = media.AttachLine(
                leg=action.leg, line=action.seat, call=call.call, contact=call.contact, party=Party.AGENT
            )
            return Job(
                command=attach,
                reply=media.LegAttached,
                then=lambda reply: got.SeatAttached(reply.at_ms),
                instead=got.SeatUnreachable(),
            )
        case do.DropSeatLeg():
            return Job(command=media.CloseLeg(leg=action.leg), reply=media.Carried)
        case do.CloseMedia():
            return _closing(call.call)
        case _:
            assert_never(action)


def _sounding(call: Call, wanted: do.SetSound) -> Job:
    pairs = sorted(wanted.sound.hearing)
    command = media.SetSound(
        call=call.call,
        hearing=tuple(media.Hearing(listener=listener, speaker=speaker) for listener, speaker in pairs),
        playing=_playing(call, wanted.play),
    )
    return Job(
        command=command,
        reply=media.SoundSet,
        then=lambda reply: got.SoundSet(reply.at_ms, wanted.sound, reply.unplayed),
        instead=got.Broken(EndReason.FAILED, Q850_FAILURE) if pairs else _silent(wanted.play),
    )


def _playing(call: Call, play: Play | None) -> tuple[media.Playing, ...]:
    if play is None:
        return ()
    return (media.Playing(leg=call.caller_leg.id, prompts=play.prompts, play_id=play.play_id, loop=play.loop),)


def _silent(play: Play | None) -> got.Input | None:
    """A prompt that cannot be played must not hold the call up; music that cannot is silence."""
    return None if play is None or play.loop else got.PromptsOver(play.play_id)


def _closing(call: CallId) -> Job:
    return Job(
        command=media.EndCall(call=call),
        reply=media.EndedCall,
        then=lambda reply: got.MediaClosed(reply.recording),
        instead=got.MediaClosed(None),
        timeout=_CLOSING,
    )
