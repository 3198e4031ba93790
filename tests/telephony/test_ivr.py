"""The way from the greeting to a person."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.ivr import flow
from telephony.ivr.flow import Ivr, IvrStage, Listen, Say, StopPrompt, Wait
from telephony.settings import Destination
from tests.telephony.calls_world import SETTINGS

NEW = Ivr(menu=SETTINGS.menu, queue="general")
ASKED = Ivr(menu=SETTINGS.menu, queue="general", stage=IvrStage.QUESTION)
LISTENING = Ivr(menu=SETTINGS.menu, queue="general", stage=IvrStage.LISTENING)


def test_the_caller_waits_for_a_seat_from_the_first_word_of_the_question() -> None:
    assert flow.begin(NEW) == (NEW, [Say("greeting")])
    assert flow.said(NEW) == (ASKED, [Say("question"), Wait("general")])


def test_after_the_question_the_caller_is_listened_to_then_silence_leads_on() -> None:
    listening, orders = flow.said(ASKED)

    assert (listening, orders) == (LISTENING, [Listen(4.0)])
    assert flow.time_up(listening)[0].done


def test_an_answer_is_waited_for_until_a_pause() -> None:
    assert flow.spoke(LISTENING, speaking=True)[1] == [Listen(flow.ANSWER_LIMIT_S)]
    assert flow.spoke(LISTENING, speaking=False)[1] == [Listen(flow.PAUSE_S)]
    assert flow.spoke(ASKED, speaking=True) == (replace(ASKED, answered=True), [])


SILENCE_LEADS_ON = replace(SETTINGS.menu, silence=Destination(queue="one-number"))


def test_who_says_nothing_to_the_question_waits_on_where_the_menu_sends_silence() -> None:
    after, orders = flow.time_up(replace(LISTENING, menu=SILENCE_LEADS_ON))

    assert (after.done, after.queue, orders) == (True, "one-number", [Wait("one-number")])
    assert flow.time_up(LISTENING) == (replace(LISTENING, stage=IvrStage.DONE), [])


@pytest.mark.parametrize("asked", [ASKED, LISTENING], ids=lambda ivr: ivr.stage)
def test_who_answered_the_question_stays_in_the_queue_of_the_line(asked: Ivr) -> None:
    spoken, _ = flow.spoke(replace(asked, menu=SILENCE_LEADS_ON), speaking=True)
    ceased, _ = flow.spoke(spoken, speaking=False)
    after, orders = flow.time_up(replace(ceased, stage=IvrStage.LISTENING))

    assert (after.done, after.queue, orders) == (True, "general", [])


@pytest.mark.parametrize(
    ("digit", "queue"), [("0", "general"), ("1", "one-number"), ("7", "general"), ("#", "general")]
)
def test_any_key_leads_to_a_person_and_key_one_to_one_number(digit: str, queue: str) -> None:
    after, orders = flow.pressed(ASKED, digit)

    assert after.done
    assert orders == [StopPrompt(), Wait(queue)]


def test_a_key_in_the_greeting_queues_at_once_but_the_recording_notice_is_heard_to_its_end() -> None:
    after, orders = flow.pressed(NEW, "1")

    assert orders == [Wait("one-number")]
    assert after.stage is IvrStage.GREETING
    assert flow.said(after)[0].done


_moves = st.lists(
    st.one_of(
        st.just(("said", "")),
        st.sampled_from("0123456789*#").map(lambda digit: ("pressed", digit)),
        st.booleans().map(lambda speaking: ("spoke", str(speaking))),
        st.just(("time_up", "")),
    ),
    max_size=12,
)


@given(_moves)
def test_whatever_the_caller_does_three_prompt_ends_or_timers_lead_to_a_queue(moves: list[tuple[str, str]]) -> None:
    ivr, waits = NEW, list[str]()
    ends = [("said", ""), ("said", ""), ("time_up", "")]
    for name, value in [*moves, *ends]:
        if name == "pressed":
            ivr, orders = flow.pressed(ivr, value)
        elif name == "spoke":
            ivr, orders = flow.spoke(ivr, speaking=value == "True")
        else:
            ivr, orders = getattr(flow, name)(ivr)
        waits += [order.queue for order in orders if isinstance(order, Wait)]

    assert ivr.done
    assert waits
    assert set(waits) <= {"general", "one-number"}
