"""TRANSCRIPT → SUGGESTION: which entry of the knowledge base fits what is being said, and why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.categories import CategoryGuess
from knowledge.config import KnowledgeConfig
from knowledge.entries import Entry, PublishedEntry
from knowledge.evaluate import GoldenRequest, read_golden
from runtime.clock import Clock
from runtime.postgres import Database

if TYPE_CHECKING:
    from knowledge.service import KnowledgeService as KnowledgeService

MIGRATIONS = ("knowledge", Path(__file__).parent / "migrations")


@asynccontextmanager
async def open_knowledge(
    config: KnowledgeConfig, database: Database, clock: Clock, /
) -> "AsyncIterator[KnowledgeService]":
    """Bring the knowledge base into service for the block; the engines are loaded now, not at import."""
    from knowledge.opening import open_service  # noqa: PLC0415  # loads jieba, pypinyin and tantivy

    async with open_service(config, database=database, clock=clock) as service:
        yield service


__all__ = [
    "MIGRATIONS",
    "CategoryGuess",
    "Entry",
    "GoldenRequest",
    "KnowledgeConfig",
    "PublishedEntry",
    "open_knowledge",
    "read_golden",
]
