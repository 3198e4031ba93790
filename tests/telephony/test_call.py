"""A call from our 200 to the talk, input by input."""

from dataclasses import replace
from datetime import timedelta

import pytest

from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.hearing import sound
from telephony.calls.record import CallStage, snapshot
from telephony.settings import Destination
from tests.telephony.calls_world import ADA, S7, S8, SETTINGS, START
from tests.telephony.one_call import CALLER, LATER, OFFER, RECORDING, Run
from vocabulary.audio import Party
from vocabulary.calls import CallPhase, EndReason, OfferOutcome
from vocabulary.events.telephony import (
    CallConnected,
    CallEnded,
    CallQueued,
    LegJoined,
)  # fmt: skip


def test_greeting_then_question_and_the_queue_from_its_first_word() -> None:
    run = Run()
    assert run.played() == ("greeting",)

    run.said(after=5.0)

    assert run.played() == ("question",)
    assert do.JoinQueue("general") in run.asked
    assert run.told() == ["CallAccepted", "LegJoined", "CallQueued"]
    assert snapshot(run.call).phase is CallPhase.QUESTION


def test_a_whole_call_tells_its_facts_in_order_with_all_instants() -> None:
    run = Run().talking()
    run(got.CallerLeft(), after=60)
    run(got.MediaClosed(RECORDING))

    assert run.told() == [
        "CallAccepted", "LegJoined", "CallQueued", "CallOffered", "OfferEnded", "LegJoined", "CallConnected", "LegLeft",
        "LegLeft", "CallRecorded", "CallEnded",
    ]  # fmt: skip
    ended = run.facts[-1]
    assert isinstance(ended, CallEnded)
    assert (ended.reason, len(ended.offered_at)) == (EndReason.CALLER_HUNG_UP, 1)
    joined = [fact for fact in run.facts if isinstance(fact, LegJoined)]
    assert [(fact.party, fact.seat, fact.agent, fact.at_ms) for fact in joined] == [
        (Party.CALLER, None, None, 0), (Party.AGENT, S7, ADA, 7900),
    ]  # fmt: skip
    assert ended.queued_at is not None
    assert ended.connected_at is not None
    assert ended.invite_at <= ended.accepted_at <= ended.queued_at <= ended.offered_at[0] <= ended.connected_at
    connected, agent = next(fact for fact in run.facts if isinstance(fact, CallConnected)), run.call.agent_leg
    assert agent is not None
    assert (connected.at_ms, connected.agent_leg) == (8000, agent.id)
    assert all(fact.contact == run.call.contact for fact in run.facts)
    assert run.call.stage is CallStage.ENDED
    assert do.Forget() in run.asked


def test_the_agents_number_is_spoken_digit_by_digit_while_the_leg_begins() -> None:
    run = Run()
    run.said()
    run.offered()
    run.said()

    run.took()

    assert run.played() == ("intro_number", "digit_0", "digit_0", "digit_7", "intro_service")
    assert isinstance(run.asked[0], do.AttachSeat)


@pytest.mark.parametrize("attached_first", [True, False])
def test_nobody_hears_anybody_before_the_words_and_the_leg(attached_first: bool) -> None:  # noqa: FBT001
    run = Run()
    run.said()
    run.offered()
    run.said()
    run.took()
    steps = [lambda: run(got.SeatAttached(7900)), run.said]
    first, second = steps if attached_first else reversed(steps)

    first()
    assert sound(run.call).hearing == frozenset()
    assert [type(action) for action in second()] == [do.SetSound]
    agent = run.call.agent_leg
    assert agent is not None
    assert sound(run.call).hearing == {(CALLER.id, agent.id), (agent.id, CALLER.id)}


def test_a_seat_that_answers_in_the_question_waits_for_its_end() -> None:
    run = Run()
    run.said()
    run.offered()
    assert run.took() == []

    run.said()

    assert run.played()[0] == "intro_number"


def test_a_seat_that_answers_in_the_question_waits_no_longer_than_2_2_seconds() -> None:
    run = Run()
    run.said()
    run.offered()
    run.took()

    assert run(got.Ticked(), after=2.1) == []
    run(got.Ticked(), after=0.1)

    assert run.played()[0] == "intro_number"


def test_invite_to_connected_stays_below_15_seconds_when_a_seat_answers_at_the_last_moment() -> None:
    run = Run()
    run.said(after=6.0)
    run.offered()
    run.said(after=2.0)
    run.took(after=3.9)
    run(got.SeatAttached(7900))
    run.said(after=2.5)
    run.sounds(14_400)

    connected = next(fact for fact in run.facts if isinstance(fact, CallConnected))
    assert connected.occurred_at - connected.invite_at <= timedelta(seconds=15)


def test_after_the_answer_to_the_question_the_caller_hears_music() -> None:
    run = Run()
    run.said()
    run.said()
    run(got.SpeechHeard(speaking=True), after=1.0)
    assert run(got.Ticked(), after=5.0) == []
    run(got.SpeechHeard(speaking=False))

    run(got.Ticked(), after=1.2)

    assert run.asked == [do.SetSound(sound(run.call))]
    assert run.call.play is not None
    assert (run.call.play.prompts, run.call.play.loop) == (("moh",), True)
    assert snapshot(run.call).phase is CallPhase.QUEUED


def test_at_fifteen_seconds_of_waiting_a_sentence_then_music_again() -> None:
    run = Run()
    run.said(after=5)
    run.said(after=2)
    run(got.Ticked(), after=4)
    run(got.Ticked(), after=3.9)
    assert run.asked == []

    run(got.Ticked(), after=0.1)
    assert run.played() == ("hold_notice",)
    run.said()
    assert run.played() == ("moh",)
    run(got.Ticked(), after=30)
    assert run.played() == ("hold_notice",)


def test_key_one_in_the_question_changes_the_queue_and_stops_the_question() -> None:
    run = Run()
    run.said()

    run(got.KeyPressed("1", 7000))

    assert run.played() == ("moh",)
    assert do.JoinQueue("one-number") in run.asked
    assert run.told()[-2:] == ["DigitPressed", "CallQueued"]
    assert snapshot(run.call).queue == "one-number"


def test_a_ring_without_answer_is_told_and_the_next_offer_too() -> None:
    run = Run()
    run.said()
    run.offered()
    run(got.OfferLost(offer=OFFER, seat=S7, outcome=OfferOutcome.NO_ANSWER), after=6)
    run(got.Offered(offer=LATER, seat=S8, agent=ADA, expires_at=START))

    assert run.told()[-3:] == ["CallOffered", "OfferEnded", "CallOffered"]
    assert run.call.seat is not None
    assert run.call.seat.seat == S8
    assert len(run.call.offered_at) == 2


def test_the_agents_first_sound_is_kept_as_an_instant() -> None:
    run = Run().talking()
    assert run.call.agent_leg is not None
    run(got.SoundHeard(run.call.caller_leg.id, 100))
    run(got.SoundHeard(run.call.agent_leg.id, 8200))
    run(got.SoundHeard(run.call.agent_leg.id, 9000))

    assert run.call.first_audio_at == START + timedelta(milliseconds=8200)


def test_silence_after_the_question_waits_on_in_the_queue_of_the_menu_and_keeps_its_place() -> None:
    run = Run(replace(SETTINGS, menu=replace(SETTINGS.menu, silence=Destination(queue="one-number"))))
    run.said()
    run.said()
    run(got.Ticked(), after=3.9)
    assert [fact.queue for fact in run.facts if isinstance(fact, CallQueued)] == ["general"]
    since = run.call.queued_at

    asked = run(got.Ticked(), after=0.2)

    assert [fact.queue for fact in run.facts if isinstance(fact, CallQueued)] == ["general", "one-number"]
    assert do.JoinQueue("one-number") in asked
    assert (run.call.stage, run.call.queued_at) == (CallStage.WAITING, since)
