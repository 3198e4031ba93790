"""How a call ends or goes on when somebody or something goes away, input by input."""

from dataclasses import replace

from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.hearing import Sound, sound
from telephony.calls.record import CallStage
from tests.telephony.calls_world import S7, limits
from tests.telephony.one_call import OFFER, RECORDING, Run
from vocabulary.calls import EndReason, OfferOutcome
from vocabulary.events.telephony import (
    CallEnded,
)  # fmt: skip


def test_a_caller_who_leaves_before_a_voice_has_abandoned() -> None:
    run = Run()
    run.said()
    run.offered()

    asked = run(got.CallerLeft())
    assert asked == [do.LeaveQueue(), do.FreeSeat(wrap_up=False), do.CloseMedia()]
    run(got.OfferLost(offer=OFFER, seat=S7, outcome=OfferOutcome.WITHDRAWN))
    run(got.MediaClosed(None))

    ended = run.facts[-1]
    assert isinstance(ended, CallEnded)
    assert (ended.reason, ended.connected_at) == (EndReason.ABANDONED, None)
    assert run.told()[-2:] == ["OfferEnded", "CallEnded"]


def test_a_caller_who_leaves_while_the_agents_number_is_spoken_has_abandoned() -> None:
    run = Run()
    run.said()
    run.offered()
    run.said()
    run.took()
    run(got.CallerLeft())
    run(got.MediaClosed(None))

    ended = run.facts[-1]
    assert isinstance(ended, CallEnded)
    assert ended.reason is EndReason.ABANDONED


def test_the_agent_hangs_up_and_the_caller_gets_a_bye() -> None:
    run = Run().talking()

    asked = run(got.AgentLeft())

    assert asked == [do.LeaveQueue(), do.HangUp(16), do.FreeSeat(wrap_up=True), do.CloseMedia()]
    run(got.MediaClosed(RECORDING))
    assert run.end().reason is EndReason.AGENT_HUNG_UP


def test_nobody_on_duty_is_apologised_for_and_ended_with_its_reason() -> None:
    run = Run()
    run.said()
    assert run(got.NobodyOnDuty()) == []
    run.said()
    run(got.Ticked(), after=4)

    run(got.NobodyOnDuty())
    assert run.played() == ("apology",)
    assert run.asked[0] == do.LeaveQueue()
    run.said()
    run(got.MediaClosed(RECORDING))

    assert run.end().reason is EndReason.NOBODY_ON_DUTY


def test_a_call_waits_no_longer_than_the_queue_limit() -> None:
    run = Run(limits(queue_limit_s=30.0))
    run.said()
    run.said()
    run(got.Ticked(), after=4)

    run(got.Ticked(), after=26)

    assert run.played() == ("apology",)


def test_a_lost_line_parts_the_legs_and_its_return_joins_them_without_a_second_connect() -> None:
    run = Run().talking()

    before = sound(run.call).hearing
    run(got.LineMoved(connected=False))
    assert sound(run.call).hearing == frozenset()
    assert run.played() == ("moh",)
    leg = run.call.agent_leg
    assert leg is not None
    assert run(got.LineMoved(connected=True), after=10) == [do.AttachSeat(leg.id, S7)]
    assert run(got.SeatAttached(7900)) == [do.SetSound(Sound(hearing=before))]
    run.sounds(30_000)

    assert run.call.stage is CallStage.TALKING
    assert run.told().count("CallConnected") == 1
    assert run(got.Ticked(), after=30) == []


def test_a_line_that_stays_away_ends_the_call_after_20_seconds() -> None:
    run = Run().talking()
    run(got.LineMoved(connected=False))
    assert run(got.Ticked(), after=19.9) == []

    assert do.CloseMedia() in run(got.Ticked(), after=0.1)
    run(got.MediaClosed(RECORDING))

    assert run.end().reason is EndReason.FAILED


def test_a_seat_that_cannot_be_reached_sends_the_caller_back_to_the_queue() -> None:
    run = Run()
    run.said()
    run.offered()
    run.said()
    run.took()

    asked = run(got.SeatUnreachable())

    assert do.FreeSeat(wrap_up=False) in asked
    assert do.JoinQueue("general") in asked
    assert run.call.stage is CallStage.WAITING
    assert run.call.agent_leg is None


def test_media_lost_ends_the_call_at_once_without_waiting_for_its_recording() -> None:
    run = Run().talking()

    asked = run(got.Broken(EndReason.MEDIA_LOST, 41))

    assert do.HangUp(41) in asked
    assert do.CloseMedia() not in asked
    assert run.end().reason is EndReason.MEDIA_LOST
    assert do.Forget() in asked


def test_silence_on_the_wire_and_the_longest_call_end_with_their_causes() -> None:
    silent = Run().talking()
    silent(got.Broken(EndReason.MEDIA_TIMEOUT, 102))
    silent(got.MediaClosed(RECORDING))
    assert (silent.end().reason, silent.end().q850) == (EndReason.MEDIA_TIMEOUT, 102)

    long = Run(limits(max_call_s=600.0)).talking()
    long(got.Ticked(), after=600)
    long(got.MediaClosed(RECORDING))
    assert (long.end().reason, long.end().q850) == (EndReason.FAILED, 102)


def test_media_that_does_not_close_the_call_does_not_keep_it() -> None:
    run = Run().talking()
    run(got.AgentLeft())

    run(got.Ticked(), after=6)

    assert run.told()[-1] == "CallEnded"
    assert run.call.stage is CallStage.ENDED


def test_an_ended_call_does_nothing_more() -> None:
    run = Run()
    run(got.CallerLeft())
    run(got.MediaClosed(None))
    before = run.call

    for late in (got.Ticked(), got.AgentLeft(), got.KeyPressed("1", 2), got.SoundSet(3, Sound())):
        assert run(late, after=1.0) == []

    assert replace(run.call) == before
