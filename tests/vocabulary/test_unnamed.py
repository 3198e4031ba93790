"""Names said in a talk are hidden where they are introduced and wherever they stand; ordinary talk stays."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabulary.unnamed import said_names, unnamed

HERE = Path(__file__).parent / "unnamed"


def rows(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


SAID, UNSAID = rows("said.tsv"), rows("unsaid.tsv")


@pytest.mark.parametrize("row", SAID)
def test_a_name_said_in_the_talk_is_hidden_without_being_told_it(row: str) -> None:
    text, secrets = row.split("\t")

    hidden = unnamed(text)

    assert [secret for secret in secrets.split(";") if secret in hidden] == []


@pytest.mark.parametrize("text", UNSAID)
def test_talk_that_names_nobody_stays_as_it_is(text: str) -> None:
    assert unnamed(text) == text


def test_a_name_found_in_one_sentence_is_hidden_in_another() -> None:
    names = said_names("你好，我叫周明")

    assert unnamed("周明反映长青路停水，周先生请尽快", names=names) == "诉求人反映长青路停水，*先生请尽快"


def test_the_names_of_the_form_and_all_numbers_are_hidden() -> None:
    text = "王小明反映停水，请打19900000101，座机0999-8001345"

    hidden = unnamed(text, names=("王小明", ""), numbers=("19900000101", ""))

    assert [secret for secret in ("王小明", "19900000101", "8001345") if secret in hidden] == []
    assert hidden.startswith("诉求人反映停水")


FAMILIES = st.sampled_from("王李张刘陈杨赵黄周吴")
GIVEN = st.text(st.sampled_from("伟芳娜敏静丽强磊军洋勇艳杰娟涛超明霞平刚"), min_size=1, max_size=2)
FRAMES = st.sampled_from(
    ["我叫{}，{}反映停水", "你好我的名字叫{}。{}住三栋", "我是{}。{}要投诉", "姓名：{}，{}", "我叫做{}，上次{}也打过"]
)


@given(FAMILIES, GIVEN, FRAMES)
def test_whoever_introduces_himself_is_hidden_in_every_frame(family: str, given_name: str, frame: str) -> None:
    name = family + given_name

    assert name not in unnamed(frame.format(name, name))


def test_the_time_for_a_long_text_grows_with_its_length() -> None:
    def seconds(length: int) -> float:
        text = ("我叫周明，周先生。" * length)[:length]
        began = time.process_time()
        unnamed(text)
        return time.process_time() - began

    seconds(1000)
    assert min(seconds(20_000) for _ in range(3)) < 4 * min(seconds(10_000) for _ in range(3)) + 0.05
