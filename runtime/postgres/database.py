"""The pool: transactions, consistent reads, notices and held locks, each wait with a deadline."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import asyncpg

from runtime.codec import encode
from runtime.postgres.faults import DatabaseAway, DatabaseRefused, in_our_words
from runtime.postgres.transaction import Reading, Statements, Transaction

DEADLINE = timedelta(seconds=5)
"""To get a connection."""
STATEMENT_DEADLINE = timedelta(seconds=60)
_LOCK_POLL_S = 1.0
_CLOSE_WITHIN_S = 5.0


def _jsonb_text(value: object) -> str:
    return (value if isinstance(value, bytes) else encode(value)).decode()


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_jsonb_text, decoder=json.loads, format="text"
    )


class Held:
    """A session lock that is ours as long as its connection lives."""

    def __init__(self, connection: Any, /) -> None:
        self._connection = connection

    async def still(self) -> bool:
        """Return whether the lock is still held (asks the server)."""
        try:
            with in_our_words():
                return await self._connection.fetchval("select true", timeout=DEADLINE.total_seconds()) is True
        except DatabaseAway:
            return False


class Database:
    """A pool of at most ``size`` connections; opens none before the first need."""

    def __init__(self, pool: Any, /, *, audit_secret: bytes = b"") -> None:
        self._pool = pool
        self._audit_secret = audit_secret

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        with in_our_words():
            connection = await self._pool.acquire(timeout=DEADLINE.total_seconds())
        try:
            yield connection
        finally:
            try:
                with in_our_words():
                    await self._pool.release(connection, timeout=DEADLINE.total_seconds())
            except DatabaseAway:
                _drop(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Run the block as one transaction (read committed); facts it emitted are its last statement.

        Raises DatabaseAway when PostgreSQL cannot be reached within 5 s or goes away; then a commit may or may not
        have taken place, so what is retried must be idempotent.
        """
        async with self._connection() as connection:
            under_way = connection.transaction()
            with in_our_words():
                await under_way.start()
            transaction, whole = Transaction(connection, audit_secret=self._audit_secret), False
            try:
                yield transaction
                await transaction.flush_facts()
                whole = True
            finally:
                if not whole:
                    await _roll_back(under_way, connection)
            with in_our_words():
                await under_way.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """Give a read-only view in which all statements see the same moment. Raises DatabaseAway."""
        async with self._connection() as connection:
            under_way = connection.transaction(isolation="repeatable_read", readonly=True)
            with in_our_words():
                await under_way.start()
            try:
                yield Reading(connection)
            finally:
                await _roll_back(under_way, connection)

    @asynccontextmanager
    async def outside_transaction(self) -> AsyncIterator[Statements]:
        """Give statements that PostgreSQL refuses in a transaction, such as CREATE DATABASE. Raises DatabaseAway."""
        async with self._connection() as connection:
            yield Statements(connection)

    @asynccontextmanager
    async def holding(self, name: str, /) -> AsyncIterator[Held]:
        """Wait for the advisory lock ``name`` (asked once a second) and hold it on a connection of its own."""
        async with self._connection() as connection:
            while True:
                with in_our_words():
                    got = await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", name)
                if got:
                    break
                await asyncio.sleep(_LOCK_POLL_S)
            try:
                yield Held(connection)
            finally:
                try:
                    with in_our_words():
                        await connection.execute("select pg_advisory_unlock(hashtextextended($1, 0))", name)
                except DatabaseAway:
                    _drop(connection)

    @asynccontextmanager
    async def listening(self, channel: str, /, *, heard: Callable[[], None]) -> AsyncIterator[asyncio.Event]:
        """Call ``heard`` at each notice of ``channel``; the yielded event is set when the connection is lost."""
        lost = asyncio.Event()

        def on_notice(*_: object) -> None:
            heard()

        def on_end(_: object) -> None:
            lost.set()

        async with self._connection() as connection:
            with in_our_words():
                await connection.add_listener(channel, on_notice)
            connection.add_termination_listener(on_end)
            try:
                yield lost
            finally:
                with suppress(DatabaseAway), in_our_words():
                    connection.remove_termination_listener(on_end)
                    await connection.remove_listener(channel, on_notice)

    async def close(self) -> None:
        """Close all connections within 5 s, by force after that."""
        try:
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                await self._pool.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._pool.terminate()


async def _roll_back(under_way: Any, connection: Any) -> None:
    try:
        with in_our_words():
            await under_way.rollback()
    except DatabaseAway:
        _drop(connection)


def _drop(connection: Any) -> None:
    """Cut a connection that does not answer; one that died has left the pool by itself."""
    with suppress(DatabaseAway), in_our_words():
        connection.terminate()


@asynccontextmanager
async def open_database(url: str, /, *, size: int = 20, audit_secret: bytes = b"") -> AsyncIterator[Database]:
    """Open a pool for ``url`` (postgresql://…). It connects at first use, which is where an away server shows.

    ``audit_secret`` is the key of the audit's chain, for who writes entries.
    """
    with in_our_words():
        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_size=size,
            init=_prepare,
            timeout=DEADLINE.total_seconds(),
            command_timeout=STATEMENT_DEADLINE.total_seconds(),
            server_settings={"application_name": "hotline", "timezone": "UTC"},
        )
    database = Database(pool, audit_secret=audit_secret)
    try:
        yield database
    finally:
        await database.close()


__all__ = ["Database", "DatabaseAway", "DatabaseRefused", "Held", "open_database"]
