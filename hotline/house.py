"""Brings the processes of one host up in order and keeps them alive: `serve` and `demo` both stand on it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from asr import RecogniserConfig
from hotline.connections import configured_urls
from hotline.health_file import keep_health
from hotline.host_health import Part
from hotline.places import Places, run_folder
from hotline.process_configs import DatabaseProcess, DeskProcess, write_private
from hotline.settings import Settings
from runtime.background import background
from runtime.codec import decode
from runtime.metrics import count_of, level_of, serve_metrics
from runtime.nats_server import NatsAddress, embedded_nats, free_port
from runtime.postgres import DatabaseUrls
from runtime.supervision import Child, ChildState, Supervisor, supervise
from telephony import MediaConfig, SwitchConfig, Trunk

HOST = "local"
NO_OWNER = {"HOTLINE_DATABASE__OWNER_URL": ""}
"""No child is told how the owner of the tables enters; the supervisor's own environment may say it."""
SILENT = timedelta(seconds=3.5)
"""So long a child may say nothing. It beats twice a second; killed and started again it is back within 5 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the parts of a running house are."""

    database_url: str = field(repr=False)
    nats: NatsAddress
    sip: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Serves:
    """What a process says when it serves."""

    host: str = ""
    port: int = 0


class House:
    """The children of one host. ``logs`` is a folder for their words, None passes them on to our standard error."""

    def __init__(self, *, settings: Settings, places: Places, supervisor: Supervisor, logs: Path | None) -> None:
        self.settings = settings
        self.places = places
        self.supervisor = supervisor
        self._logs = logs
        self.own: dict[str, Part] = {}
        """What the supervisor does itself, by name."""

    def tell(self, part: Part, /) -> None:
        """Let the health of this host say how a part is that is no child."""
        self.own[part.name] = part

    def child(self, name: str, config: object, /, *, role: str | None = None, nice: int = 0) -> Child:
        """Return the child that runs ``role`` with its config written to a private file."""
        file = self.places.run / f"{name}.json"
        write_private(file, config)
        log = (str(self._logs / f"{name}.log"),) if self._logs else ()
        argv = (sys.executable, "-m", "hotline.process", role or name, str(file), *log)
        argv = ("nice", "-n", str(nice), *argv) if nice else argv
        return Child(name=name, argv=argv, silent_within=SILENT, env=NO_OWNER)

    async def start(self, name: str, config: object, /, *, role: str | None = None, nice: int = 0) -> str:
        """Start a child and return the JSON by which it said that it serves."""
        self.supervisor.start(self.child(name, config, role=role, nice=nice))
        line = await self.supervisor.ready(name)
        return line.removeprefix("ready").strip() or "{}"

    async def database(self) -> DatabaseUrls:
        """Return the URLs of PostgreSQL, ours or the configured ones."""
        if self.settings.database.url:
            return configured_urls(self.settings)
        config = DatabaseProcess(data=str(self.places.data), port=free_port())
        return decode(await self.start("database", config), DatabaseUrls)

    async def telephony(self, nats: NatsAddress, /) -> str:
        """Start media and switch; return ``host:port`` of SIP."""
        options, places = self.settings.telephony, self.places
        media = MediaConfig(
            host=HOST,
            media_socket=str(places.media_socket),
            tap_socket=str(places.tap_socket),
            recordings=str(places.recordings),
            prompts=str(Path(self.settings.city) / "voices" / "prompts"),
            rtp_ports=(options.rtp_port_low, options.rtp_port_high) if options.rtp_port_low else None,
        )
        await self.start("media", media)
        switch = SwitchConfig(
            host=HOST,
            media_socket=str(places.media_socket),
            state=str(places.data / "switch"),
            recordings=str(places.recordings),
            nats_url=nats.url,
            nats_user=nats.user,
            nats_password=nats.password,
            sip_host=options.sip_host,
            sip_port=options.sip_port,
            rtp_host=options.rtp_host,
            trunks=tuple(Trunk(**asdict(row)) for row in options.trunks),
        )
        served = decode(await self.start("switch", switch), _Serves)
        return f"{options.sip_host}:{served.port or options.sip_port}"

    async def recogniser(self, nats: NatsAddress, /) -> None:
        """Start the recogniser, a little less eager for the processor than sound."""
        options = self.settings.asr
        config = RecogniserConfig(
            host=HOST,
            tap_socket=str(self.places.tap_socket),
            checkpoint=str(self.places.data / "recogniser-checkpoint.json"),
            models=options.models or str(self.places.models),
            bus_url=nats.url,
            bus_user=nats.user,
            bus_password=nats.password,
            engine=options.engine,
            threads=options.threads,
        )
        await self.start("recogniser", config, nice=5)

    def desk_config(self, *, database_url: str, nats: NatsAddress) -> DeskProcess:
        """Return what the desk is told: all settings but how the owner of the tables enters."""
        settings = replace(self.settings, database=replace(self.settings.database, owner_url=""))
        return DeskProcess(
            settings=settings,
            database_url=database_url,
            bus_url=nats.url,
            bus_user=nats.user,
            bus_password=nats.password,
            health_file=str(self.places.health),
        )

    async def desk(self, *, database_url: str, nats: NatsAddress) -> str:
        """Start the desk; return its URL."""
        config = self.desk_config(database_url=database_url, nats=nats)
        served = decode(await self.start("desk", config), _Serves)
        host = self.settings.web.host
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{served.port or self.settings.web.port}"


@asynccontextmanager
async def open_house(
    settings: Settings,
    places: Places,
    /,
    *,
    logs: Path | None,
    say: Callable[[Part], None],
) -> AsyncIterator[tuple[House, NatsAddress]]:
    """Give the block a supervised house with its bus; at the end everything stops in reverse order.

    ``say`` hears of each part that begins or ceases to work.
    """
    async with AsyncExitStack() as stack:
        places = stack.enter_context(run_folder(settings, places))
        supervisor = await stack.enter_async_context(supervise())
        house = House(settings=settings, places=places, supervisor=supervisor, logs=logs)
        folders = {"data": places.data, "recordings": places.recordings}
        watching = keep_health(
            places.health, states=supervisor.states, folders=folders, say=say, own=lambda: tuple(house.own.values())
        )
        if settings.nats.url:
            nats = NatsAddress(url=settings.nats.url, user=settings.nats.user, password=settings.nats.password)
        else:
            nats = await stack.enter_async_context(
                embedded_nats(data=places.data, runtime=places.run, supervisor=supervisor)
            )
        try:
            async with background(watching), _measured(settings, places, supervisor):
                yield house, nats
        finally:
            await _stop_all_but(supervisor, kept={"nats", "database"})  # before what they stand on
            await supervisor.stop_all()


@asynccontextmanager
async def _measured(settings: Settings, places: Places, supervisor: Supervisor) -> AsyncIterator[None]:
    """Serve the metrics of this host, if ``metrics.port`` asks for it, from before the first process of ours starts."""
    asked = settings.metrics
    if not asked.port:
        yield
        return

    def restarts() -> dict[str, int]:
        return {name: status.restarts for name, status in supervisor.states().items()}

    def away() -> int:
        return sum(status.state is not ChildState.READY for status in supervisor.states().values())

    count_of("hotline_child_restarts", "Restarts of a process", label="child", counts=restarts)
    level_of("hotline_children_away", "Processes that do not serve", level=away)
    async with serve_metrics(places.run, host=asked.host, port=asked.port):
        yield


async def _stop_all_but(supervisor: Supervisor, *, kept: set[str]) -> None:
    """Stop children side by side: each may take seconds to say goodbye."""
    async with asyncio.TaskGroup() as tasks:
        for name in supervisor.states().keys() - kept:
            tasks.create_task(supervisor.stop(name))
