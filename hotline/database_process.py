"""Keeps the embedded PostgreSQL: ends when the server dies, so that the supervisor starts both again."""

from pathlib import Path

from hotline.process_configs import DatabaseProcess
from runtime.codec import encode
from runtime.postgres import keep_postgres


async def run_database(config: DatabaseProcess) -> None:
    """Run the server until told to stop or until it dies."""
    await keep_postgres(
        Path(config.data),
        port=config.port,
        ready=lambda urls: print(f"ready {encode(urls).decode()}", flush=True),
    )
