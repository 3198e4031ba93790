"""The command to media that each action of a call stands for, and what the call hears of it."""

from datetime import timedelta
from typing import assert_never

from telephony import media_protocol as media
from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.ending import Q850_FAILURE
from telephony.calls.hearing import Sound
from telephony.calls.live import MediaJob
from telephony.calls.record import Call, CallStage
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.ids import CallId

_CLOSING = timedelta(seconds=5)


def media_job(call: Call, action: do.MediaAction, /) -> MediaJob:
    """Return the command, with the call's next input for its reply and for its failure."""
    match action:
        case do.SetSound():
            return _sounding(call.call, action.sound, talking=call.stage is CallStage.TALKING)
        case do.AttachSeat():
            attach = media.AttachLine(
                leg=action.leg, line=action.seat, call=call.call, contact=call.contact, party=Party.AGENT
            )
            return MediaJob(
                command=attach,
                reply=media.LegAttached,
                then=lambda reply: got.SeatAttached(reply.at_ms),
                instead=got.SeatUnreachable(),
            )
        case do.DropSeatLeg():
            return MediaJob(command=media.CloseLeg(leg=action.leg), reply=media.Carried)
        case do.CloseMedia():
            return _closing(call.call)
        case _:
            assert_never(action)


def _sounding(call: CallId, wanted: Sound, /, *, talking: bool) -> MediaJob:
    """Ask for all that is to sound. A talk must not go on as it was while the agent believes it on hold."""
    pairs = sorted(wanted.hearing)
    command = media.SetSound(
        call=call,
        hearing=tuple(media.Hearing(listener=listener, speaker=speaker) for listener, speaker in pairs),
        playing=tuple(
            media.Playing(leg=leg, prompts=play.prompts, play_id=play.play_id, loop=play.loop)
            for leg, play in wanted.playing
        ),
    )
    return MediaJob(
        command=command,
        reply=media.SoundSet,
        then=lambda reply: got.SoundSet(reply.at_ms, wanted, reply.unplayed),
        instead=got.Broken(EndReason.FAILED, Q850_FAILURE) if pairs or talking else _silent(wanted),
    )


def _silent(wanted: Sound) -> got.Input | None:
    """A prompt that cannot be played must not hold the call up; music that cannot is silence."""
    return next((got.PromptsOver(play.play_id) for _, play in wanted.playing if not play.loop), None)


def _closing(call: CallId) -> MediaJob:
    return MediaJob(
        command=media.EndCall(call=call),
        reply=media.EndedCall,
        then=lambda reply: got.MediaClosed(reply.recording),
        instead=got.MediaClosed(None),
        timeout=_CLOSING,
    )
