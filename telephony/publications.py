"""Published versions of the running city's settings, each whole under its number, for good in PostgreSQL."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from runtime.codec import decode, encode
from telephony.settings import TelephonySettings
from vocabulary.ids import AccountId

if TYPE_CHECKING:  # the switch and media reach no database
    from runtime.postgres import Reading, Row, Transaction

_COLUMNS = "number, at, by_account, note, snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One version: ``number`` is also that of its settings, ``by`` who published it, ``note`` why."""

    number: int
    at: datetime
    by: AccountId
    note: str
    settings: TelephonySettings


async def hold(tx: "Transaction", /) -> None:
    """Let nobody else publish until the transaction ends, so that numbers follow on each other."""
    await tx.execute("select pg_advisory_xact_lock(12345, 3)")


async def newest(reading: "Reading", /) -> Published | None:
    """Return the version with the highest number, None when there is none."""
    row = await reading.fetchrow(
        f"select {_COLUMNS} from telephony.published_settings order by number desc limit 1"  # noqa: S608
    )
    return None if row is None else _published(row)


async def newest_number(reading: "Reading", /) -> int | None:
    """Return the highest number, None when there is no version."""
    number: int | None = await reading.fetchval("select max(number) from telephony.published_settings")
    return number


async def version(reading: "Reading", number: int, /) -> Published | None:
    """Return the version with that number, None when there is none."""
    row = await reading.fetchrow(f"select {_COLUMNS} from telephony.published_settings where number = $1", number)  # noqa: S608
    return None if row is None else _published(row)


async def history(reading: "Reading", /, *, limit: int) -> list[Published]:
    """Return at most ``limit`` versions, newest first."""
    rows = await reading.fetch(
        f"select {_COLUMNS} from telephony.published_settings order by number desc limit $1",  # noqa: S608
        limit,
    )
    return [_published(row) for row in rows]


async def keep(tx: "Transaction", made: Published, /) -> Published:
    """Add a version and return it with its number in its settings; the transaction holds (``hold``)."""
    made = replace(made, settings=replace(made.settings, version=made.number))
    await tx.execute(
        f"insert into telephony.published_settings ({_COLUMNS}) values ($1, $2, $3, $4, $5)",  # noqa: S608
        made.number,
        made.at,
        made.by,
        made.note,
        encode(made.settings),
    )
    return made


def _published(row: "Row") -> Published:
    return Published(
        number=row["number"],
        at=row["at"],
        by=AccountId(row["by_account"]),
        note=row["note"],
        settings=decode(encode(row["snapshot"]), TelephonySettings),
    )
