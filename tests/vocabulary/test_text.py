"""What passes the wall can be encoded, stored and shown; what does not is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabulary.errors import FieldError
from vocabulary.text import checked_line, checked_text, taken_line, text_fault

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)


@given(ANY_TEXT)
def test_whatever_is_taken_can_be_encoded_and_stored(text: str) -> None:
    taken = taken_line(text)

    assert json.loads(json.dumps(taken).encode("utf-8")) == taken
    assert taken.encode("utf-8").decode("utf-8") == taken
    assert text_fault(taken, lines=False) is None
    assert taken_line(taken) == taken


@given(st.binary(max_size=400))
def test_octets_of_any_kind_are_taken_as_text(octets: bytes) -> None:
    assert text_fault(taken_line(octets), lines=False) is None
    assert taken_line(octets.decode("utf-8", "surrogateescape")) == taken_line(octets)


@given(ANY_TEXT)
def test_what_is_checked_passes_unchanged_or_is_refused_by_the_name_of_its_field(text: str) -> None:
    if text_fault(text) is None:
        assert checked_text(text, field="content") == text
        assert "\0" not in text
        text.encode("utf-8")
    else:
        with pytest.raises(FieldError) as refused:
            checked_text(text, field="content")
        assert set(refused.value.fields) == {"content"}


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x9b", "\ud83d", "\u202e", "\u2028", "\ufffe"])
def test_controls_surrogates_and_orders_of_direction_never_pass(char: str) -> None:
    for check in (checked_line, checked_text):
        with pytest.raises(FieldError, match="U\\+"):
            check(f"暖气{char}不热", field="content")
    assert char not in taken_line(f"暖气{char}不热")


def test_lines_are_for_texts_only_and_everything_has_a_bound() -> None:
    assert checked_text("一\n二\t三\r\n", field="content") == "一\n二\t三\r\n"
    with pytest.raises(FieldError, match="U\\+000A"):
        checked_line("一\n二", field="title")
    with pytest.raises(FieldError, match="最多 5 个字，现在有 6 个"):
        checked_text("六个字的句子", field="content", longest=5)
    assert taken_line("长" * 999, longest=7) == "长" * 7


def test_ordinary_words_of_every_script_pass() -> None:
    for text in ("𠮷野家（老店）", "Ünïcode — “quotes”", "😀👨‍👩‍👧", "ﷺ", "한국어", "\u200b"):
        assert checked_line(text, field="name") == text
