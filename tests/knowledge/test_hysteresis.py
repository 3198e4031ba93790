"""Cards before an agent do not flicker."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.hysteresis import Card, settle
from vocabulary.ids import CategoryCode, EntryCode
from vocabulary.suggestions import Band, Suggestion


def card(code: str) -> Suggestion:
    return Suggestion(entry=EntryCode(code), version=1, title=code, answer="", category=CategoryCode("1"),
                      band=Band.FAIR, score=1.0, matched=("词",), why="")  # fmt: skip


def shown(cards: tuple[Card, ...]) -> list[str]:
    return [one.suggestion.entry for one in cards]


def after(*rounds: str, valid: bool = True) -> list[str]:
    cards: tuple[Card, ...] = ()
    for codes in rounds:
        cards = settle(cards, [card(code) for code in codes], most=3, still_valid=lambda _: valid)
    return shown(cards)


def test_a_card_stays_when_it_is_missing_once() -> None:
    assert after("A", "") == ["A"]


def test_a_card_leaves_when_it_is_missing_twice_running() -> None:
    assert after("A", "", "") == []


def test_coming_back_starts_the_count_anew() -> None:
    assert after("A", "", "A", "") == ["A"]


def test_a_lingering_card_takes_the_place_of_the_last_newcomer() -> None:
    assert after("A", "BCD") == ["B", "C", "A"]
    assert after("A", "BCD", "BCD") == ["B", "C", "D"]


def test_a_card_out_of_force_leaves_at_once() -> None:
    assert after("A", "", valid=False) == []


@given(st.lists(st.permutations("ABCDE").map(lambda codes: "".join(codes[:3])), max_size=8))
def test_there_are_never_more_than_three_and_never_one_twice(rounds: list[str]) -> None:
    codes = after(*rounds)

    assert len(codes) <= 3
    assert len(set(codes)) == len(codes)
