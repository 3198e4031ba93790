"""What is done within one transaction: SQL, and facts that leave with it."""

from collections.abc import ItemsView, KeysView, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from runtime.codec import encode
from runtime.postgres.faults import in_our_words, refused_in_words
from runtime.postgres.statements import alteration, bound, insertion, row_as
from vocabulary.events import Event, type_of

T = TypeVar("T")
Arg = Any
"""A parameter of a statement as asyncpg takes it: UUID, str, int, aware datetime, list, dict for jsonb …"""


class Row(Protocol):
    """One row: values by column name or number."""

    def __getitem__(self, key: str | int, /) -> Any: ...

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return a column or ``default``."""
        ...

    def keys(self) -> KeysView[str]:
        """Return the column names."""
        ...

    def items(self) -> ItemsView[str, Any]:
        """Return pairs of name and value, as for ``dict(row)``."""
        ...


def _arguments(sql: str, args: Sequence[Arg], named: Mapping[str, Arg]) -> tuple[str, Sequence[Arg]]:
    if not named:
        return sql, args
    if args:
        raise ValueError("arguments are given by place or by name, not both")
    return bound(sql, named)


class Reading:
    """Statements over one connection; jsonb goes in and comes out as dicts and lists.

    Arguments are ``$1``, ``$2`` … in the text and given by place, or ``:contact``, ``:since`` … and given by name.
    """

    def __init__(self, connection: Any, /) -> None:
        self._connection = connection

    async def fetch(self, sql: str, /, *args: Arg, **named: Arg) -> list[Row]:
        """Return all rows."""
        text, values = _arguments(sql, args, named)
        with in_our_words():
            rows: list[Row] = await self._connection.fetch(text, *values)
        return rows

    async def fetchrow(self, sql: str, /, *args: Arg, **named: Arg) -> Row | None:
        """Return the first row, if any."""
        text, values = _arguments(sql, args, named)
        with in_our_words():
            row: Row | None = await self._connection.fetchrow(text, *values)
        return row

    async def fetchval(self, sql: str, /, *args: Arg, **named: Arg) -> Any:
        """Return the first column of the first row, None when there is no row."""
        text, values = _arguments(sql, args, named)
        with in_our_words():
            return await self._connection.fetchval(text, *values)

    async def fetch_as(self, kind: type[T], sql: str, /, *args: Arg, **named: Arg) -> list[T]:
        """Return all rows as values of the dataclass ``kind``, see ``row_as``; RowMismatch."""
        return [row_as(kind, row) for row in await self.fetch(sql, *args, **named)]

    async def fetchrow_as(self, kind: type[T], sql: str, /, *args: Arg, **named: Arg) -> T | None:
        """Return the first row as a value of ``kind``, if any; RowMismatch."""
        row = await self.fetchrow(sql, *args, **named)
        return None if row is None else row_as(kind, row)

    async def query(self, sql: str, /) -> list[Row]:
        """Return the rows of SQL that a person typed; QueryRefused in PostgreSQL's words when it is not right."""
        with in_our_words(), refused_in_words():
            rows: list[Row] = await self._connection.fetch(sql)
        return rows


class Statements(Reading):
    """Statements that may change something."""

    async def execute(self, sql: str, /, *args: Arg, **named: Arg) -> str:
        """Run one statement (or, without arguments, several) and return the command tag."""
        text, values = _arguments(sql, args, named)
        with in_our_words():
            tag: str = await self._connection.execute(text, *values)
        return tag

    async def executemany(self, sql: str, rows: Sequence[Sequence[Arg]], /) -> None:
        """Run one statement for each row of arguments."""
        with in_our_words():
            await self._connection.executemany(sql, rows)

    async def insert_into(
        self, table: str, values: Mapping[str, Arg], /, *, on_conflict: str = "", returning: str = ""
    ) -> Any:
        """Insert one row, its values by column; return the first column of ``returning``, None when no row went in.

        ``on_conflict`` is what follows ``on conflict``: ``do nothing``, ``(code) do update set n = excluded.n``.
        """
        sql = insertion(table, tuple(values), on_conflict=on_conflict, returning=returning)
        if returning:
            return await self.fetchval(sql, *values.values())
        await self.execute(sql, *values.values())
        return None

    async def insert_many(self, table: str, rows: Sequence[Mapping[str, Arg]], /, *, on_conflict: str = "") -> None:
        """Insert rows that have the same columns, all or none; ValueError when one has others."""
        if not rows:
            return
        columns = tuple(rows[0])
        if any(row.keys() != rows[0].keys() for row in rows):
            raise ValueError(f"rows for {table} have different columns")
        sql = insertion(table, columns, on_conflict=on_conflict)
        await self.executemany(sql, [[row[name] for name in columns] for row in rows])

    async def update(self, table: str, values: Mapping[str, Arg], /, *, where: Mapping[str, Arg]) -> int:
        """Set columns of the rows whose columns equal each of ``where``; return how many there were."""
        sql = alteration(table, tuple(values), tuple(where))
        return int((await self.execute(sql, *values.values(), *where.values())).removeprefix("UPDATE "))


class Transaction(Statements):
    """A transaction under way; it commits when its block ends without an error.

    ``audit_secret`` is the key under which ``runtime.audit`` chains its entries, empty where none are written.
    """

    def __init__(self, connection: Any, /, *, audit_secret: bytes = b"") -> None:
        super().__init__(connection)
        self.audit_secret = audit_secret
        self._facts: list[Event] = []

    def emit(self, event: Event, /) -> None:
        """Collect a durable fact; it enters the log as the transaction's last statement. Ephemeral: ValueError."""
        entry = type_of(event)
        if not entry.durable:
            message = f"{entry.key} is ephemeral: publish it on the bus"
            raise ValueError(message)
        self._facts.append(event)

    async def flush_facts(self) -> int:
        """Append what was collected, under the lock that makes position order the order of commits; return how many.

        Only ``Database.transaction`` calls this, last of all.
        """
        facts, self._facts = self._facts, []
        if facts:
            await self.execute(
                "select log.append($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[])",
                [fact.event_id for fact in facts],
                [type_of(fact).key for fact in facts],
                [fact.contact for fact in facts],
                [fact.occurred_at for fact in facts],
                [encode(fact).decode() for fact in facts],
            )
        return len(facts)
