"""Hot issues and made-up days, without a database."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.hot_issues.surprise import Level, Usual, expected, growth, level, surprise
from analytics.hot_issues.terms import document_counts, grams, standing_out
from analytics.hot_issues.topics import Case, find_topics
from tests.analytics.town import BURST, NOW, ZONE, made_up

START = NOW - timedelta(days=3)


def case(n: int, *, at: datetime = NOW - timedelta(hours=1), text: str = "停水了", **changes: object) -> Case:
    known: dict[str, object] = {
        "contact": f"c{n}", "order_no": f"o{n:05d}", "at": at, "leaf": "停水", "district": "云山区",
        "place": "长青花园", "title": "停水", "text": text, "caller": f"p{n}",
    }  # fmt: skip
    return Case(**{**known, **changes})  # type: ignore[arg-type] # the fields are those of Case


def cases_of_days() -> list[Case]:
    return [
        case(n, at=row.at, text=row.phrase, leaf=row.matter.path[-1], district=row.spot.district,
             place=row.spot.place, title=f"{row.spot.place}{row.matter.path[-1]}问题", caller=row.caller,
             spoken=((9000, f"{row.spot.place}，{row.phrase}"),))
        for n, row in enumerate(made_up())
        if row.matter is not None and row.spot is not None
    ]  # fmt: skip


def test_made_up_days_are_thirty_with_a_shape_of_week_and_hour() -> None:
    days = made_up()
    usual = [row for row in days if row.matter is not BURST.matter]
    hours = Counter(row.at.astimezone(ZONE).hour for row in usual)
    weekdays = Counter(row.at.astimezone(ZONE).weekday() for row in usual)

    assert made_up() == days
    assert {(NOW.astimezone(ZONE).date() - row.at.astimezone(ZONE).date()).days for row in days} == set(range(30))
    assert hours[9] > 5 * hours[3]
    assert hours[9] > hours[12] < hours[14]
    assert weekdays[0] > weekdays[5] > 0
    assert 2000 < len(days) < 3500
    assert all(row.at < NOW for row in days)


def test_nothing_made_up_was_answered_in_the_future() -> None:
    rows = list(made_up())
    assert sum(row.handled_after_h is not None for row in rows) > 1000
    for row in rows:
        assert row.talk_s is None or row.talk_s > 0
        if row.handled_after_h is not None and row.talk_s is not None:
            spoken = timedelta(seconds=row.wait_s + row.talk_s, hours=row.handled_after_h)
            assert row.at + spoken <= NOW
        assert row.satisfied is None or row.handled_after_h is not None
        assert (row.talk_s is None) == (row.matter is None) == (row.spot is None)


def test_the_planted_burst_comes_first_with_a_warning_and_words_of_its_own() -> None:
    topics = find_topics(cases_of_days(), start=START, end=NOW)

    first = topics[0]
    assert first.label == "长青花园停水"
    assert first.level is not Level.NONE
    assert first.growth > 2
    assert first.places[0] == "长青花园"
    assert first.orders >= BURST.n
    assert first.terms[0] == "停水", first.terms
    assert all(2 <= len(term) <= 4 for term in first.terms)
    assert all(topic.surprise <= first.surprise for topic in topics)
    assert [topic.label for topic in topics if topic.level is not Level.NONE] == ["长青花园停水"]


def test_a_sample_points_at_the_second_that_was_said() -> None:
    words = ((1000, "喂你好"), (4000, "我们这里停水两天了"), (9000, "谢谢"))

    topics = find_topics([case(n, text="停水两天了", spoken=words) for n in range(4)], start=START, end=NOW)

    assert [sample.source_ms for sample in topics[0].sample] == [4000] * 4
    assert find_topics([case(1)], start=START, end=NOW)[0].sample[0].source_ms is None


def test_a_period_has_its_start_and_not_its_end() -> None:
    cases = [case(1, at=START), case(2, at=NOW), case(3, at=START - timedelta(seconds=1))]

    assert [topic.orders for topic in find_topics(cases, start=START, end=NOW)] == [1]


def test_nothing_has_no_topics() -> None:
    assert find_topics([], start=START, end=NOW) == ()
    assert standing_out([], background=document_counts([]), size=0) == ()


texts = st.text(max_size=25) | st.text(alphabet="停水路灯坏了噪音 <>&'", max_size=25)
odd_cases = st.lists(
    st.builds(
        case,
        st.integers(0, 10_000),
        text=texts,
        leaf=texts,
        district=texts,
        place=texts,
        caller=texts,
        title=texts,
        at=st.timedeltas(timedelta(days=-50), timedelta(days=5)).map(lambda by: NOW + by),
        spoken=st.lists(st.tuples(st.integers(0, 10**6), texts), max_size=3).map(tuple),
    ),
    max_size=25,
    unique_by=lambda one: one.order_no,
)


@given(odd_cases, st.randoms(use_true_random=False))
def test_topics_of_anything_are_whole_and_do_not_depend_on_the_order_of_cases(
    cases: list[Case], random: object
) -> None:
    mixed = list(cases)
    random.shuffle(mixed)  # type: ignore[attr-defined] # a random.Random

    topics = find_topics(cases, start=START, end=NOW)

    assert topics == find_topics(mixed, start=START, end=NOW)
    assert len({topic.topic for topic in topics}) == len(topics)
    assert sum(topic.orders for topic in topics) <= len([one for one in cases if START <= one.at < NOW])
    for topic in topics:
        assert topic.surprise >= 0
        assert topic.growth > 0
        assert 1 <= topic.callers <= topic.contacts <= topic.orders
        assert topic.first_at <= topic.last_at
        assert len(topic.sample) == min(5, topic.orders)


def test_a_topic_keeps_its_id_when_more_of_it_comes() -> None:
    first = find_topics([case(n) for n in range(3)], start=START, end=NOW)
    more = [case(n, place="长青路", text="又停水") for n in range(20, 30)]

    assert find_topics([*(case(n) for n in range(3)), *more], start=START, end=NOW)[0].topic == first[0].topic


@given(texts)
def test_pieces_are_two_to_four_han_characters_of_the_text(text: str) -> None:
    assert all(2 <= len(piece) <= 4 and piece in text for piece in grams(text))


@pytest.mark.parametrize(
    ("n", "score", "callers", "wanted"),
    [
        (4, 50.0, 4, Level.NONE), (5, 7.9, 5, Level.NONE), (5, 8.0, 5, Level.BLUE), (9, 12.0, 9, Level.YELLOW),
        (40, 9.0, 30, Level.ORANGE), (40, 7.0, 40, Level.NONE),
    ],
)  # fmt: skip
def test_a_warning_needs_surprise_contacts_and_for_the_highest_many_callers(
    n: int, score: float, callers: int, wanted: Level
) -> None:
    assert level(n, surprise=score, callers=callers) is wanted


@given(st.integers(0, 500), st.integers(0, 5000), st.integers(0, 3000), st.integers(1, 500))
def test_growth_is_the_count_over_what_was_expected(seen: int, more: int, exposure: int, n: int) -> None:
    usual = Usual(count=seen, exposure=seen + more)

    assert growth(n, usual=usual, exposure=exposure) == pytest.approx(
        n / expected(usual, exposure=exposure), abs=0.00501
    )


def test_what_is_usual_is_no_surprise() -> None:
    assert surprise(5, usual=5.0) == 0
    assert surprise(3, usual=5.0) == 0
    assert surprise(10, usual=1.0) > surprise(5, usual=1.0) > 0
