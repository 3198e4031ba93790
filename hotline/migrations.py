"""All schemas of the house, the log first."""

from pathlib import Path

from agent_desk import MIGRATIONS as AGENT_DESK
from analytics import MIGRATIONS as ANALYTICS
from knowledge import MIGRATIONS as KNOWLEDGE
from runtime.log import LOG_MIGRATIONS
from runtime.postgres import Database, pending
from telephony import MIGRATIONS as TELEPHONY
from vocabulary.errors import Permanent
from work_orders import MIGRATIONS as WORK_ORDERS

ALL: tuple[tuple[str, Path], ...] = (
    LOG_MIGRATIONS,
    AGENT_DESK,
    KNOWLEDGE,
    WORK_ORDERS,
    ANALYTICS,
    TELEPHONY,
)


class SchemaBehind(Permanent):
    """The database lacks migrations that this version needs."""


async def refuse_pending(database: Database, /) -> None:
    """Raise SchemaBehind with one sentence when a migration was not applied."""
    waiting = await pending(database, ALL)
    if waiting:
        raise SchemaBehind(f"the database lacks {len(waiting)} migrations, first {waiting[0]}; run `hotline migrate`")


class TooMuchPower(Permanent):
    """The desk would serve with a role that may rewrite the record."""


async def refuse_power(database: Database, /) -> None:
    """Raise TooMuchPower with one sentence when the role of this connection may change or remove facts."""
    async with database.reading() as reading:
        role = await reading.fetchval(
            "select current_user where has_table_privilege('log.events', 'update, delete, truncate') "
            "or has_schema_privilege('log', 'create')"
        )
    if role:
        raise TooMuchPower(
            f"the database is entered as {role}, which may rewrite the record; "
            "make the roles with runtime/postgres/roles.sql and enter as hotline_app"
        )
