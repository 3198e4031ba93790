"""Numbered SQL files beside each feature, applied once, in order, forward only."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from runtime.postgres.database import Database
from runtime.postgres.grants import grants_of, statements_for
from runtime.postgres.roles import APPLICATION, READER
from runtime.postgres.transaction import Reading, Transaction
from vocabulary.errors import Permanent

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_FEATURE = re.compile(r"[a-z][a-z0-9_]*")
_LEDGER = """
create table if not exists public.hotline_migrations (
    feature text not null,
    number int not null,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default now(),
    primary key (feature, number)
)
"""


class MigrationFault(Permanent):
    """The migration files and the database do not belong together; the text names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One SQL file."""

    feature: str
    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Digest of the text, hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def label(self) -> str:
        """``feature/0001_name``, for people."""
        return f"{self.feature}/{self.number:04}_{self.name}"


def files_of(feature: str, folder: Path, /) -> list[Migration]:
    """Return the migrations of a folder in order; MigrationFault for a strange name or a missing number."""
    if not _FEATURE.fullmatch(feature):
        raise MigrationFault(f"{feature!r} is no schema name.")
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationFault(f"{feature}/{path.name} is not named NNNN_name.sql.")
        found.append(Migration(feature=feature, number=int(match[1]), name=match[2], sql=path.read_text("utf-8")))
    if [one.number for one in found] != list(range(1, len(found) + 1)):
        raise MigrationFault(f"The migrations of {feature} are not numbered 0001, 0002 … without gap or twin.")
    return found


def _all(features: Sequence[tuple[str, Path]]) -> list[Migration]:
    return [one for feature, folder in features for one in files_of(feature, folder)]


async def _applied(reading: Reading) -> dict[tuple[str, int], str]:
    if await reading.fetchval("select to_regclass('public.hotline_migrations')") is None:
        return {}
    rows = await reading.fetch("select feature, number, sha256 from public.hotline_migrations")
    return {(row["feature"], row["number"]): row["sha256"] for row in rows}


def _outstanding(wanted: list[Migration], *, applied: dict[tuple[str, int], str]) -> list[Migration]:
    latest = {one.feature: 0 for one in wanted} | {one.feature: one.number for one in wanted}
    for one in wanted:
        known = applied.get((one.feature, one.number))
        if known is not None and known != one.sha256:
            raise MigrationFault(f"{one.label} was changed after it had been applied; put it back and add a new file.")
    for feature, number in applied:
        if number > latest.get(feature, number):
            raise MigrationFault(
                f"The database has migration {number:04} of {feature}, which this version does not know; "
                "use the newer version."
            )
    return [one for one in wanted if (one.feature, one.number) not in applied]


async def pending(database: Database, features: Sequence[tuple[str, Path]], /) -> list[str]:
    """Return the labels of migrations not yet applied, in order; MigrationFault when files and database disagree."""
    async with database.reading() as reading:
        applied = await _applied(reading)
    return [one.label for one in _outstanding(_all(features), applied=applied)]


async def migrate(database: Database, features: Sequence[tuple[str, Path]], /) -> list[str]:
    """Apply what is pending, all or nothing, one runner at a time; return the labels applied.

    Each file runs with its feature's schema first on the search path; a feature's 0001 makes the schema itself. At the
    end the application's role has exactly the rights of each ``grants.txt``. ``database`` is opened as the owner.
    """
    wanted = _all(features)
    async with database.transaction() as tx:
        await tx.execute("select pg_advisory_xact_lock(hashtextextended('hotline-migrate', 0))")
        outstanding = _outstanding(wanted, applied=await _applied(tx))
        await tx.execute(_LEDGER)
        for one in outstanding:
            await _apply(tx, one)
        await _grant(tx, features)
    return [one.label for one in outstanding]


async def _apply(tx: Transaction, one: Migration) -> None:
    await tx.execute(f"set local search_path = {one.feature}, public")
    try:
        await tx.execute(one.sql)
    except asyncpg.PostgresError as error:
        raise MigrationFault(f"Migration {one.label} fails and nothing was changed: {error}") from error
    await tx.execute(
        "insert into public.hotline_migrations (feature, number, name, sha256) values ($1, $2, $3, $4)",
        one.feature,
        one.number,
        one.name,
        one.sha256,
    )


async def _grant(tx: Transaction, features: Sequence[tuple[str, Path]]) -> None:
    roles = await tx.fetchval("select count(*) from pg_roles where rolname = any($1)", [APPLICATION, READER])
    if roles != 2:
        raise MigrationFault(
            f"The server has no roles {APPLICATION} and {READER}; make them with runtime/postgres/roles.sql."
        )
    await tx.execute(f"revoke all on public.hotline_migrations from {APPLICATION}, {READER}, public")
    await tx.execute(f"grant select on public.hotline_migrations to {APPLICATION}, {READER}")
    for feature, folder in features:
        try:
            for statement in statements_for(feature, grants_of(feature, folder), app=APPLICATION, reader=READER):
                await tx.execute(statement)
        except asyncpg.PostgresError as error:
            raise MigrationFault(f"The rights of {feature}/grants.txt cannot be given: {error}") from error
