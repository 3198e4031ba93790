"""PostgreSQL, the system of record: pool, transactions that carry facts, migrations, an embedded server."""

from runtime.postgres.database import Database, DatabaseAway, DatabaseRefused, Held, open_database
from runtime.postgres.embedded import (
    FolderInUse,
    embedded_postgres,
    forget_postgres,
    keep_postgres,
    keeps_postgres,
    running_urls,
)
from runtime.postgres.faults import ValueNotStored
from runtime.postgres.migrate import MigrationFault, migrate, pending
from runtime.postgres.roles import DatabaseUrls
from runtime.postgres.statements import RowMismatch, row_as
from runtime.postgres.transaction import Reading, Row, Transaction

__all__ = [
    "Database",
    "DatabaseAway",
    "DatabaseRefused",
    "DatabaseUrls",
    "FolderInUse",
    "Held",
    "MigrationFault",
    "Reading",
    "Row",
    "RowMismatch",
    "Transaction",
    "ValueNotStored",
    "embedded_postgres",
    "forget_postgres",
    "keep_postgres",
    "keeps_postgres",
    "migrate",
    "open_database",
    "pending",
    "row_as",
    "running_urls",
]
