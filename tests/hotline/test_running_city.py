"""The running city has numbered versions: published, followed, gone back on, and never overwritten by files."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hotline.city_files import read_city
from hotline.city_telephony import telephony_settings
from hotline.city_versions import CityVersions, differences
from hotline.running_city import RunningCity
from runtime.audit import HOUSE, Asked, find
from runtime.background import background
from runtime.bus import Bus
from runtime.bus.memory import MemoryBroker, open_memory_bus
from runtime.clock import ManualClock
from runtime.codec import decode, encode
from runtime.postgres import Database
from runtime.web import NotFound
from telephony import TelephonySettings
from telephony.settings import SETTINGS_KEY, Destination
from tests.telephony.scripted_media import scripted_media
from tests.telephony.switch_house import House, phone_on, switch_on
from tests.waiting import within
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import AccountId

CITY = Path(__file__).resolve().parents[2] / "city"
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ADMIN = AccountId(UUID(int=7))


def a_city(tmp_path: Path) -> Path:
    """Return a city of a test's own, to change."""
    made = tmp_path / "city"
    shutil.copytree(CITY, made, ignore=shutil.ignore_patterns("voices", "dialogues", "golden*", "*.md"))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_city(tmp_path)


def written(folder: Path, change: Callable[[Any], Any], file: str = "telephony.json") -> None:
    value = json.loads((folder / file).read_text(encoding="utf-8"))
    change(value)
    (folder / file).write_text(json.dumps(value), encoding="utf-8")


def rings(folder: Path, seconds: float) -> TelephonySettings:
    """Write another time into the files and return what they say."""
    written(folder, lambda it: it["limits"].update(ring_s=seconds))
    return telephony_settings(read_city(folder), version=1)


@dataclass
class Desk:
    """What the desk process has of the city, over a bus in memory that can be lost."""

    database: Database
    folder: Path

    def __post_init__(self) -> None:
        self.broker = MemoryBroker()
        self.versions = CityVersions(database=self.database, clock=ManualClock(NOW))

    @asynccontextmanager
    async def started(self) -> AsyncIterator[tuple[RunningCity, Bus]]:
        """Start as the process does."""
        async with open_memory_bus(self.broker) as bus:
            city = RunningCity(database=self.database, bus=bus, clock=ManualClock(NOW), folder=self.folder)
            await city.start()
            yield city, bus

    async def restarted(self) -> TelephonySettings:
        """Start, and return what the bus has then."""
        async with self.started() as (_, bus):
            return await on(bus)

    async def numbers(self) -> list[int]:
        return [one.number for one in await self.versions.history()]


async def on(bus: Bus) -> TelephonySettings:
    found = await bus.kv_get(SETTINGS_KEY)
    assert found is not None
    return decode(found, TelephonySettings)


@pytest.fixture
def desk(database: Database, folder: Path) -> Desk:
    return Desk(database=database, folder=folder)


async def test_at_the_very_first_start_the_files_become_version_one(desk: Desk, database: Database) -> None:
    found = await desk.restarted()

    assert found == telephony_settings(read_city(desk.folder), version=1)
    assert [(one.number, one.by, one.settings) for one in await desk.versions.history()] == [(1, HOUSE, found)]
    assert [row.what for row in await find(database, Asked())] == ["city-published"]


async def test_a_restart_never_overwrites_what_runs_with_files(desk: Desk) -> None:
    await desk.restarted()
    published = await desk.versions.publish(rings(desk.folder, 9), by=ADMIN, note="振铃更久")
    rings(desk.folder, 3)

    found = await desk.restarted()

    assert found == published.settings
    assert (found.version, found.limits.ring_s) == (2, 9.0)
    assert await desk.numbers() == [2, 1]


async def test_a_bus_that_lost_all_gets_the_newest_version_back_from_the_database(desk: Desk) -> None:
    await desk.restarted()
    published = await desk.versions.publish(rings(desk.folder, 9), by=ADMIN, note="振铃更久")
    await desk.restarted()
    rings(desk.folder, 3)
    desk.broker = MemoryBroker()

    assert await desk.restarted() == published.settings
    assert await desk.numbers() == [2, 1]


@pytest.mark.parametrize("there", [b"no json", encode({"version": 9, "lines": [], "queues": []})])
async def test_what_no_switch_could_use_is_replaced_on_the_bus(desk: Desk, there: bytes) -> None:
    first = await desk.restarted()
    async with open_memory_bus(desk.broker) as bus:
        await bus.kv_put(SETTINGS_KEY, there)

    assert await desk.restarted() == first


@pytest.mark.parametrize("number", [1, 7])
async def test_the_settings_of_an_earlier_releases_bus_become_the_first_version_under_the_number_that_switches_know(
    desk: Desk, number: int
) -> None:
    earlier = replace(rings(desk.folder, 11), version=number)
    rings(desk.folder, 3)
    async with open_memory_bus(desk.broker) as bus:
        await bus.kv_put(SETTINGS_KEY, encode(earlier))

    assert await desk.restarted() == earlier
    assert [(one.number, one.settings) for one in await desk.versions.history()] == [(number, earlier)]


async def test_the_menu_of_an_earlier_release_with_its_words_for_actions_is_read(desk: Desk) -> None:
    earlier = json.loads(encode(telephony_settings(read_city(desk.folder), version=1)))
    earlier["menu"]["silence"] = {"action": "queue", "queue": "general"}
    async with open_memory_bus(desk.broker) as bus:
        await bus.kv_put(SETTINGS_KEY, encode(earlier))

    assert (await desk.restarted()).menu.silence == Destination(queue="general")


async def test_a_database_older_than_the_bus_takes_over_what_the_switches_work_by(desk: Desk) -> None:
    await desk.restarted()
    newer = replace(rings(desk.folder, 12), version=5)
    async with open_memory_bus(desk.broker) as bus:
        await bus.kv_put(SETTINGS_KEY, encode(newer))

    assert await desk.restarted() == newer
    assert await desk.numbers() == [5, 1]


async def test_going_back_is_a_new_number_with_what_the_old_one_said(desk: Desk, database: Database) -> None:
    first = await desk.restarted()
    await desk.versions.publish(rings(desk.folder, 9), by=ADMIN, note="振铃更久")

    back = await desk.versions.rollback(1, by=ADMIN, note="改回")

    assert (back.number, back.by, back.note) == (3, ADMIN, "改回")
    assert back.settings == replace(first, version=3)
    assert await desk.versions.running() == back
    looks = await find(database, Asked(account=ADMIN))
    assert [(row.what, row.why) for row in looks] == [
        ("city-rolled-back", "version 3: as version 1: 改回"), ("city-published", "version 2: 振铃更久"),
    ]  # fmt: skip


async def test_what_cannot_be_published_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    files = telephony_settings(read_city(desk.folder), version=1)
    with pytest.raises(Refused, match="还没有任何版本"):
        await desk.versions.publish(files, by=ADMIN, note="x")
    await desk.restarted()

    with pytest.raises(Refused, match="与正在运行的第 1 版相同"):
        await desk.versions.publish(files, by=ADMIN, note="x")
    for note in ("", "  ", "a\nb", "字" * 201):
        with pytest.raises(FieldError):
            await desk.versions.publish(rings(desk.folder, 9), by=ADMIN, note=note)
    for number in (0, 2, -1, 2**40):
        with pytest.raises(NotFound):
            await desk.versions.rollback(number, by=ADMIN, note="x")
    assert await desk.numbers() == [1]


async def test_a_version_that_no_switch_would_use_any_more_is_not_gone_back_on(desk: Desk, owned: Database) -> None:
    await desk.restarted()
    async with owned.transaction() as tx:
        await tx.execute("insert into telephony.published_settings select number + 1, at, by_account, note, "
                         "jsonb_set(snapshot, '{limits,ring_s}', '0') from telephony.published_settings")  # fmt: skip

    with pytest.raises(Refused, match="第 2 版不再可用：limit ring_s"):
        await desk.versions.rollback(2, by=ADMIN, note="x")


async def test_two_who_publish_at_once_get_numbers_of_their_own(desk: Desk) -> None:
    await desk.restarted()
    both = [desk.versions.publish(rings(desk.folder, ring_s), by=ADMIN, note="x") for ring_s in (7, 8)]

    made = await asyncio.gather(*both)

    assert sorted(one.number for one in made) == [2, 3]


async def test_no_version_can_be_changed_or_removed(desk: Desk, database: Database, owned: Database) -> None:
    await desk.restarted()
    for statement in ("update telephony.published_settings set note = 'x'", "delete from telephony.published_settings"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction() as tx:
                await tx.execute(statement)
        with pytest.raises(asyncpg.RaiseError, match="never changes"):
            async with owned.transaction() as tx:
                await tx.execute(statement)


def test_a_difference_is_said_field_by_field() -> None:
    files = telephony_settings(read_city(CITY), version=4)
    other = replace(
        files, version=9, lines=files.lines[1:], limits=replace(files.limits, ring_s=9.0),
        menu=replace(files.menu, silence=Destination(queue="general")),
    )  # fmt: skip

    assert differences(files, replace(files, version=8)) == []
    said = differences(files, other)
    assert "limits.ring_s: 6.0 → 9.0" in said
    assert "lines.12345.queue: general → –" in said
    assert "menu.silence.queue: – → general" in said
    assert [line.partition(":")[0] for line in said if line.startswith("order of")] == ["order of lines"]


async def test_a_running_switch_follows_what_is_published_within_five_seconds_and_a_call_keeps_its_own(
    desk: Desk, tmp_path: Path
) -> None:
    async with (
        desk.started() as (city, bus),
        open_memory_bus(desk.broker) as switch_bus,
        scripted_media(tmp_path / "m") as media,
        switch_on(switch_bus, tmp_path) as process,
        phone_on(process.sip_port) as phone,
        background(city.run()),
    ):
        here = House(broker=desk.broker, bus=bus, media=media, phone=phone)
        switch = process.switch
        assert switch is not None
        await here.until(lambda: switch.link.connected and switch.settings is not None)
        assert city.seat_times().wrap_up_s == 30.0
        await phone.call()
        await here.until(lambda: switch.live)

        written(desk.folder, lambda it: it["limits"].update(wrap_up_s=45))
        await desk.versions.publish(
            telephony_settings(read_city(desk.folder), version=1), by=ADMIN, note="更长的话后整理"
        )

        async with within(5, "the switch's new settings"):
            while switch.settings.version != 2 or city.settings.version != 2:
                await asyncio.sleep(0.02)
        assert (switch.acd.limits.wrap_up_s, city.seat_times().wrap_up_s) == (45.0, 45.0)
        assert [live.call.settings.version for live in switch.live.values()] == [1]


async def test_what_is_published_elsewhere_reaches_the_bus_by_its_notice_without_waiting_for_a_look(desk: Desk) -> None:
    async with open_memory_bus(desk.broker) as bus:
        city = RunningCity(
            database=desk.database, bus=bus, clock=ManualClock(NOW), folder=desk.folder, look_every=timedelta(hours=1)
        )
        await city.start()
        async with background(city.run()):
            await asyncio.sleep(0.2)
            await desk.versions.publish(rings(desk.folder, 9), by=ADMIN, note="振铃更久")

            async with within(5, "version 2 on the bus"):
                while (await on(bus)).version != 2:
                    await asyncio.sleep(0.02)


async def test_a_bus_that_lost_the_settings_has_them_again_at_the_next_look(desk: Desk) -> None:
    async with desk.started() as (city, bus):
        desk.broker.values.clear()
        await city.look()
        found = await on(bus)
        desk.broker.values.clear()
        await bus.kv_put(SETTINGS_KEY, b"no json")
        await city.look()

        assert await on(bus) == found == city.settings


async def test_that_the_bus_is_away_is_said_once_and_once_that_it_is_back(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk.started() as (city, _):
        desk.broker.away = True
        async with background(city.run()):
            await asyncio.sleep(3.5)
            during = caplog.text.count("cannot be looked after now")
            desk.broker.away = False
            async with within(5, "a word that it is back"):
                while "is looked after again" not in caplog.text:
                    await asyncio.sleep(0.02)

    assert during == 1
    assert caplog.text.count("cannot be looked after now") == 1
