"""A made-up recogniser's mistakes."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.confusion import Confusion, common_characters
from tests.knowledge.city_book import golden, syllables

CONFUSION = Confusion(syllables=syllables())
TEXT = "".join(request.text for request in golden())


def test_the_same_seed_makes_the_same_mistakes_and_another_others() -> None:
    assert CONFUSION.hear(TEXT, rate=0.2, seed=1) == CONFUSION.hear(TEXT, rate=0.2, seed=1)
    assert CONFUSION.hear(TEXT, rate=0.2, seed=1) != CONFUSION.hear(TEXT, rate=0.2, seed=2)


@given(st.text(max_size=40), st.integers(0, 99))
def test_a_rate_of_nothing_changes_nothing(text: str, seed: int) -> None:
    assert CONFUSION.hear(text, rate=0.0, seed=seed) == text


@given(st.text(alphabet="abc 123，。", max_size=40))
def test_only_chinese_is_misheard(text: str) -> None:
    assert CONFUSION.hear(text, rate=1.0, seed=3) == text


def test_most_substitutions_sound_alike() -> None:
    pairs = [(one, CONFUSION.hear(one, rate=1.0, seed=seed)) for seed in range(8) for one in set(TEXT) if one >= "一"]
    swapped = [(one, other) for one, other in pairs if len(other) == 1 and one != other]
    alike = [1 for one, other in swapped if syllables().exact(one) == syllables().exact(other)]

    assert 0.45 < len(alike) / len(swapped) < 0.7
    assert 0.06 < sum(not other for _, other in pairs) / len(pairs) < 0.16


def test_level_one_of_the_standard_has_3755_characters() -> None:
    assert len(set(common_characters())) == 3755
