"""How commands reach a running hotline, or start what they need when none runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hotline.places import Places
from hotline.process_configs import write_private
from hotline.settings import Settings
from runtime.codec import MalformedMessage, decode
from runtime.postgres import Database, embedded_postgres, open_database, running_url
from vocabulary.errors import Permanent


class NotRunning(Permanent):
    """The command needs a running hotline in this data folder and there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What a running hotline wrote down of itself."""

    pid: int
    web: str
    sip: str
    database_url: str = field(repr=False)
    bus_url: str
    bus_user: str
    bus_password: str = field(repr=False)
    media_socket: str


def write_instance(places: Places, instance: Instance, /) -> None:
    """Write down where this run's parts are, readable by this user only."""
    write_private(places.instance, instance)


def read_instance(places: Places, /) -> Instance | None:
    """Return the running instance of a data folder, None when there is none."""
    try:
        instance = decode(places.instance.read_bytes(), Instance)
    except (FileNotFoundError, MalformedMessage):
        return None
    return instance if Path(f"/proc/{instance.pid}").exists() or not Path("/proc").exists() else None


def running(places: Places, /) -> Instance:
    """Return the running instance; NotRunning says what to do."""
    instance = read_instance(places)
    if instance is None:
        raise NotRunning(
            f"no hotline runs in {places.data}; start it with `hotline serve`, or name its folder by --data"
        )
    return instance


@asynccontextmanager
async def any_database(settings: Settings, places: Places, /) -> AsyncIterator[tuple[str, Database]]:
    """Give the configured database, the running embedded one, or one started for this block."""
    url = settings.database.url or await running_url(places.data)
    if url:
        async with open_database(url) as database:
            yield url, database
        return
    async with embedded_postgres(places.data) as started, open_database(started) as database:
        yield started, database
