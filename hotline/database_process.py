"""Keeps the embedded PostgreSQL: ends when the server dies, so that the supervisor starts both again."""

import json
from pathlib import Path

from hotline.process_configs import DatabaseProcess
from runtime.postgres import keep_postgres


async def run_database(config: DatabaseProcess) -> None:
    """Run the server until told to stop or until it dies."""
    await keep_postgres(
        Path(config.data), port=config.port, ready=lambda url: print(f"ready {json.dumps({'url': url})}", flush=True)
    )
