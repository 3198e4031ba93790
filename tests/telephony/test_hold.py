"""A caller on hold: music at once, nobody's voice, and everything that can happen meanwhile."""

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.acd.seats import IN_TALK
from telephony.calls import actions as do
from telephony.calls import inputs as got
from telephony.calls.hearing import sound
from telephony.calls.legs import LegStage
from telephony.calls.record import CallStage
from tests.telephony.calls_world import ADA, S7
from tests.telephony.one_call import RECORDING, Run
from tests.telephony.test_acd import C1, GENERAL, new, offer_of, sit
from vocabulary.audio import Party
from vocabulary.calls import EndReason
from vocabulary.events.telephony import LegHeld, LegJoined, LegLeft


def held() -> Run:
    run = Run().talking()
    run(got.AgentHolds(), after=5)
    return run


def test_who_is_on_hold_hears_music_and_nobody_at_once() -> None:
    run = held()

    assert sound(run.call).hearing == frozenset()
    assert run.played() == ("moh",)
    assert do.HoldSeat(held=True) in run.asked
    assert run.call.stage is CallStage.TALKING


def test_who_comes_back_from_hold_hears_the_agent_and_no_music() -> None:
    run = Run().talking()
    before = sound(run.call)
    run(got.AgentHolds())

    run(got.AgentResumes(), after=20)

    assert sound(run.call) == before
    assert run.asked == [do.HoldSeat(held=False), do.SetSound(before)]


def test_hold_and_its_end_are_told_with_the_ms_at_which_media_did_them() -> None:
    run = held()
    run.sounds(12_000)
    run(got.AgentResumes(), after=30)
    run.sounds(42_000)

    told = [fact for fact in run.facts if isinstance(fact, LegHeld | LegJoined)][-2:]
    assert [(type(fact).__name__, fact.party, fact.at_ms) for fact in told] == [
        ("LegHeld", Party.CALLER, 12_000), ("LegJoined", Party.CALLER, 42_000),
    ]  # fmt: skip
    assert run.told().count("CallConnected") == 1


def test_a_hold_that_was_over_before_media_did_it_is_not_told() -> None:
    run = held()
    late = sound(run.call)
    run(got.AgentResumes())

    run(got.SoundSet(12_000, late))
    run.sounds(12_020)

    assert run.told().count("LegHeld") == 0


def test_hold_and_resume_once_more_change_nothing() -> None:
    run = held()
    assert run(got.AgentHolds()) == []
    run(got.AgentResumes())

    assert run(got.AgentResumes()) == []


def test_before_the_talk_there_is_nothing_to_hold() -> None:
    run = Run()
    run.said()

    assert run(got.AgentHolds()) == []
    assert run.call.play is not None
    assert run.call.play.prompts == ("question",)


def test_a_caller_who_hangs_up_on_hold_has_left() -> None:
    run = held()
    run.sounds(12_000)
    run(got.CallerLeft(), after=50)
    run(got.MediaClosed(RECORDING))

    assert run.end().reason is EndReason.CALLER_HUNG_UP
    assert [fact.party for fact in run.facts if isinstance(fact, LegLeft)] == [Party.CALLER, Party.AGENT]


def test_an_agent_whose_line_is_lost_during_hold_finds_the_caller_in_the_talk() -> None:
    run = held()
    run.sounds(12_000)

    run(got.LineMoved(connected=False))
    assert do.HoldSeat(held=False) in run.asked
    assert next(iter(sound(run.call).playing))[1].prompts == ("moh",)
    run(got.LineMoved(connected=True), after=3)
    run(got.SeatAttached(16_000))
    run.sounds(16_020)

    assert len(sound(run.call).hearing) == 2
    assert run.call.stage is CallStage.TALKING


def test_a_line_that_is_lost_again_before_the_talk_goes_on_leaves_no_silence() -> None:
    run = Run().talking()
    run(got.LineMoved(connected=False))
    run(got.LineMoved(connected=True), after=2)
    run(got.SeatAttached(14_000))

    run(got.LineMoved(connected=False))

    assert run.played() == ("moh",)
    assert sound(run.call).hearing == frozenset()
    assert do.CloseMedia() in run(got.Ticked(), after=20)


def test_a_line_that_could_not_be_attached_is_tried_again_when_it_is_back() -> None:
    run = Run().talking()
    run(got.LineMoved(connected=False))
    run(got.LineMoved(connected=True), after=2)
    run(got.SeatUnreachable())
    leg = run.call.agent_leg
    assert leg is not None

    assert run(got.LineMoved(connected=True), after=1) == [do.AttachSeat(leg.id, S7)]
    assert run(got.LineMoved(connected=True)) == []


def test_the_seat_is_on_hold_as_long_as_its_caller_is_and_in_a_talk_all_the_time() -> None:
    acd, time = new()
    sit(acd, time, S7)
    acd.join(C1, queue=GENERAL, moment=time(1))
    acd.answer(S7, agent=ADA, offer=offer_of(acd, S7), moment=time(1))
    acd.hold(C1, held=True, moment=time(1))
    on_hold = acd.seats[S7]
    acd.hold(C1, held=False, moment=time(2))

    assert (on_hold.state.value, acd.seats[S7].state.value) == ("hold", "talking")
    assert on_hold.state in IN_TALK
    acd.hold(C1, held=True, moment=time(3))
    acd.talk_over(C1, wrap_up=True, moment=time(4))
    assert acd.seats[S7].state.value == "wrap"


KEYS = st.lists(st.sampled_from(["hold", "resume", "media", "lost", "back", "attached", "tick"]), max_size=25)


@settings(max_examples=150, deadline=None)
@given(KEYS)
def test_whatever_is_pressed_a_caller_hears_either_the_agent_or_music(keys: list[str]) -> None:
    run = Run().talking()
    inputs = {
        "hold": got.AgentHolds(), "resume": got.AgentResumes(), "lost": got.LineMoved(connected=False),
        "back": got.LineMoved(connected=True), "attached": got.SeatAttached(9000), "tick": got.Ticked(),
    }  # fmt: skip
    silent, seats = [], []
    for key in keys:
        asked = run.sounds(9000) if key == "media" else run(inputs[key], after=0.5)
        seats += [action.held for action in asked if isinstance(action, do.HoldSeat)]
        hears = {listener for listener, _ in sound(run.call).hearing} | {leg for leg, _ in sound(run.call).playing}
        silent += [] if run.call.caller_leg.id in hears else [key]

    assert silent == []
    assert seats == [number % 2 == 0 for number in range(len(seats))]
    on_hold = run.call.caller_leg.stage is LegStage.HELD
    assert on_hold is (bool(seats) and seats[-1])
