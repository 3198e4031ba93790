"""SQL text that gives a topic's numbers again, printed beside them; this room never runs it."""

from dataclasses import dataclass
from datetime import datetime

from analytics.figures import Period
from analytics.hot_issues.surprise import PRIOR
from analytics.hot_issues.topics import LOOK_BACK, recent_from


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicQueries:
    """One query a number of a topic."""

    orders: str
    growth: str


def topic_queries(topic: str, scope: Period, /) -> TopicQueries:
    """Return the queries of topic ``leaf@district`` over ``scope``."""
    leaf, _, district = topic.partition("@")
    of_topic = f"leaf = {quoted(leaf)} and district = {quoted(district)}"
    origin = f"origin = {quoted(scope.origin.value)}"
    now = _between(scope.start, scope.end)
    since = recent_from(start=scope.start, end=scope.end)
    recent, before = _between(since, scope.end), _between(since - LOOK_BACK, since)
    orders = f"select count(*) as value from analytics.order_fact where {origin} and {of_topic} and {now}"  # noqa: S608
    counts = (
        f"select count(*) filter (where {recent} and {of_topic}) as n,"  # noqa: S608 - printed, never run by us
        f" count(*) filter (where {recent}) as exposure, count(*) filter (where {before} and {of_topic}) as seen,"
        f" greatest(count(*) filter (where {before}), 1) as whole from analytics.order_fact where {origin}"
    )
    part = f"(100 * seen * exposure + {round(100 * PRIOR)} * whole)"
    growth = f"select ((20000 * n * whole + {part}) / (2 * {part})) / 100.0::float8 as value from ({counts}) c"  # noqa: S608
    return TopicQueries(orders=orders, growth=growth)


def quoted(text: str, /) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _between(start: datetime, end: datetime) -> str:
    return f"created_at >= {quoted(start.isoformat())} and created_at < {quoted(end.isoformat())}"
