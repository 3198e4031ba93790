"""All schemas of the house, the log first."""

from pathlib import Path

from agent_desk import MIGRATIONS as AGENT_DESK
from analytics import MIGRATIONS as ANALYTICS
from knowledge import MIGRATIONS as KNOWLEDGE
from runtime.log import LOG_MIGRATIONS
from runtime.postgres import Database, pending
from vocabulary.errors import Permanent
from work_orders import MIGRATIONS as WORK_ORDERS

ALL: tuple[tuple[str, Path], ...] = (LOG_MIGRATIONS, AGENT_DESK, KNOWLEDGE, WORK_ORDERS, ANALYTICS)


class SchemaBehind(Permanent):
    """The database lacks migrations that this version needs."""


async def refuse_pending(database: Database, /) -> None:
    """Raise SchemaBehind with one sentence when a migration was not applied."""
    waiting = await pending(database, ALL)
    if waiting:
        raise SchemaBehind(f"the database lacks {len(waiting)} migrations, first {waiting[0]}; run `hotline migrate`")
