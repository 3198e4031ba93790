import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.engines.simplified import simplify
from asr.normalise import as_written, ended, invented, looped, punctuated
from vocabulary.speech import Word

TEXTS = st.text(st.sampled_from("一二三幺零的路灯坏了吗, .?!ＡＢ１２，。abc12嗯 [unk]樓區"), max_size=40)


def written(text: str) -> str:
    return as_written(text, simplify=simplify)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("路 灯 坏 了", "路灯坏了"),
        ("廣州市房地產中介協會分析", "广州市房地产中介协会分析"),
        ("你好,我想问一下", "你好，我想问一下"),
        ("电话是幺三八零零一三八零零零", "电话是13800138000"),
        ("拨打一二三四五", "拨打一二三四五"),
        ("万一一会儿下雨", "万一一会儿下雨"),
        ("１２３ 号 楼", "123 号楼"),
        ("OK 可以", "OK 可以"),
        ("嗯。", ""),
        ("[unk]", ""),
        ("，。！", ""),
        ("3.5 米", "3.5 米"),
    ],
)
def test_text_is_written_as_the_house_writes_it(raw: str, text: str) -> None:
    assert written(raw) == text


@given(TEXTS)
def test_writing_twice_changes_nothing(raw: str) -> None:
    assert written(written(raw)) == written(raw)


@given(TEXTS)
def test_no_space_is_left_between_chinese_characters(raw: str) -> None:
    text = written(raw)

    assert not any(
        text[i] == " " and "一" <= text[i - 1] <= "龥" and "一" <= text[i + 1] <= "龥" for i in range(1, len(text) - 1)
    )


def test_a_question_gets_its_mark_and_a_marked_sentence_keeps_its_own() -> None:
    assert ended("办好了吗") == "办好了吗？"
    assert ended("路灯坏了") == "路灯坏了。"
    assert ended("路灯坏了，") == "路灯坏了。"
    assert ended("真的！") == "真的！"
    assert ended("") == ""


def test_a_pause_of_400_ms_becomes_a_comma() -> None:
    words = [Word(text="路灯", start_ms=0, end_ms=300), Word(text="坏", start_ms=350, end_ms=500)]
    words.append(Word(text="在东街", start_ms=950, end_ms=1300))

    assert written(punctuated(words)) == "路灯坏，在东街"


def test_a_decoder_that_runs_in_circles_is_noticed() -> None:
    assert looped("谢谢谢谢谢谢谢谢谢谢")
    assert looped("我们在说我们在说我们在说我们在说我们在说")
    assert not looped("电话1111111，路灯坏了好几天了")


def test_subtitle_phrases_are_taken_for_noise() -> None:
    assert invented("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目")
    assert invented("字幕由Amara.org社区提供")
    assert not invented("我要投诉楼上装修")
