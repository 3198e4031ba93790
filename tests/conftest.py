"""Fixtures that several rooms use: a database of its own for each test, on one real server for the whole run."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from runtime.nats_server import NatsAddress, embedded_nats
from runtime.postgres import Database, DatabaseUrls, open_database
from tests import servers

pytest_plugins = ("tests.skips",)
hypothesis.settings.register_profile("house", deadline=None)  # speed is measured by benches, never by unit tests
hypothesis.settings.load_profile("house")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's servers; workers leave that to the process that started them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        servers.stop()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of the run's PostgreSQL, its superuser's."""
    return servers.postgres_url()


@pytest.fixture
async def database_urls(postgres_url: str) -> AsyncIterator[DatabaseUrls]:
    """The URLs, by role, of a fresh database with every migration applied."""
    async with servers.fresh_database(postgres_url) as urls:
        yield urls


@pytest.fixture
def database_url(database_urls: DatabaseUrls) -> str:
    """The URL of a fresh database as the application enters it: tests have its rights and no more."""
    return database_urls.app


@pytest.fixture
async def owned(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    """The same fresh database as ``database``, opened as the owner: for tables of a test and for tampering."""
    async with open_database(database_urls.owner) as db:
        yield db


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database with every migration applied, opened."""
    async with open_database(database_url, audit_secret=servers.AUDIT_SECRET) as db:
        yield db


@pytest.fixture
async def bare(postgres_url: str) -> AsyncIterator[Database]:
    """A database in which nothing was migrated."""
    name = f"t_{uuid4().hex}"
    async with open_database(postgres_url, size=1) as server:
        async with server.outside_transaction() as statements:
            await statements.execute(f"create database {name}")
        async with open_database(servers.database_url(postgres_url, name=name)) as db:
            yield db
        async with server.outside_transaction() as statements:
            await statements.execute(f"drop database {name} with (force)")


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[NatsAddress]:
    """A NATS server of this test's own: it starts in 20 ms, and streams are not shared."""
    async with embedded_nats(data=tmp_path / "nats", runtime=tmp_path / "nats-run") as address:
        yield address
