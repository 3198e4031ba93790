"""The machine of a call that the switch places to try a line, step by step."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from telephony.calls.calls_out import (
    BeginSound,
    CallOut,
    CallOutInput,
    CallOutStage,
    Finish,
    Invite,
    Leave,
    MediaIsAway,
    MoveSound,
    TimePassed,
    call_out_step,
)
from telephony.media_protocol import FirstAudio, RtpLegOpened, Speech
from telephony.sip.events import Gone, PeerAnswered, PeerDeclined, PeerRang, Renegotiated
from telephony.sip.sdp import agree, parse_sdp
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import some_id
from vocabulary.calls import CallOutEnd
from vocabulary.ids import LegId

AGREED = agree(parse_sdp(OFFER.encode()))
LEG = LegId(some_id(1))
OPENED = RtpLegOpened(host="127.0.0.1", port=20_000)
SOUND = FirstAudio(leg=LEG, at_ms=0)
SPEECH = Speech(leg=LEG, speaking=True, at_ms=0)


def new_call() -> CallOut:
    return CallOut(ring_s=30.0, talk_s=5.0, asked_at=100.0)


def after(*inputs: tuple[float, CallOutInput]) -> tuple[CallOut, list[object]]:
    """Return (the call, what it wants after the last input)."""
    call, actions = new_call(), []
    for at, what in inputs:
        call, actions = call_out_step(call, what, now=at)
    return call, actions


UP = ((100.1, OPENED), (100.3, PeerRang("t", 180)), (101.0, PeerAnswered("t", AGREED)))


def test_an_open_leg_is_invited_with_and_the_answer_begins_the_sound() -> None:
    assert after((100.1, OPENED))[1] == [Invite("127.0.0.1", 20_000)]
    call, actions = after(*UP)

    assert actions == [BeginSound(AGREED)]
    assert (call.stage, call.rang_at, call.answered_at, call.status) == (CallOutStage.UP, 100.3, 101.0, 200)


def test_it_notes_when_sound_and_when_speech_came_first_and_hangs_up_at_its_limit() -> None:
    early, nothing = after(*UP, (101.2, SOUND), (101.3, SOUND), (102.0, replace(SPEECH, speaking=False)),
                           (102.5, SPEECH), (103.0, SPEECH), (105.9, TimePassed()))  # fmt: skip
    assert (early.sound_at, early.speech_at, nothing) == (101.2, 102.5, [])

    call, actions = after(*UP, (106.0, TimePassed()))

    assert actions == [Leave(16), Finish()]
    assert (call.stage, call.end, call.ended_at) == (CallOutStage.OVER, CallOutEnd.DONE, 106.0)


def test_a_peer_that_hangs_up_or_declines_ends_it_without_a_word_of_ours() -> None:
    left, gone = after(*UP, (103.0, Gone("t", "bye")))
    declined, refused = after((100.1, OPENED), (101.0, PeerDeclined("t", 486, "Busy Here")))

    assert (left.end, gone) == (CallOutEnd.PEER_LEFT, [Finish()])
    assert (declined.end, declined.status, refused) == (CallOutEnd.DECLINED, 486, [Finish()])


def test_who_does_not_answer_in_time_is_given_up_as_408() -> None:
    waits, nothing = after((100.1, OPENED), (100.3, PeerRang("t", 180)), (129.9, TimePassed()))
    call, actions = after((100.1, OPENED), (100.3, PeerRang("t", 180)), (130.0, TimePassed()))

    assert (waits.stage, nothing) == (CallOutStage.CALLING, [])
    assert (call.end, call.status, actions) == (CallOutEnd.DECLINED, 408, [Leave(16), Finish()])


def test_without_media_nothing_is_sent_and_a_call_that_loses_it_is_hung_up() -> None:
    never, nothing = after((100.1, MediaIsAway("disk-full")))
    lost, actions = after(*UP, (102.0, MediaIsAway("away")))

    assert (never.end, never.status, nothing) == (CallOutEnd.FAILED, 503, [Finish()])
    assert (lost.end, lost.status, actions) == (CallOutEnd.FAILED, 200, [Leave(41), Finish()])


def test_a_stream_that_the_peer_changes_is_followed() -> None:
    assert after(*UP, (102.0, Renegotiated("t", AGREED)))[1] == [MoveSound(AGREED)]


INPUTS = [OPENED, PeerRang("t", 180), PeerAnswered("t", AGREED), PeerDeclined("t", 486, ""), Gone("t", "bye"), SOUND,
          SPEECH, Renegotiated("t", AGREED), MediaIsAway("x"), TimePassed()]  # fmt: skip


@given(st.lists(st.tuples(st.floats(min_value=0, max_value=10), st.sampled_from(INPUTS)), max_size=30))
def test_whatever_comes_it_finishes_once_and_within_its_limits(inputs: list[tuple[float, CallOutInput]]) -> None:
    call, now, wanted = new_call(), 100.0, []
    for step, what in [*inputs, (40.0, TimePassed())]:
        now += step
        call, actions = call_out_step(call, what, now=now)
        wanted += actions

    assert call.stage is CallOutStage.OVER
    assert [action for action in wanted if isinstance(action, Finish)] == [Finish()]
    assert sum(isinstance(action, Leave) for action in wanted) <= 1
    assert isinstance(wanted[-1], Finish)
