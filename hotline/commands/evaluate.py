"""``hotline knowledge eval``: what the knowledge base finds for a set of spoken requests, on a database of its own."""

import tempfile
from pathlib import Path
from typing import Any

from knowledge import MIGRATIONS, KnowledgeConfig, open_knowledge, read_golden
from runtime.clock import SystemClock
from runtime.log import LOG_MIGRATIONS
from runtime.postgres import embedded_postgres, migrate, open_database

RECALL_BOUND = 0.8
SEEDS = 5


async def evaluate(golden: Path, /, *, city: Path, confusion: float, seed: int) -> dict[str, Any]:
    """Return the report; ``passed`` when the right entry is in the top three of 80 % and off-topic requests give []."""
    requests = read_golden(golden.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="hotline-eval-") as folder:
        Path(folder).chmod(0o755)
        async with (
            embedded_postgres(Path(folder), remove=True) as urls,
            open_database(urls.owner) as owned,
            open_database(urls.app) as database,
        ):
            await migrate(owned, (LOG_MIGRATIONS, MIGRATIONS))
            config = KnowledgeConfig(index=str(Path(folder) / "index"), city=str(city))
            async with open_knowledge(config, database, SystemClock()) as service:
                seeds = range(seed, seed + SEEDS) if confusion else (seed,)
                report: dict[str, Any] = await service.evaluate(requests, rate=confusion, seeds=tuple(seeds))
    report["passed"] = report["recall_at_3"] >= RECALL_BOUND and report["abstained_off_topic"] == 1.0
    return report


def print_report(report: dict[str, Any], /) -> None:
    """Print the figures and each miss."""
    for name, value in report.items():
        if name != "misses":
            print(f"{name}: {value}")
    for miss in report["misses"]:
        print(f"  {miss['id']} wanted {miss['wanted']} got {miss['got']}: {miss['heard']}")
