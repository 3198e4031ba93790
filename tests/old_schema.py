"""Databases of earlier versions: migrated up to a file, filled by SQL, then migrated to the end."""

import shutil
from pathlib import Path

from runtime.postgres import Database, migrate
from tests import servers


async def migrate_until(database: Database, /, *, last: dict[str, int], folder: Path) -> None:
    """Apply the migrations of all rooms, those of the rooms in ``last`` up to that number only."""
    features = []
    for feature, source in servers.features():
        kept = folder / feature
        shutil.copytree(source, kept)
        for file in kept.glob("*.sql"):
            if int(file.name[:4]) > last.get(feature, 9999):
                file.unlink()
        made = "".join(file.read_text(encoding="utf-8") for file in kept.glob("*.sql"))
        rights = (kept / "grants.txt").read_text(encoding="utf-8").splitlines()
        known = [line for line in rights if line.startswith("#") or f"{feature}.{line.split(' ')[0]} (" in made]
        (kept / "grants.txt").write_text("\n".join(known) + "\n", encoding="utf-8")
        features.append((feature, kept))
    await migrate(database, features)


async def migrate_to_the_end(database: Database, /) -> None:
    """Apply what is left."""
    await migrate(database, servers.features())
