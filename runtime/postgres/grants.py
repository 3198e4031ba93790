"""What the application may do with each table: ``grants.txt`` beside a feature's migrations, a line a table."""

from pathlib import Path

from vocabulary.errors import Permanent

FILE = "grants.txt"
RIGHTS = ("select", "insert", "update", "delete")


class GrantFault(Permanent):
    """A line of grants.txt cannot be used; the text names file and line."""


def grants_of(feature: str, folder: Path, /) -> dict[str, tuple[str, ...]]:
    """Return table → rights of a feature, ``{}`` without a file. GrantFault names a line that is not right.

    A line is ``table right right …``; what follows a ``#`` is the reason.
    """
    file = folder / FILE
    if not file.is_file():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        table, *rights = line.partition("#")[0].split() or [""]
        if not table:
            continue
        if not table.isidentifier() or table in found or not rights or not set(rights) <= set(RIGHTS):
            raise GrantFault(f"{feature}/{FILE} line {number} is not one table and some of {', '.join(RIGHTS)}.")
        found[table] = tuple(rights)
    return found


def statements_for(feature: str, grants: dict[str, tuple[str, ...]], /, *, app: str, reader: str) -> list[str]:
    """Return the SQL that leaves ``app`` exactly these rights in a feature's schema, and ``reader`` the reading."""
    return [
        f"grant usage on schema {feature} to {app}, {reader}",
        f"revoke all on all tables in schema {feature} from {app}, {reader}, public",
        *(f"grant {', '.join(rights)} on {feature}.{table} to {app}" for table, rights in grants.items()),
        f"grant select on all tables in schema {feature} to {reader}",
    ]
