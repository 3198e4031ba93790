"""Topics: orders of one matter at one place, first by (matter, district), then split where a place stands out."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.hot_issues.surprise import Level, Usual, expected, growth, level, surprise
from analytics.hot_issues.terms import document_counts, standing_out

PLACE_SHARE = 0.5
"""A place names the topic when at least half of its orders are there."""
LOOK_BACK = timedelta(days=28)
WHOLE, RECENT = timedelta(days=7), timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One order as topics see it. ``spoken`` holds the caller's words with their call times in ms."""

    contact: str
    order_no: str
    at: datetime
    leaf: str
    district: str
    place: str
    title: str = field(repr=False)
    text: str = field(repr=False)
    caller: str
    spoken: tuple[tuple[int, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One order of a topic and the call time at which its caller said it (None without a transcript)."""

    contact: str
    order_no: str
    title: str = field(repr=False)
    source_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What people ask about. ``growth`` is the count against what was usual; ``surprise`` decides ``level``."""

    topic: str
    label: str
    terms: tuple[str, ...]
    contacts: int
    orders: int
    callers: int
    growth: float
    surprise: float
    level: Level
    places: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    sample: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """``n`` recent orders of a topic among ``exposure`` of all, and what was usual before."""

    n: int
    usual: Usual
    exposure: int


def recent_from(*, start: datetime, end: datetime) -> datetime:
    """Return since when a topic of [start, end) is compared with what was usual in the 28 days before that instant.

    A period of up to a week is compared as a whole; of a longer one the last three days: what a month holds is not
    new at its end.
    """
    return start if end - start <= WHOLE else end - RECENT


def find_topics(cases: Sequence[Case], /, *, start: datetime, end: datetime, most: int = 20) -> tuple[Topic, ...]:
    """Return the topics of [start, end), most surprising first, then most frequent.

    ``cases`` hold the period and up to 28 days before it, from which the usual is learnt.
    """
    since = recent_from(start=start, end=end)
    now = [case for case in cases if start <= case.at < end]
    before = [case for case in cases if since - LOOK_BACK <= case.at < since]
    usual = Counter((case.leaf, case.district) for case in before)
    exposure = sum(case.at >= since for case in now)
    texts_of_all = [case.text for case in cases if case.at < end]
    background = document_counts(texts_of_all)
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in now:
        groups[case.leaf, case.district].append(case)
    topics = []
    for key, members in groups.items():
        normal = Usual(count=usual[key], exposure=len(before))
        texts = [case.text for case in members]
        terms = standing_out(texts, background=background, size=len(texts_of_all))
        members.sort(key=lambda case: (case.at, case.order_no), reverse=True)
        rise = Rise(n=sum(case.at >= since for case in members), usual=normal, exposure=exposure)
        topics.append(_topic(key, members, rise=rise, terms=terms))
    topics.sort(key=lambda topic: (-topic.surprise, -topic.orders, topic.topic))
    return tuple(topics[:most])


def _topic(key: tuple[str, str], members: list[Case], /, *, rise: Rise, terms: tuple[str, ...]) -> Topic:
    """Return the topic of ``members``, which are sorted, newest first."""
    leaf, district = key
    places = Counter(case.place for case in members if case.place)
    where = district
    if places and len(members) > 1:
        place, count = min(places.items(), key=lambda pair: (-pair[1], pair[0]))
        where = place if count / len(members) >= PLACE_SHARE else district
    callers = len({case.caller or case.contact for case in members})
    score = surprise(rise.n, usual=expected(rise.usual, exposure=rise.exposure))
    return Topic(
        topic=f"{leaf}@{district}",
        label=f"{where}{leaf}" if where else leaf,
        terms=terms,
        contacts=len({case.contact for case in members}),
        orders=len(members),
        callers=callers,
        growth=growth(rise.n, usual=rise.usual, exposure=rise.exposure),
        surprise=round(score, 2),
        level=level(rise.n, surprise=score, callers=callers),
        places=tuple(sorted(places, key=lambda place: (-places[place], place))[:3]),
        first_at=members[-1].at,
        last_at=members[0].at,
        sample=tuple(_sample(case, terms) for case in members[:5]),
    )


def _sample(case: Case, terms: tuple[str, ...]) -> Sample:
    """Return the case with the line that holds most of the topic's words, or the longest line."""
    best = max(
        case.spoken,
        key=lambda line: (sum(term in line[1] for term in (*terms, case.leaf)), len(line[1])),
        default=None,
    )
    return Sample(contact=case.contact, order_no=case.order_no, title=case.title, source_ms=best[0] if best else None)
