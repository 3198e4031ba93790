"""``hotline city``: what a city's files say, beside what runs; publishing it and going back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hotline.city_files import city_faults, read_city
from hotline.city_telephony import telephony_settings
from hotline.city_versions import CityVersions, differences
from hotline.commands.audit import the_key
from hotline.connections import any_database
from hotline.migrations import refuse_pending
from hotline.places import Places
from hotline.settings import Settings
from runtime.audit import HOUSE
from runtime.clock import SystemClock
from telephony import Published, TelephonySettings
from telephony import settings as rows


def faults_of(settings: Settings, folder: Path | None, /) -> list[str]:
    """Return a sentence for each thing that is wrong with the city's files; none when they can be published."""
    return city_faults(_folder(settings, folder))


async def diff(settings: Settings, places: Places, folder: Path | None, /) -> tuple[int, list[str]]:
    """Return the number of the running version, and a line for each field that the files say otherwise."""
    files = _of_files(settings, folder)
    async with _versions(settings, places) as versions:
        running = await versions.running()
    return running.number, differences(running.settings, files)


async def history(settings: Settings, places: Places, /, *, limit: int) -> list[Published]:
    """Return the versions, newest first."""
    async with _versions(settings, places) as versions:
        return await versions.history(limit=limit)


async def publish(settings: Settings, places: Places, folder: Path | None, /, *, note: str) -> Published:
    """Make what the files say the next version."""
    files, secret = _of_files(settings, folder), the_key(settings).secret
    async with _versions(settings, places, audit_secret=secret) as versions:
        return await versions.publish(files, by=HOUSE, note=note)


async def rollback(settings: Settings, places: Places, number: int, /, *, note: str) -> Published:
    """Make what an old version said the next version."""
    async with _versions(settings, places, audit_secret=the_key(settings).secret) as versions:
        return await versions.rollback(number, by=HOUSE, note=note)


def _folder(settings: Settings, folder: Path | None) -> Path:
    return Path(settings.city) if folder is None else folder


def _of_files(settings: Settings, folder: Path | None) -> TelephonySettings:
    return rows.checked(telephony_settings(read_city(_folder(settings, folder)), version=1))


@asynccontextmanager
async def _versions(settings: Settings, places: Places, /, *, audit_secret: bytes = b"") -> AsyncIterator[CityVersions]:
    async with any_database(settings, places, audit_secret=audit_secret) as (_, database):
        await refuse_pending(database)
        yield CityVersions(database=database, clock=SystemClock())
