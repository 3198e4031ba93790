"""The OpenAPI document of all routes, from the rooms wired over an empty database and a bus in memory."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from hotline.auditing import AuditPages
from hotline.health import LogWriterTurns, Looks, health_routes
from hotline.migrations import ALL
from hotline.process_configs import DeskProcess
from hotline.running_city import RunningCity
from hotline.settings import read_settings
from hotline.wiring import wire
from runtime.audit import AuditKey, AuditWatch
from runtime.bus.memory import open_memory_bus
from runtime.clock import SystemClock
from runtime.postgres import embedded_postgres, migrate, open_database
from runtime.web import ApiInfo, openapi

INFO = ApiInfo(title="Hotline 12345 · 一号答", version="1", description="Desk, knowledge, work orders and analytics.")


async def _document(folder: Path) -> dict[str, Any]:
    settings = read_settings(flags={"data": str(folder), "run": str(folder)})
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(embedded_postgres(folder, remove=True))
        async with open_database(urls.owner) as owned:
            await migrate(owned, ALL)
        database = await stack.enter_async_context(open_database(urls.app))
        bus = await stack.enter_async_context(open_memory_bus())
        config = DeskProcess(settings=settings, database_url=urls.app, bus_url="", bus_user="", bus_password="")
        clock = SystemClock()
        city = RunningCity(database=database, bus=bus, clock=clock, folder=Path(settings.city))
        house = await wire(stack, config, database=database, bus=bus, clock=clock, running=city)
        watch = AuditWatch(database, key=AuditKey(secret=b""), heads=folder / "heads", clock=clock)
        audit = AuditPages(database=database, watch=watch, clock=clock).routes()
        looks = Looks(database=database, bus=bus, board=house.desk.live.board, writer=LogWriterTurns(), audit=watch)
        health = health_routes(looks, host=Path(config.health_file), clock=clock)
        return openapi((*house.routes, *audit, *health), info=INFO, sockets=house.sockets)


def api_document() -> dict[str, Any]:
    """Return the document; takes some seconds, a database is made for it."""
    with tempfile.TemporaryDirectory(prefix="hotline-document-") as folder:
        Path(folder).chmod(0o755)
        return asyncio.run(_document(Path(folder)))
