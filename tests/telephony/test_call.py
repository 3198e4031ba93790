"""A call from our 200 to its last fact, input by input."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.call import step
from telephony.calls.hearing import Sound, sound
from telephony.calls.legs import Leg, LegStage, TrunkEndpoint
from telephony.calls.record import Call, CallStage, snapshot
from telephony.ivr.flow import Ivr
from telephony.media_protocol import ClosedRecording
from telephony.settings import Destination, TelephonySettings
from tests.telephony.calls_world import ADA, S7, S8, SETTINGS, START, Time, limits
from vocabulary.audio import Party
from vocabulary.calls import CallPhase, EndReason, OfferOutcome
from vocabulary.events import Event
from vocabulary.events.telephony import (
    CallAccepted,
    CallConnected,
    CallEnded,
    CallOffered,
    CallQueued,
    CallRecorded,
    DigitPressed,
    LegJoined,
    LegLeft,
    OfferEnded,
)  # fmt: skip
from vocabulary.ids import CallId, ContactId, LegId, OfferId
from vocabulary.personal import PhoneNumber

CALLER = Leg(
    id=LegId(UUID(int=0x1E6)), party=Party.CALLER, endpoint=TrunkEndpoint(number=PhoneNumber("13900001234")),
    stage=LegStage.JOINED,
)  # fmt: skip
OFFER, LATER = OfferId(UUID(int=0x0F)), OfferId(UUID(int=0x10F))
RECORDING = ClosedRecording(recording_name="a.wav", sha256="0" * 64, samples=8000, path="/a.wav")


class Run:
    """Drives one call; keeps what it told and what it asked for."""

    def __init__(self, config: TelephonySettings = SETTINGS) -> None:
        self.time = Time()
        self.facts: list[Event] = []
        self.asked: list[do.Action] = []
        self.call = Call(
            call=CallId(UUID(int=0xCA)), contact=ContactId(UUID(int=0xC0)), host="h1",
            legs=(CALLER,), dialled="12345", line_name="x",
            user_agent="", invite_at=START, invite_mono=100.0, accepted_at=START, settings=config,
            ivr=Ivr(menu=config.menu, queue="general"),
        )  # fmt: skip
        self(got.Begun())

    def __call__(self, given: got.Input, after: float = 0.0) -> "list[do.Action]":
        self.call, actions = step(self.call, given, moment=self.time(after))
        self.facts += [action.fact for action in actions if isinstance(action, do.Tell)]
        self.asked = [action for action in actions if not isinstance(action, do.Tell)]
        return self.asked

    def said(self, after: float = 1.0) -> "list[do.Action]":
        """What plays comes to its end."""
        assert self.call.play is not None
        return self(got.PromptsOver(self.call.play.play_id), after)

    def sounds(self, at_ms: int, after: float = 0.0) -> "list[do.Action]":
        """Media does what it was asked last."""
        return self(got.SoundSet(at_ms, sound(self.call)), after)

    def played(self) -> tuple[str, ...]:
        asked = next(action for action in self.asked if isinstance(action, do.SetSound))
        return next(play.prompts for _, play in asked.sound.playing)

    def end(self) -> CallEnded:
        """The last fact, which is the end."""
        last = self.facts[-1]
        assert isinstance(last, CallEnded)
        return last

    def told(self) -> list[str]:
        return [type(fact).__name__ for fact in self.facts]

    def offered(self) -> None:
        self(got.Offered(offer=OFFER, seat=S7, agent=ADA, expires_at=START + timedelta(seconds=10)))

    def took(self, after: float = 0.5) -> "list[do.Action]":
        return self(got.SeatTook(offer=OFFER, seat=S7, agent=ADA), after)

    def talking(self) -> "Run":
        """Bring it to the talk."""
        self.said()
        self.offered()
        self.said()
        self.took()
        self(got.SeatAttached(7900))
        self.said()
        self.sounds(8000)
        return self


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


def test_the_agents_first_sound_is_kept_as_an_instant() -> None:
    run = Run().talking()
    assert run.call.agent_leg is not None
    run(got.SoundHeard(run.call.caller_leg.id, 100))
    run(got.SoundHeard(run.call.agent_leg.id, 8200))
    run(got.SoundHeard(run.call.agent_leg.id, 9000))

    assert run.call.first_audio_at == START + timedelta(milliseconds=8200)


_leg = LegId(UUID(int=0x1E6))
_inputs = st.one_of(
    st.just(got.Ticked()), st.just(got.SeatAttached(7900)), st.just(got.SeatUnreachable()), st.just("sounds"),
    st.booleans().map(lambda value: got.LineMoved(connected=value)), st.just(got.NobodyOnDuty()),
    st.booleans().map(lambda value: got.SpeechHeard(speaking=value)),
    st.sampled_from("01*9").map(lambda digit: got.KeyPressed(digit, 1)), st.just(got.SoundHeard(_leg, 1)),
    st.just(got.Offered(offer=OFFER, seat=S7, agent=ADA, expires_at=START)),
    st.just(got.OfferLost(offer=OFFER, seat=S7, outcome=OfferOutcome.NO_ANSWER)),
    st.just(got.SeatTook(offer=OFFER, seat=S7, agent=ADA)), st.just("said"),
    st.booleans().map(lambda value: got.CallerLeft(failed=value)), st.just(got.AgentLeft()),
    st.just(got.MediaClosed(RECORDING)), st.just(got.Broken(EndReason.MEDIA_LOST, 41)),
)  # fmt: skip


def check_sound(call: Call) -> None:
    """Nobody hears themselves, a party that is not there, or anybody in a call that is over; the caller is not lost."""
    wanted, legs = sound(call), {leg.id for leg in call.legs}
    assert {leg for pair in wanted.hearing for leg in pair} <= {leg.id for leg in call.legs if leg.stage == "joined"}
    assert all(listener != speaker for listener, speaker in wanted.hearing)
    assert {(speaker, listener) for listener, speaker in wanted.hearing} == wanted.hearing
    assert {leg for leg, _ in wanted.playing} <= legs
    if call.stage is CallStage.TALKING:
        assert wanted.hearing
    if call.stage in {CallStage.WAITING, CallStage.SEPARATED} and call.ivr.done:
        assert wanted.playing or wanted.hearing


def in_the_call(facts: list[Event]) -> set[LegId]:
    """Who is there after these facts; nobody joins twice or leaves without having joined."""
    there: set[LegId] = set()
    for fact in facts:
        if isinstance(fact, LegJoined):
            assert fact.leg not in there
            there.add(fact.leg)
        elif isinstance(fact, LegLeft):
            assert fact.leg in there
            there.discard(fact.leg)
    return there


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(_inputs, st.sampled_from([0.0, 0.5, 3.0, 25.0])), max_size=30))
def test_whatever_happens_facts_stay_in_order_and_the_end_is_told_once_and_last(
    moves: "list[tuple[got.Input | str, float]]",
) -> None:
    run, revisions = Run(), [1]
    for move, after in moves:
        if not isinstance(move, str):
            run(move, after)
        elif move == "sounds":
            run.sounds(1, after)
        elif run.call.play is not None:
            run.said(after)
        check_sound(run.call)
        revisions.append(run.call.revision)
    if run.call.stage is not CallStage.ENDED:
        run(got.CallerLeft())
        run(got.MediaClosed(None))

    kinds = [type(fact) for fact in run.facts if not isinstance(fact, OfferEnded)]
    assert kinds.count(CallEnded) == kinds.count(CallAccepted) == 1
    assert kinds[0] is CallAccepted
    assert kinds[-1] is CallEnded
    assert kinds.count(CallConnected) <= 1
    assert kinds.count(CallRecorded) <= 1
    for later in (CallOffered, CallConnected):
        if later in kinds and CallQueued in kinds and later is CallConnected:
            assert kinds.index(CallQueued) < kinds.index(later)
    assert in_the_call(run.facts) == set()
    assert revisions == sorted(revisions)
    assert all(fact.occurred_at.tzinfo is not None for fact in run.facts)
    assert DigitPressed not in kinds or kinds.index(DigitPressed) > 0


def test_an_ended_call_does_nothing_more() -> None:
    run = Run()
    run(got.CallerLeft())
    run(got.MediaClosed(None))
    before = run.call

    for late in (got.Ticked(), got.AgentLeft(), got.KeyPressed("1", 2), got.SoundSet(3, Sound())):
        assert run(late, after=1.0) == []

    assert replace(run.call) == before


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
