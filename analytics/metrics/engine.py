"""Runs expressions on PostgreSQL. Blocking: call it through ``runtime.workers``, one thread at a time a connection."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import ibis

from analytics.figures import FIGURES, Figure, FigureName, Scope
from analytics.metrics import expressions

MOST_ROWS = 200
SCHEMA = "analytics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bar: ``label`` is a name or the local start of an hour or day as seconds."""

    label: str
    n: int


class Metrics:
    """Figures over the facts in PostgreSQL; opens a connection for each set of questions."""

    def __init__(self, *, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._connect = {
            "host": parts.hostname,
            "port": parts.port or 5432,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": parts.path.lstrip("/") or "postgres",
            "schema": "analytics",
        }

    @contextmanager
    def _session(self, scope: Scope) -> Iterator[tuple[Any, Any, Any]]:
        """Give a connection with the calls and the orders of a scope."""
        connection = ibis.postgres.connect(**self._connect)
        try:
            calls, orders = (connection.table(name, database=SCHEMA) for name in ("call_fact", "order_fact"))
            yield (
                connection,
                expressions.scoped(calls, scope, instant="invite_at"),
                expressions.scoped(orders, scope, instant="created_at"),
            )
        finally:
            connection.disconnect()

    def figures(self, names: tuple[FigureName, ...], scope: Scope, /) -> list[Figure]:
        """Return figures over one scope, each with the query that gives it again."""
        with self._session(scope) as (connection, calls, orders):
            return [_figure(connection, name, (calls, orders)) for name in names]

    def contacts(self, name: FigureName, scope: Scope, /) -> tuple[list[tuple[str, datetime]], int]:
        """Return up to 200 (contact, instant) behind a figure, newest first, and how many there are."""
        with self._session(scope) as (connection, calls, orders):
            rows = expressions.rows_behind(name, calls=calls, orders=orders)
            total = int(connection.execute(rows.count()))
            found = connection.to_pyarrow(rows.limit(MOST_ROWS)).to_pylist()
        return [(str(row["contact"]), row["at"]) for row in found], total

    def volumes(self, scope: Scope, /, *, offset_s: int) -> dict[str, list[Bucket]]:
        """Return calls by local hour and day and by line, and orders by kind."""
        with self._session(scope) as (connection, calls, orders):
            tables = {
                "by_hour": expressions.by_bucket(calls, instant="invite_at", seconds=3600, offset_s=offset_s),
                "by_day": expressions.by_bucket(calls, instant="invite_at", seconds=86_400, offset_s=offset_s),
                "by_line": expressions.by_column(calls, "line_name"),
                "by_kind": expressions.by_column(orders, "kind"),
                "by_district": expressions.by_column(orders, "district"),
            }
            return {name: _buckets(connection, table) for name, table in tables.items()}


def _figure(connection: Any, name: FigureName, tables: tuple[Any, Any]) -> Figure:
    """Compile once: the text that is printed is the text that ran."""
    expression = expressions.scalar(name, calls=tables[0], orders=tables[1])
    query, info = str(ibis.to_sql(expression, dialect="postgres")), FIGURES[name]
    with closing(connection.raw_sql(query)) as cursor:
        value = cursor.fetchone()[0]
    return Figure(
        name=name,
        label=info.label,
        unit=info.unit,
        rule=info.rule,
        value=None if value is None else float(value),
        query=query,
    )


def _buckets(connection: Any, table: Any) -> list[Bucket]:
    rows = connection.to_pyarrow(table).to_pylist()
    return [Bucket(label=str(row.get("bucket", row.get("label"))), n=int(row["n"])) for row in rows]
