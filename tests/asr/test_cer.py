import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.cer import canonical, cardinal, distance, error_rate
from asr.engines.simplified import simplify

TEXTS = st.text(st.sampled_from("路灯坏了12 ，。三楼樓abc０"), max_size=20)


def rate(reference: str, hypothesis: str) -> float:
    return error_rate(reference, hypothesis, simplify=simplify)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        ("路灯坏了。", "路 灯，坏了", 0.0),
        ("拨打12345", "拨打一二三四五", 0.0),
        ("一共三百二十元", "一共320元", 0.0),
        ("房地產", "房地产", 0.0),
        ("路灯坏了", "路灯", 0.5),
        ("路灯", "路灯坏了", 1.0),
        ("", "", 0.0),
        ("", "坏", 1.0),
    ],
)
def test_only_what_was_said_counts(reference: str, hypothesis: str, expected: float) -> None:
    assert rate(reference, hypothesis) == expected


@pytest.mark.parametrize(
    ("digits", "text"),
    [("0", "零"), ("10", "十"), ("120", "一百二十"), ("105", "一百零五"), ("2024", "二千零二十四"), ("10005", "一万零五"),
     ("18000", "一万八千"), ("007", "零零七"), ("13800138000", "一三八零零一三八零零零")],
)  # fmt: skip
def test_numbers_are_read(digits: str, text: str) -> None:
    assert cardinal(digits) == text


@given(TEXTS, TEXTS, TEXTS)
def test_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)


@given(TEXTS)
def test_a_text_against_itself_has_no_error(text: str) -> None:
    assert rate(text, text) == 0.0
    assert canonical(canonical(text, simplify=simplify), simplify=simplify) == canonical(text, simplify=simplify)
