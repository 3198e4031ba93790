"""What is laid before the agent, and when nothing is."""

from functools import cache

import pytest

from knowledge.classify import Classifier
from knowledge.confusion import Confusion
from knowledge.engine.bm25 import Bm25Index
from knowledge.engine.protocol import day_number
from knowledge.entries import PublishedEntry
from knowledge.evaluate import evaluate, read_golden
from knowledge.matching import Shape, pieces, shape_of
from knowledge.question import question
from knowledge.suggest import LOOKED_AT, NOT_KNOWN, NOT_SAID, choose, judge
from knowledge.window import span_of
from tests.knowledge.city_book import DAY, ENDED, city_book, city_entries, entry, golden, syllables
from vocabulary.errors import FieldError
from vocabulary.suggestions import Band, Suggestion, Suggestions


@cache
def index() -> Bm25Index:
    return Bm25Index(city_book().documents())


@cache
def shape(published: PublishedEntry) -> Shape:
    return shape_of(published.entry, syllables=syllables())


def suggest(text: str, *, day: int = day_number(DAY)) -> tuple[tuple[Suggestion, ...], str]:
    asked = question([span_of(text, unasked=city_book().unasked)], book=city_book())
    hits = index().search(asked.query, day=day, limit=LOOKED_AT)
    return choose(judge(hits, asked=asked, book=city_book(), shape=shape), asked=asked)


async def answer(text: str) -> Suggestions:
    items, reason = suggest(text)
    return Suggestions(items=items, reason=reason, revision=0)


@pytest.mark.parametrize(("rate", "seeds", "least"), [(0.0, (0,), 0.9), (0.2, (0, 1, 2), 0.8), (0.3, (0, 1), 0.6)])
async def test_golden_requests_find_their_entry_among_three_and_off_topic_ones_find_nothing(
    rate: float, seeds: tuple[int, ...], least: float
) -> None:
    confusion = Confusion(syllables=syllables())
    report = await evaluate(golden(), suggest=answer, confusion=confusion, rate=rate, seeds=seeds)

    assert report["recall_at_3"] >= least, report["misses"]  # type: ignore[operator]  # a share
    assert report["abstained_off_topic"] == 1.0, report["misses"]


@pytest.mark.parametrize("text", ["", "喂喂", "嗯那个你好", "一三八零零一三八零零零"])
def test_nothing_is_suggested_before_anything_was_said(text: str) -> None:
    assert suggest(text) == ((), NOT_SAID)


@pytest.mark.parametrize("text", ["我给你唱首歌吧月亮出来亮堂堂", "飞机场的跑马灯转了又转", "asdf qwer zxcv"])
def test_what_the_knowledge_base_does_not_know_is_answered_by_silence(text: str) -> None:
    assert suggest(text) == ((), NOT_KNOWN)


def test_every_suggestion_says_why_in_the_callers_own_words() -> None:
    suggested = [(request, item) for request in golden() for item in suggest(request.text)[0]]
    assert len(suggested) > len(golden()) / 2
    for request, item in suggested:
        assert item.matched, request.id
        assert all(word in request.text for word in item.matched), request.id
        assert item.why.endswith("相符。")
        assert item.matched[0] in item.why


def test_a_misheard_word_is_explained_by_its_sound() -> None:
    items, _ = suggest("我想提取公鸡金付房租")

    assert items[0].entry == "K0056"
    assert "公鸡金" in items[0].matched
    assert "“公鸡金”（听起来像“公积金”）" in items[0].why


def test_a_colloquial_word_is_explained_by_what_it_means() -> None:
    items, _ = suggest("昨晚吃火锅一家人上吐下泻")

    assert "“上吐下泻”（对应“" in items[0].why


def test_an_ended_entry_looks_right_and_is_never_suggested() -> None:
    ended = [one for one in city_entries() if one.effective_to == ENDED]

    assert len(ended) == 2
    for one in ended:
        text = f"{one.standard_question}，{one.similar_questions[0]}"
        assert one.code in [item.entry for item in suggest(text, day=day_number(ENDED))[0]]
        assert one.code not in [item.entry for item in suggest(text)[0]]


def test_clearly_worded_requests_are_marked_strong_and_best_comes_first() -> None:
    items, _ = suggest("外地老人来上海住院，医保卡能不能异地直接结算，要不要备案")

    assert items[0].band is Band.STRONG
    assert [item.score for item in items] == sorted((item.score for item in items), reverse=True)
    assert len(items) <= 3


def test_two_stretches_that_overlap_are_not_counted_twice() -> None:
    found = pieces([span_of("住房公积金贷款")], shape=shape(city_book().entries["K0057"]), book=city_book())  # type: ignore[index]  # an EntryCode

    assert sum(len(piece.said) for piece in found) <= len("住房公积金贷款")


def test_function_characters_alone_never_speak_for_an_entry() -> None:
    one = PublishedEntry(entry=entry(standard_question="我的这个在那里"), version=1)

    assert pieces([span_of("我的这个在那里")], shape=shape(one), book=city_book()) == ()


def test_the_right_category_is_mostly_the_first_guess() -> None:
    classifier = Classifier(city_book())
    wanted = {one.code: one.category for one in city_entries()}
    asked = [request for request in golden() if request.entry is not None]
    first = [
        bool(got) and got[0].category == wanted[request.entry]  # type: ignore[index]  # filtered above
        for request in asked
        for got in [classifier.guesses(request.text)]
    ]

    assert sum(first) / len(first) >= 0.85


def test_guesses_carry_the_words_and_a_confidence_below_one() -> None:
    guesses = Classifier(city_book()).guesses("小区电梯坏了把人困在里面")

    assert guesses[0].category == "010401"
    assert "电梯" in "".join(guesses[0].matched)
    assert all(0 < guess.confidence <= 1 for guess in guesses)
    assert sum(guess.confidence for guess in guesses) <= 1


@pytest.mark.parametrize("text", ["", "嗯嗯", "哈哈哈"])
def test_no_category_is_guessed_from_nothing(text: str) -> None:
    assert Classifier(city_book()).guesses(text) == ()


async def test_nearly_every_strong_suggestion_is_right() -> None:
    confusion = Confusion(syllables=syllables())
    heard = [(confusion.hear(one.text, rate=0.2, seed=seed), one.entry) for one in golden() for seed in range(3)]
    strong = [items[0].entry == wanted for text, wanted in heard for items in [suggest(text)[0]]
              if items and items[0].band is Band.STRONG]  # fmt: skip

    assert len(strong) >= 30
    assert sum(strong) / len(strong) >= 0.95


async def test_a_report_counts_what_was_withheld_as_missed() -> None:
    async def silent(_: str) -> Suggestions:
        return Suggestions(items=(), reason=NOT_KNOWN, revision=0)

    report = await evaluate(golden(), suggest=silent, confusion=Confusion(syllables=syllables()))

    assert (report["recall_at_3"], report["abstained_off_topic"], len(report["misses"])) == (0.0, 1.0, 40)  # type: ignore[arg-type]  # a list


def test_a_golden_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(FieldError, match="第1行"):
        read_golden('{"id": 1}')
