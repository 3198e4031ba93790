"""A demonstration that runs: the house, the people, the simulated ones, and where everything is."""

import random
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hotline.auditing import key_file
from hotline.city_files import CityFiles, catalogue, read_city
from hotline.commands.doctor import taken_ports
from hotline.commands.serve import started
from hotline.commands.users import queues_of
from hotline.demo.made_up import load_made_up
from hotline.demo.people import DemoPeople, make_people
from hotline.demo.progress import Progress
from hotline.house import Addresses, House, open_house
from hotline.migrations import ALL
from hotline.places import OtherPurpose, Places, claim_purpose
from hotline.settings import Settings
from runtime.audit import ensure_key
from runtime.clock import SystemClock
from runtime.postgres import DatabaseUrls, forget_postgres, keeps_postgres, migrate, open_database
from simulation.agent import AgentConfig
from simulation.unit import UnitConfig
from telephony import testcalls
from vocabulary.errors import Permanent

PORTS_TRIED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningDemo:
    """Where to go and who is there."""

    addresses: Addresses
    people: DemoPeople
    city: CityFiles
    places: Places
    voices: Path


def moved(settings: Settings, /) -> Settings:
    """Return the settings with ports that are free; RTP ports are the system's choice.

    A port is a number, never 0: a desk or switch that is killed comes back where its callers and pages look for it.
    """
    telephony, web = settings.telephony, settings.web
    taken = taken_ports(settings)
    sip_port, web_port = telephony.sip_port, web.port
    if f"{telephony.sip_host}:{sip_port}" in taken:
        sip_port = _free(socket.SOCK_DGRAM, telephony.sip_host, above=sip_port)
    if f"{web.host}:{web_port}" in taken:
        web_port = _free(socket.SOCK_STREAM, web.host, above=web_port)
    return replace(
        settings,
        demo=True,
        telephony=replace(telephony, sip_port=sip_port, rtp_port_low=0),
        web=replace(web, port=web_port),
    )


def _free(kind: socket.SocketKind, host: str, *, above: int) -> int:
    """Return a free port a little above another: the ports that the system hands out itself may be gone in a second."""
    ports = list(range(above + 1, above + PORTS_TRIED))
    random.shuffle(ports)
    for port in ports:
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise Permanent(f"no port from {above} to {above + PORTS_TRIED} is free on {host}; set another one")


def claim(places: Places, /) -> None:
    """Mark a folder as a demonstration's; OtherPurpose when it is a city's, or holds something without any mark.

    Commands such as `hotline users add` make a city's database before `hotline serve` marks its folder.
    """
    if not (places.data / "purpose").is_file() and (_holds_something(places) or keeps_postgres(places.data)):
        raise OtherPurpose(
            f"{places.data} holds data that no demonstration has made; choose another folder with --data"
        )
    claim_purpose(places, demo=True)


def _holds_something(places: Places) -> bool:
    """Tell whether there is more than what every command makes; models are nobody's data."""
    made = {"lock", "models", "recordings"}
    return any(path.name not in made for path in places.data.iterdir()) or any(places.recordings.iterdir())


def clear(places: Places, /) -> None:
    """Remove everything of earlier demonstrations except installed models; what a link leads to stays."""
    forget_postgres(places.data)
    for path in places.data.iterdir():
        if path.name in {"models", "lock", "purpose"}:
            continue
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@asynccontextmanager
async def open_demo(settings: Settings, places: Places, /, *, progress: Progress) -> AsyncIterator[RunningDemo]:
    """Bring the whole house up with its simulated people."""
    city = read_city(Path(settings.city))
    async with open_house(settings, places, logs=places.data / "logs", say=progress.part) as (house, nats):
        progress.say("消息总线已启动")
        urls = await house.database()
        people = await _prepare(urls, city, progress=progress, settings=settings)
        async with started(house, addresses=Addresses(database_url=urls.app, nats=nats)) as addresses:
            progress.say(f"电话 sip:{addresses.sip}，坐席台 {addresses.web}")
            demo = RunningDemo(
                addresses=addresses,
                people=people,
                city=city,
                places=house.places,
                voices=Path(settings.city) / "voices",
            )
            await _simulate(house, demo)
            progress.say("模拟服务代表、成员单位和来电人已就位")
            yield demo


async def _prepare(urls: DatabaseUrls, city: CityFiles, /, *, progress: Progress, settings: Settings) -> DemoPeople:
    async with open_database(urls.owner) as owned:
        applied = await migrate(owned, ALL)
        progress.say(f"数据库已就绪，执行了 {len(applied)} 个迁移")
    clock = SystemClock()
    key = await ensure_key(key_file(settings), database_url=urls.app, clock=clock)
    async with open_database(urls.app, audit_secret=key.secret) as database:
        made = await load_made_up(database, city, now=clock.now())
        if made:
            progress.say(f"已载入 {made} 个演示来电（30天，标记为演示数据）")
        units = [(unit.code, unit.name) for unit in catalogue(city).units.values()]
        return await make_people(database, units=units, queues=await queues_of(database, settings))


async def _simulate(house: House, demo: RunningDemo) -> None:
    addresses, people = demo.addresses, demo.people
    host, _, port = addresses.sip.rpartition(":")
    dialogues = demo.city.folder / "dialogues"
    await house.start(
        "test-calls",
        testcalls.TestCallsConfig(
            nats_url=addresses.nats.url,
            nats_user=addresses.nats.user,
            nats_password=addresses.nats.password,
            sip_host=host,
            sip_port=int(port),
            dialogues=str(dialogues),
            voices=str(demo.voices),
        ),
    )
    await house.start(
        "agent",
        AgentConfig(
            desk_url=addresses.web,
            login=people.agent.login,
            password=people.agent.password,
            dialogues=str(dialogues),
            voices=str(demo.voices),
        ),
    )
    await house.start(
        "unit",
        UnitConfig(
            desk_url=addresses.web,
            tokens=people.units,
            follow_up_login=people.follow_up.login,
            follow_up_password=people.follow_up.password,
        ),
    )
