"""How the knowledge base comes into service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from knowledge.catalogue import Catalogue
from knowledge.categories import read_leaves
from knowledge.config import KnowledgeConfig
from knowledge.engine.failover import FailoverEngine
from knowledge.engine.protocol import SearchEngine
from knowledge.engine.tantivy import open_tantivy
from knowledge.entries import read_entries
from knowledge.places import read_places
from knowledge.service import KnowledgeService
from knowledge.shelf import CityNames
from runtime.background import background
from runtime.clock import Clock
from runtime.postgres import Database
from runtime.workers import Workers


@asynccontextmanager
async def open_service(
    config: KnowledgeConfig, /, *, database: Database, clock: Clock
) -> AsyncIterator[KnowledgeService]:
    """Load the city's entries, bring the index up to date, and keep it so while the block runs."""
    city = Path(config.city)
    leaves = {leaf.code: leaf for leaf in read_leaves(await _text(city / "categories.json"))}
    async with Workers(threads=config.threads, name="knowledge") as workers, _engine(config, clock, workers) as engine:
        service = KnowledgeService(
            catalogue=Catalogue(database),
            engine=engine,
            city=CityNames(leaves=leaves, places=read_places(await _text(city / "places.json"))),
            clock=clock,
            zone=ZoneInfo(config.zone),
            workers=workers,
        )
        if config.load_entries:
            entries = read_entries(await _text(city / "entries.jsonl"))
            await Catalogue(database).publish(entries, categories=frozenset(leaves), at=clock.now())
        await service.refresh()
        async with background(service.keep_far_in_step()):
            yield service


async def _text(path: Path) -> str:
    return await asyncio.to_thread(path.read_text, encoding="utf-8")


@asynccontextmanager
async def _engine(config: KnowledgeConfig, clock: Clock, workers: Workers) -> AsyncIterator[SearchEngine]:
    near = await open_tantivy(Path(config.index), workers=workers)
    engine: SearchEngine = near
    if config.search_url:
        from knowledge.engine.elasticsearch import ElasticsearchAddress, ElasticsearchEngine  # noqa: PLC0415  # late

        address = ElasticsearchAddress(
            url=config.search_url,
            user=config.search_user,
            password=config.search_password,
            alias=config.search_alias,
            timeout=timedelta(milliseconds=config.search_timeout_ms),
        )
        engine = FailoverEngine(far=ElasticsearchEngine(address), near=near, clock=clock)
    try:
        yield engine
    finally:
        await engine.close()
