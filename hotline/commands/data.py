"""``hotline migrate``, ``sql`` and ``trace``: commands over the database."""

import json
import sys
from uuid import UUID

from hotline.connections import any_database
from hotline.migrations import ALL
from hotline.places import Places
from hotline.settings import Settings
from runtime.codec import to_builtins
from runtime.log import read_log
from runtime.postgres import migrate
from vocabulary.events import Event, type_of
from vocabulary.ids import ContactId

HIDDEN = frozenset({"text", "words", "matched", "why", "content", "title", "place", "reply", "source", "value"})
PERSONAL = frozenset({"caller", "callback_phone", "caller_name"})
MOST_ROWS = 10_000


async def migrate_all(settings: Settings, places: Places, /) -> list[str]:
    """Apply what is missing and return the names of what was applied."""
    async with any_database(settings, places, role="owner") as (_, database):
        return await migrate(database, ALL)


async def run_sql(settings: Settings, places: Places, query: str, /) -> list[dict[str, object]]:
    """Return the rows of a read-only query, at most 10,000; QueryRefused with PostgreSQL's words."""
    async with any_database(settings, places, role="reader") as (_, database), database.reading() as reading:
        rows = await reading.query(query)
        return [dict(row.items()) for row in rows[:MOST_ROWS]]


def print_rows(rows: list[dict[str, object]], /) -> None:
    """Print rows as lines of tab-separated values under their names; a single value alone."""
    if len(rows) == 1 and len(rows[0]) == 1:
        print(next(iter(rows[0].values())))
        return
    if rows:
        print("\t".join(rows[0]))
    for row in rows:
        print("\t".join("" if value is None else str(value) for value in row.values()))


async def trace(settings: Settings, places: Places, identity: UUID, /) -> int:
    """Print all events of a call or contact, one line each, without spoken words or numbers; return how many."""
    async with any_database(settings, places) as (_, database):
        async with database.reading() as reading:
            contact = await reading.fetchval(
                "select coalesce((select contact from agent_desk.call where call = $1), $1)", identity
            )
        rows = await read_log(database, after=0, limit=MOST_ROWS, contact=ContactId(contact))
    for row in rows:
        line = json.dumps(_shown(row.event), ensure_ascii=False, default=str)
        sys.stdout.write(f"{row.position}\t{row.event.occurred_at.isoformat()}\t{type_of(row.event).key}\t{line}\n")
    return len(rows)


def _shown(event: Event) -> object:
    fields = to_builtins(event)
    return {name: _masked(name, value) for name, value in fields.items() if name not in {"event_id", "occurred_at"}}


def _masked(name: str, value: object) -> object:
    if isinstance(value, dict):
        return {key: _masked(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(name, inner) for inner in value]
    if name in PERSONAL:
        return "***"
    return f"({len(value)} 字)" if name in HIDDEN and isinstance(value, str) else value
