"""Whatever happens to a call, in any order: what always holds."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.calls import inputs as got
from telephony.calls.hearing import sound
from telephony.calls.record import Call, CallStage
from tests.telephony.calls_world import ADA, S7, START
from tests.telephony.one_call import OFFER, RECORDING, Run
from vocabulary.calls import EndReason, OfferOutcome
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
from vocabulary.ids import LegId

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
