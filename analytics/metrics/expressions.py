"""The expressions. Disciplines for portability: integers before casts, ``nullif`` under every division, UTC seconds."""

from typing import Any

import ibis

from analytics.figures import SERVICE_LEVEL_S, SHORT_ABANDON_S, FigureName, Scope

HOUR_S = 3600
DAY_S = 86_400


def count_if(condition: Any, /) -> Any:
    """Return how many rows fulfil a condition; 0 for no row."""
    return ibis.coalesce(ibis.ifelse(condition, 1, 0).sum(), 0)


def percent(part: Any, whole: Any, /) -> Any:
    """Return 100 · part / whole rounded half up to two digits, null when ``whole`` is 0.

    Rounded as whole numbers: engines differ in how they round a fraction such as 1.005.
    """
    hundredths = (part.cast("int64") * 20_000 + whole.cast("int64")) // (whole.cast("int64") * 2).nullif(0)
    return hundredths.cast("float64") / 100


def mean_seconds(column: Any, /, *, where: Any) -> Any:
    """Return the mean of seconds rounded half up to a tenth, null for no row.

    Summed as whole milliseconds: a sum of fractions depends on the order of rows, hence on the engine.
    """
    held = where & column.notnull()
    n = count_if(held).cast("int64")
    ms = ibis.coalesce(ibis.ifelse(held, (column * 1000).round().cast("int64"), 0).sum(), 0).cast("int64")
    return ((ms * 2 + n * 100) // (n * 200).nullif(0)).cast("float64") / 10


def scoped(table: Any, scope: Scope, /, *, instant: str) -> Any:
    """Return the rows of a scope by the column ``instant``."""
    rows = table.filter(table.origin == scope.origin.value)
    if scope.start is not None:
        rows = rows.filter(rows[instant] >= ibis.literal(scope.start, type="timestamp('UTC')"))
    if scope.end is not None:
        rows = rows.filter(rows[instant] < ibis.literal(scope.end, type="timestamp('UTC')"))
    for column, value in sorted(scope.extra.items()):
        rows = rows.filter(rows[column] == value)
    return rows


def connected(calls: Any, /) -> Any:
    """A person answered."""
    return calls.connected_at.notnull()


def offered(calls: Any, /) -> Any:
    """The call counts: a person answered, or the caller waited five seconds or more."""
    return calls.connected_at.notnull() | (calls.wait_s >= SHORT_ABANDON_S)


def within(calls: Any, wait: Any, /) -> Any:
    """A person answered within fifteen seconds; an abandoned call never did."""
    return calls.connected_at.notnull() & (wait <= SERVICE_LEVEL_S)


def abandoned(calls: Any, /) -> Any:
    """Nobody answered and the caller waited five seconds or more."""
    return calls.connected_at.isnull() & (calls.wait_s >= SHORT_ABANDON_S)


def scalar(name: FigureName, /, *, calls: Any, orders: Any) -> Any:
    """Return a figure over scoped tables of calls and orders."""
    return (_of_orders(name, orders) if name in _ORDER_FIGURES else _of_calls(name, calls)).name("value")


_ORDER_FIGURES = frozenset({FigureName.ORDERS, FigureName.DIRECT, FigureName.ON_TIME, FigureName.SATISFIED})


def rows_behind(name: FigureName, /, *, calls: Any, orders: Any) -> Any:
    """Return ``contact`` and ``at`` of the rows that a figure counts (a rate: its numerator)."""
    if name in _ORDER_FIGURES:
        chosen = {
            FigureName.DIRECT: orders.direct,
            FigureName.ON_TIME: orders.on_time == ibis.literal(True),
            FigureName.SATISFIED: orders.satisfied == ibis.literal(True),
        }
        rows = orders.filter(chosen[name]) if name in chosen else orders
        return _contacts(rows, at=rows.created_at)
    conditions = {
        FigureName.OFFERED: offered(calls),
        FigureName.WITHIN_15: within(calls, calls.wait_s),
        FigureName.SL15: within(calls, calls.wait_s),
        FigureName.QUEUE_SL15: within(calls, calls.queue_wait_s),
        FigureName.ABANDONED: abandoned(calls),
    }
    rows = calls.filter(conditions.get(name, connected(calls)))
    return _contacts(rows, at=rows.invite_at)


def _contacts(rows: Any, /, *, at: Any) -> Any:
    """Return ``contact`` (as text: engines differ in UUIDs) and ``at``, newest first."""
    return rows.select(contact=rows.contact.cast("string"), at=at).order_by([ibis.desc("at"), "contact"])


def _of_calls(name: FigureName, calls: Any) -> Any:
    short = count_if(within(calls, calls.wait_s))
    every = count_if(offered(calls))
    return {
        FigureName.CONNECTED_TOTAL: count_if(connected(calls)),
        FigureName.CONNECTED: count_if(connected(calls)),
        FigureName.OFFERED: every,
        FigureName.WITHIN_15: short,
        FigureName.SL15: percent(short, every),
        FigureName.QUEUE_SL15: percent(count_if(within(calls, calls.queue_wait_s)), every),
        FigureName.ABANDONED: count_if(abandoned(calls)),
        FigureName.WAIT_MEAN: mean_seconds(calls.wait_s, where=connected(calls)),
        FigureName.AHT: mean_seconds(calls.talk_s, where=connected(calls)),
    }[name]


def _of_orders(name: FigureName, orders: Any) -> Any:
    return {
        FigureName.ORDERS: orders.count(),
        FigureName.DIRECT: count_if(orders.direct),
        FigureName.ON_TIME: percent(count_if(orders.on_time == ibis.literal(True)), count_if(orders.on_time.notnull())),
        FigureName.SATISFIED: percent(
            count_if(orders.satisfied == ibis.literal(True)), count_if(orders.satisfied.notnull())
        ),
    }[name]


def by_bucket(rows: Any, /, *, instant: str, seconds: int, offset_s: int) -> Any:
    """Return ``bucket`` (local start as UTC seconds + offset) and ``n``: hours or days of the city's zone."""
    local = rows[instant].epoch_seconds() + offset_s
    return (
        rows.mutate(bucket=(local // seconds) * seconds)
        .group_by("bucket")
        .agg(n=lambda t: t.count())
        .order_by("bucket")
    )


def by_column(rows: Any, column: str, /) -> Any:
    """Return ``label`` and ``n``, most first."""
    return rows.group_by(label=rows[column]).agg(n=lambda t: t.count()).order_by([ibis.desc("n"), "label"])
