"""Reading the log by position."""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.codec import MalformedMessage, decode
from runtime.postgres import Database, Reading, Row
from runtime.telemetry import get_logger
from vocabulary.events import CATALOGUE, Event
from vocabulary.ids import ContactId

log = get_logger(__name__)
LONGEST_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A fact and its place: positions grow in the order of commits and have holes."""

    position: int
    event: Event


async def read_log(
    db: Database,
    /,
    *,
    after: int = 0,
    limit: int = 100,
    types: Sequence[str] | None = None,
    contact: ContactId | None = None,
) -> list[LogRow]:
    """Return at most ``limit`` (≤ 1000) facts beyond position ``after``, oldest first.

    ``types`` are catalogue keys. A row that this version cannot read is left out and reported in the process's log.
    """
    async with db.reading() as reading:
        end = await end_of(reading)
        rows = await rows_between(
            reading, after=after, upto=end, limit=min(limit, LONGEST_PAGE), types=types, contact=contact
        )
    found: list[LogRow] = []
    for row in rows:
        try:
            found.append(log_row(row))
        except MalformedMessage as error:
            log.warning("a row of the log cannot be read", position=row["position"], reason=str(error))
    return found


async def rows_between(
    reading: Reading,
    /,
    *,
    after: int,
    upto: int,
    limit: int,
    types: Sequence[str] | None = None,
    contact: ContactId | None = None,
) -> list[Row]:
    """Return raw rows of (after, upto], oldest first."""
    return await reading.fetch(
        "select position, type, data::text as data from log.events "
        "where position > $1 and position <= $2 and ($3::text[] is null or type = any($3)) "
        "and ($4::uuid is null or contact = $4) order by position limit $5",
        after,
        upto,
        None if types is None else list(types),
        contact,
        limit,
    )


def log_row(row: Row, /) -> LogRow:
    """Return a raw row as a fact; MalformedMessage when this version does not know or cannot read it."""
    entry = CATALOGUE.get(row["type"])
    if entry is None:
        raise MalformedMessage(f"unknown event type {row['type']!r}")
    return LogRow(position=row["position"], event=decode(row["data"], entry.cls))


async def end_of(reading: Reading, /) -> int:
    """Return the last position, 0 in an empty log."""
    end: int = await reading.fetchval("select coalesce(max(position), 0) from log.events")
    return end


async def log_end(db: Database, /) -> int:
    """Return the last position, 0 in an empty log."""
    async with db.reading() as reading:
        return await end_of(reading)


async def refused_count(db: Database, /) -> int:
    """Return how many messages from the bus could not be read; each is kept in log.log_refused."""
    async with db.reading() as reading:
        count: int = await reading.fetchval("select count(*) from log.log_refused")
        return count
