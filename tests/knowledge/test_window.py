"""Which part of a talk is asked about."""

from knowledge.window import DECAY, FINALS, window
from runtime.ids import new_id
from vocabulary.audio import Party
from vocabulary.ids import CallId, ContactId, LegId
from vocabulary.speech import Utterance

CONTACT, CALL, LEG = ContactId(new_id()), CallId(new_id()), LegId(new_id())


def talk(*lines: tuple[Party, str]) -> list[Utterance]:
    return [
        Utterance(contact=CONTACT, call=CALL, leg=LEG, party=party, start_ms=n * 1000, end_ms=n * 1000 + 900,
                  text=text, engine="test")
        for n, (party, text) in enumerate(lines)
    ]  # fmt: skip


def test_the_newest_words_count_most() -> None:
    spans = window(talk((Party.CALLER, "楼道堆满杂物"), (Party.CALLER, "电动车飞线充电")))

    assert [(span.runs, span.weight) for span in spans] == [(("电动车飞线充电",), 1.0), (("楼道堆满杂物",), DECAY)]


def test_what_is_being_said_now_comes_first() -> None:
    spans = window(talk((Party.CALLER, "楼道堆满杂物")), partial="还有人飞线充电")

    assert [span.runs[0] for span in spans] == ["还有人飞线充电", "楼道堆满杂物"]


def test_nods_take_no_place_in_the_window() -> None:
    spans = window(talk((Party.CALLER, "小区电梯坏了"), *[(Party.CALLER, "嗯对对对好的")] * 9))

    assert [span.runs for span in spans] == [("小区电梯坏了",)]


def test_old_sentences_fall_out() -> None:
    sentences = [f"第{name}件事是关于路灯" for name in "甲乙丙丁戊己"]
    spans = window(talk(*[(Party.CALLER, sentence) for sentence in sentences]))

    assert len(spans) == FINALS
    assert spans[0].runs == ("第己件事是关于路灯",)


def test_only_a_question_of_the_agent_counts_and_little() -> None:
    asked = window(talk((Party.AGENT, "请问是哪个小区的电梯"), (Party.CALLER, "幸福小区的")))
    told = window(talk((Party.AGENT, "我已经为您登记"), (Party.CALLER, "幸福小区的")))

    assert [span.caller for span in asked] == [True, False]
    assert asked[1].weight < 0.5
    assert [span.caller for span in told] == [True]


def test_nothing_said_by_the_caller_is_nothing_asked() -> None:
    assert window(talk((Party.AGENT, "请问您要反映什么事"))) == ()
    assert window([], partial="") == ()
