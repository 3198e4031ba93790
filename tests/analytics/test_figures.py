"""Every figure over forty calls counted by hand, on DuckDB and on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.figures import FigureName, Period, Scope
from analytics.metrics import expressions
from analytics.metrics.engine import Bucket, Metrics
from runtime.postgres import Database
from runtime.workers import Workers
from tests.analytics.golden import (
    CALL_COLUMNS,
    CALLS,
    DAY,
    END,
    EXPECTED,
    ORDER_COLUMNS,
    START,
    call_rows,
    load,
    order_rows,
)
from vocabulary.calls import Origin

LIVE, DEMO = Scope(origin=Origin.LIVE), Scope(origin=Origin.DEMO)
EVERY = tuple(FigureName)
SCOPES = {
    "all of time": LIVE,
    "made up": DEMO,
    "a day": Period(origin=Origin.LIVE, start=START, end=END),
    "half a day": Period(origin=Origin.LIVE, start=START + timedelta(hours=5), end=START + timedelta(hours=12)),
    "before anything": Period(origin=Origin.LIVE, start=START - timedelta(days=2), end=START),
}


def arrow(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> pa.Table:
    kinds: dict[str, Any] = {
        **dict.fromkeys(("wait_s", "queue_wait_s", "talk_s"), pa.float64()),
        **dict.fromkeys(("on_time", "satisfied", "direct"), pa.bool_()), "position": pa.int64(),
    }  # fmt: skip
    data = {}
    for n, name in enumerate(columns):
        kind = kinds.get(name, pa.timestamp("us", tz="UTC") if name.endswith("_at") else pa.string())
        values = [row[n] for row in rows]
        if kind == pa.string():
            values = [None if value is None else str(value) for value in values]
        data[name] = pa.array(values, kind)
    return pa.table(data)


class Duck:
    """The same questions over the same rows in DuckDB."""

    def __init__(self, calls: pa.Table, orders: pa.Table) -> None:
        self._connection = ibis.duckdb.connect()
        self._connection.raw_sql("set timezone = 'UTC'")
        self.calls = self._connection.create_table("call_fact", calls)
        self.orders = self._connection.create_table("order_fact", orders)

    def tables(self, scope: Scope) -> tuple[Any, Any]:
        return (
            expressions.scoped(self.calls, scope, instant="invite_at"),
            expressions.scoped(self.orders, scope, instant="created_at"),
        )

    def value(self, name: FigureName, scope: Scope) -> float | None:
        calls, orders = self.tables(scope)
        value = self._connection.execute(expressions.scalar(name, calls=calls, orders=orders))
        return None if value is None or value != value else float(value)  # noqa: PLR0124 - NaN

    def rows(self, table: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connection.to_pyarrow(table).to_pylist()
        return found


@pytest.fixture(scope="module")
def duck() -> Duck:
    return Duck(arrow(CALL_COLUMNS, call_rows()), arrow(ORDER_COLUMNS, order_rows()))


@pytest.fixture
async def metrics(database: Database, database_url: str) -> Metrics:
    await load(database)
    return Metrics(database_url=database_url)


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(threads=1) as pool:
        yield pool


def test_the_golden_set_has_forty_calls() -> None:
    assert len(CALLS) == 40


async def test_every_figure_is_what_a_person_counts_and_its_query_gives_it_again(
    metrics: Metrics, workers: Workers, database: Database
) -> None:
    figures = await workers.run(metrics.figures, EVERY, SCOPES["a day"])

    assert {figure.name: figure.value for figure in figures} == EXPECTED
    for figure in figures:
        async with database.reading() as reading:
            assert float(await reading.fetchval(figure.query)) == figure.value, figure.query


@pytest.mark.parametrize("name", SCOPES)
async def test_duckdb_and_postgresql_give_the_same_values(
    metrics: Metrics, workers: Workers, duck: Duck, name: str
) -> None:
    figures = await workers.run(metrics.figures, EVERY, SCOPES[name])

    assert {figure.name: figure.value for figure in figures} == {n: duck.value(n, SCOPES[name]) for n in EVERY}


async def test_where_nothing_happened_counts_are_zero_and_rates_unknown(duck: Duck) -> None:
    values = {name: duck.value(name, SCOPES["before anything"]) for name in EVERY}

    rates = {FigureName.SL15, FigureName.QUEUE_SL15, FigureName.WAIT_MEAN, FigureName.AHT, FigureName.ON_TIME,
             FigureName.SATISFIED}  # fmt: skip
    assert {name for name, value in values.items() if value is None} == rates
    assert {value for name, value in values.items() if name not in rates} == {0}


async def test_made_up_rows_are_in_no_live_figure(metrics: Metrics, workers: Workers, owned: Database) -> None:
    before = await workers.run(metrics.figures, EVERY, LIVE)
    async with owned.transaction() as tx:
        await tx.execute("delete from analytics.call_fact where origin = 'demo'")
        await tx.execute("delete from analytics.order_fact where origin = 'demo'")

    after = await workers.run(metrics.figures, EVERY, LIVE)

    assert [figure.value for figure in after] == [figure.value for figure in before]


async def test_the_rows_behind_a_figure_are_as_many_as_it_counts(
    metrics: Metrics, workers: Workers, duck: Duck
) -> None:
    scope = SCOPES["a day"]
    counted = {name: int(EXPECTED[name]) for name in EVERY if float(EXPECTED[name]).is_integer()}
    counted |= {FigureName.SL15: 25, FigureName.QUEUE_SL15: 27, FigureName.ON_TIME: 7, FigureName.SATISFIED: 5,
                FigureName.WAIT_MEAN: 30, FigureName.AHT: 30}  # fmt: skip
    assert len(counted) >= 10
    for name, n in counted.items():
        rows, total = await workers.run(metrics.contacts, name, scope)
        calls, orders = duck.tables(scope)
        same = duck.rows(expressions.rows_behind(name, calls=calls, orders=orders))

        assert (total, len(rows)) == (n, n), name
        assert [contact for contact, _ in rows] == [str(row["contact"]) for row in same], name


async def test_volumes_are_by_the_citys_hours_and_the_same_on_both(
    metrics: Metrics, workers: Workers, duck: Duck
) -> None:
    scope, offset = SCOPES["a day"], 8 * 3600
    volumes = await workers.run(lambda: metrics.volumes(scope, offset_s=offset))
    calls, orders = duck.tables(scope)
    tables = {
        "by_hour": expressions.by_bucket(calls, instant="invite_at", seconds=3600, offset_s=offset),
        "by_day": expressions.by_bucket(calls, instant="invite_at", seconds=86_400, offset_s=offset),
        "by_line": expressions.by_column(calls, "line_name"),
        "by_kind": expressions.by_column(orders, "kind"),
        "by_district": expressions.by_column(orders, "district"),
    }
    same = {
        name: [Bucket(label=str(r.get("bucket", r.get("label"))), n=r["n"]) for r in duck.rows(table)]
        for name, table in tables.items()
    }

    assert volumes == same
    assert volumes["by_hour"][0] == Bucket(label=str(int(DAY.timestamp()) + offset), n=2)
    assert [bucket.n for bucket in volumes["by_day"]] == [32, 6]
    assert volumes["by_kind"] == [
        Bucket(label="complaint", n=8),
        Bucket(label="consult", n=4),
        Bucket(label="help", n=3),
    ]


@pytest.mark.parametrize(
    ("part", "whole", "value"),
    [(1, 3, 33.33), (2, 3, 66.67), (1, 800, 0.13), (41, 4000, 1.03), (201, 20_000, 1.01), (0, 7, 0.0), (7, 7, 100.0)],
)
def test_a_rate_is_rounded_half_up_whatever_its_binary_form(part: int, whole: int, value: float) -> None:
    expression = expressions.percent(ibis.literal(part), ibis.literal(whole))

    assert float(ibis.duckdb.connect().execute(expression)) == value


@given(st.lists(st.one_of(st.none(), st.floats(0, 5000).map(lambda s: round(s, 3))), max_size=30))
def test_a_mean_does_not_depend_on_the_order_of_rows(waits: list[float | None]) -> None:
    connection = ibis.duckdb.connect()
    values = []
    for order in (waits, waits[::-1]):
        table = ibis.memtable(pa.table({"w": pa.array(order, pa.float64())}))
        value = connection.execute(expressions.mean_seconds(table.w, where=table.w >= 0))
        values.append(None if value != value else value)  # noqa: PLR0124 - NaN

    known = [wait for wait in waits if wait is not None]
    assert values[0] == values[1]
    if known:
        assert values[0] == pytest.approx(sum(known) / len(known), abs=0.051)
    else:
        assert values[0] is None
