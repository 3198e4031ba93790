"""Numbers of persons do not stay in a text, and what only looks like one is not touched."""

import re
import unicodedata
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vocabulary.masking.corpus import Sentence, drawn, lines
from vocabulary.digit_runs import SPOKEN
from vocabulary.masking import masked_text

LEFT_AT_MOST = {
    "mobile": 7, "landline": 10, "id card": 10, "bank card": 4, "passport": 0, "plate": 0, "qq": 0, "wechat": 0, "e-mail": 4,
}  # fmt: skip
"""How many digits of a number may still be read, by kind; an e-mail keeps its domain (163.com) and first character."""
DIGIT = re.compile(f"[0-9{SPOKEN}]")
PREFIX = re.compile(r"\(?\+?(?:00)?86\)?[ -]?|0(?=1)")
FILES = ("", "held_out_", "third_", "fourth_")


def is_masked(sentence: Sentence) -> bool:
    """Whether each number lost its middle and all around it stayed."""
    pattern = "(.*)".join(re.escape(part) for part in sentence.frame)
    found = re.fullmatch(pattern, masked_text(sentence.text))
    if not found:
        return False
    plain = [PREFIX.sub("", unicodedata.normalize("NFKC", left), count=1) for left in found.groups()]
    return all("*" in left and len(DIGIT.findall(left)) <= LEFT_AT_MOST[sentence.kind] for left in plain)


def is_untouched(sentence: Sentence) -> bool:
    return masked_text(sentence.text) == sentence.text


def drawings(name: str, times: int = 5) -> list[Sentence]:
    random = Random(12345)
    return [drawn(line, random=random) for line in lines(name) for _ in range(times)]


@pytest.mark.parametrize("half", FILES)
def test_the_numbers_of_persons_are_masked(half: str) -> None:
    sentences = drawings(f"{half}positives.tsv")
    missed = [one.text for one in sentences if not is_masked(one)]

    assert len(missed) / len(sentences) <= (0.02 if half == "third_" else 0.01), missed


@pytest.mark.parametrize("half", FILES)
def test_what_looks_like_a_number_of_a_person_stays(half: str) -> None:
    sentences = drawings(f"{half}look_alikes.tsv")
    masked = len(drawings(f"{half}positives.tsv"))
    damaged = [one.text for one in sentences if not is_untouched(one)]

    assert masked / (masked + len(damaged)) >= 0.97, damaged
    assert len(damaged) / len(sentences) <= 0.03, damaged


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_no_digits_survive_in_any_sentence_of_a_person(seed: int) -> None:
    random = Random(seed)
    sentences = [drawn(line, random=random) for half in FILES for line in lines(f"{half}positives.tsv")]
    missed = [one.text for one in sentences if not is_masked(one)]

    assert len(missed) <= 5, missed


def test_the_corpus_has_300_lines_of_each_and_all_kinds() -> None:
    positives, others = (
        [line for half in FILES for line in lines(half + name)] for name in ("positives.tsv", "look_alikes.tsv")
    )

    assert min(len(set(positives)), len(set(others))) >= 300
    assert {line.split("\t")[0] for line in positives} == set(LEFT_AT_MOST)
