"""``hotline serve``: the city's own run. Ports are as configured; a taken one is refused."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from hotline.commands.doctor import taken_ports
from hotline.connections import Instance, write_instance
from hotline.host_health import Part
from hotline.house import Addresses, House, open_house
from hotline.migrations import refuse_pending
from hotline.places import Places, claim_purpose, only_instance
from hotline.retention_watch import RetentionWatch
from hotline.settings import Settings
from runtime.background import background
from runtime.clock import SystemClock
from runtime.nats_server import NatsAddress
from runtime.postgres import DatabaseUrls, open_database
from runtime.telemetry import get_logger
from vocabulary.errors import Permanent

_log = get_logger(__name__)


class PortTaken(Permanent):
    """A configured port is in use."""


async def serve(settings: Settings, places: Places, /) -> None:
    """Run the configured roles until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, stop.set)
    with only_instance(places):
        claim_purpose(places, demo=False)
        refuse_taken(settings)
        async with (
            open_house(settings, places, logs=None, say=_say) as (house, nats),
            _served(house, nats) as addresses,
        ):
            _log.info("the hotline serves", sip=addresses.sip, web=addresses.web)
            await stop.wait()


@asynccontextmanager
async def _served(house: House, nats: NatsAddress) -> AsyncIterator[Addresses]:
    """Start the roles of this host and, where the desk is, what the house does by itself beside it."""
    urls = await house.database() if "desk" in house.settings.roles else DatabaseUrls(app="")
    if urls.app:
        async with open_database(urls.app) as database:
            await refuse_pending(database)
    async with (
        started(house, addresses=Addresses(database_url=urls.app, nats=nats)) as addresses,
        background(*_daily(house, urls)),
    ):
        yield addresses


def _daily(house: House, urls: DatabaseUrls) -> tuple[Coroutine[None, None, None], ...]:
    if not (urls.app and house.settings.retention.automatic):
        return ()
    watch = RetentionWatch(
        house.settings,
        owner_url=urls.owner,
        recordings=house.places.recordings,
        clock=SystemClock(),
        tell=house.tell,
    )
    return (watch.run(),)


def refuse_taken(settings: Settings, /) -> None:
    """Raise PortTaken with one sentence when a port of this host's roles is somebody else's."""
    taken = taken_ports(settings)
    if taken:
        raise PortTaken(f"{', '.join(taken)} is taken by another program; stop it or set another port in hotline.toml")


def _say(part: Part) -> None:
    if part.ok:
        _log.info("a part works again", part=part.name, detail=part.detail)
    else:
        _log.warning("a part does not work as it should", part=part.name, detail=part.detail)


@asynccontextmanager
async def started(house: House, /, *, addresses: Addresses) -> AsyncIterator[Addresses]:
    """Start the roles of this host in order, write down where they are, and forget it at the end."""
    roles, sip, web = house.settings.roles, "", ""
    if "telephony" in roles:
        sip = await house.telephony(addresses.nats)
    if "desk" in roles:
        web = await house.desk(database_url=addresses.database_url, nats=addresses.nats)
    if "asr" in roles:
        await house.recogniser(addresses.nats)
    instance = Instance(
        pid=os.getpid(),
        web=web,
        sip=sip,
        database_url=addresses.database_url,
        bus_url=addresses.nats.url,
        bus_user=addresses.nats.user,
        bus_password=addresses.nats.password,
        media_socket=str(house.places.media_socket),
    )
    write_instance(house.places, instance)
    try:
        yield Addresses(database_url=addresses.database_url, nats=addresses.nats, sip=sip, web=web)
    finally:
        house.places.instance.unlink(missing_ok=True)
