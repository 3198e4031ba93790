"""How commands reach a running hotline, or start what they need when none runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hotline.places import Places
from hotline.process_configs import write_private
from hotline.settings import Settings
from runtime.codec import MalformedMessage, decode
from runtime.postgres import Database, DatabaseUrls, embedded_postgres, open_database, running_urls
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


class NoOwner(Permanent):
    """The command changes what only the owner of the tables may change, and no such address is configured."""


def configured_urls(settings: Settings, /) -> DatabaseUrls:
    """Return the URLs of the configured server by role; reading falls back on the application's."""
    database = settings.database
    return DatabaseUrls(app=database.url, owner=database.owner_url, reader=database.reader_url or database.url)


@asynccontextmanager
async def any_database(
    settings: Settings, places: Places, /, *, role: Literal["app", "owner", "reader"] = "app", audit_secret: bytes = b""
) -> AsyncIterator[tuple[str, Database]]:
    """Give the configured database, the running embedded one, or one started for this block, entered as ``role``.

    Raises NoOwner when a configured server is to be entered as its owner and the settings do not say how.
    """
    async with _urls(settings, places) as urls:
        url: str = getattr(urls, role)
        if not url:
            raise NoOwner(
                "this command needs the owner of the tables: set HOTLINE_DATABASE__OWNER_URL for it, not for `serve`"
            )
        async with open_database(url, audit_secret=audit_secret) as database:
            yield url, database


@asynccontextmanager
async def _urls(settings: Settings, places: Places) -> AsyncIterator[DatabaseUrls]:
    urls = configured_urls(settings) if settings.database.url else await running_urls(places.data)
    if urls:
        yield urls
        return
    async with embedded_postgres(places.data) as started:
        yield started
