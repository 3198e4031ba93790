"""What is done within one transaction: SQL, and facts that leave with it."""

from collections.abc import ItemsView, KeysView, Sequence
from typing import Any, Protocol

from runtime.codec import encode
from runtime.postgres.faults import in_our_words, refused_in_words
from vocabulary.events import Event, type_of

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


class Reading:
    """Statements over one connection; jsonb goes in and comes out as dicts and lists."""

    def __init__(self, connection: Any, /) -> None:
        self._connection = connection

    async def fetch(self, sql: str, /, *args: Arg) -> list[Row]:
        """Return all rows."""
        with in_our_words():
            rows: list[Row] = await self._connection.fetch(sql, *args)
        return rows

    async def fetchrow(self, sql: str, /, *args: Arg) -> Row | None:
        """Return the first row, if any."""
        with in_our_words():
            row: Row | None = await self._connection.fetchrow(sql, *args)
        return row

    async def fetchval(self, sql: str, /, *args: Arg) -> Any:
        """Return the first column of the first row, None when there is no row."""
        with in_our_words():
            return await self._connection.fetchval(sql, *args)

    async def query(self, sql: str, /) -> list[Row]:
        """Return the rows of SQL that a person typed; QueryRefused in PostgreSQL's words when it is not right."""
        with in_our_words(), refused_in_words():
            rows: list[Row] = await self._connection.fetch(sql)
        return rows


class Statements(Reading):
    """Statements that may change something."""

    async def execute(self, sql: str, /, *args: Arg) -> str:
        """Run one statement (or, without arguments, several) and return the command tag."""
        with in_our_words():
            tag: str = await self._connection.execute(sql, *args)
        return tag

    async def executemany(self, sql: str, rows: Sequence[Sequence[Arg]], /) -> None:
        """Run one statement for each row of arguments."""
        with in_our_words():
            await self._connection.executemany(sql, rows)


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
