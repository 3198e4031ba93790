"""A whole house to break things on: its processes, what its bus says and when, what its log holds."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import psutil

from hotline.demo.progress import Progress
from hotline.demo.running import RunningDemo, moved, open_demo
from hotline.places import only_instance, places_of
from hotline.settings import read_settings
from runtime.bus import open_bus
from runtime.log import read_log
from runtime.nats_server import free_port
from runtime.postgres import open_database
from telephony import TelephonyClient
from vocabulary.calls import SeatState
from vocabulary.errors import HotlineError
from vocabulary.events import Event
from vocabulary.ids import ContactId

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class BusEvents:
    """Every event of the bus with the time.time() at which it came."""

    heard: list[tuple[float, Event]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, event: Event, /) -> None:
        self.heard.append((time.time(), event))
        self.changed.set()

    def of(self, kind: type[E], contact: ContactId | None = None) -> list[tuple[float, E]]:
        return [(at, event) for at, event in self.heard if isinstance(event, kind) and contact in {None, event.contact}]

    async def until(self, found: Callable[[], object], *, seconds: float) -> bool:
        """Wait until ``found`` is true; False when it is not within ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while not found():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            return bool(found())
        return True


class WholeHouse:
    """A whole house with simulated people, what its bus says, and its processes by name."""

    def __init__(self, demo: RunningDemo, telephony: TelephonyClient, bus_events: BusEvents) -> None:
        self.demo, self.bus_events = demo, bus_events
        self._telephony = telephony
        host, _, port = demo.addresses.sip.rpartition(":")
        self.sip = (host, int(port))

    def pid(self, name: str) -> int | None:
        """The process that a fault ends: ``postgres`` is the server itself, ``nats`` its binary, else a role."""
        for child in psutil.Process().children(recursive=True):
            try:
                if _is(name, child, child.cmdline()):
                    return child.pid
            except psutil.Error:
                continue
        return None

    def harm(self, name: str, *, sent: signal.Signals) -> tuple[float, int]:
        """Send the process a signal; return time.time() of it and who it was."""
        pid = self.pid(name)
        assert pid is not None, f"no process {name} runs"
        os.kill(pid, sent)
        return time.time(), pid

    async def replaced(self, name: str, *, pid: int, seconds: float = 20.0) -> float | None:
        """Return after how many seconds another process stands in the place of ``pid``; None when none does."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.pid(name) not in {None, pid}:
                return time.monotonic() - began
            await asyncio.sleep(0.1)
        return None

    async def seat_ready(self, *, seconds: float = 90.0) -> bool:
        """Wait until the simulated agent may be called."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                seats = (await self._telephony.seats()).seats
            except HotlineError:
                seats = ()
            if any(seat.state is SeatState.READY and seat.line_connected for seat in seats):
                return True
            await asyncio.sleep(0.3)
        return False

    async def logged(self, contact: ContactId) -> list[Event]:
        """Events of a contact in the log, in order; nothing while the database is away."""
        try:
            async with open_database(self.demo.addresses.database_url, size=1) as database:
                return [row.event for row in await read_log(database, after=0, limit=10_000, contact=contact)]
        except HotlineError:
            return []


def _is(name: str, child: psutil.Process, words: list[str]) -> bool:
    if name == "postgres":
        parent = child.parent()
        return child.name() == "postgres" and parent is not None and parent.name() != "postgres"
    if name == "nats":
        return bool(words) and Path(words[0]).name == "nats-server"
    return "hotline.process" in words and words[words.index("hotline.process") + 1] == name


@asynccontextmanager
async def whole_house() -> AsyncIterator[WholeHouse]:
    """Bring a whole house up in a temporary folder, on free ports."""
    with tempfile.TemporaryDirectory(prefix="house-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user where we are root
        settings = read_settings(flags={"data": f"{folder}/data", "run": f"{folder}/run"})
        telephony, web = replace(settings.telephony, sip_port=free_port()), replace(settings.web, port=free_port())
        settings = moved(replace(settings, telephony=telephony, web=web))  # no port that another house here begins with
        places = places_of(settings)
        with only_instance(places):
            async with (
                open_demo(settings, places, progress=Progress()) as demo,
                open_bus(
                    url=demo.addresses.nats.url,
                    name="faults",
                    user=demo.addresses.nats.user,
                    password=demo.addresses.nats.password,
                ) as bus,
            ):
                bus_events = BusEvents()
                heard = await bus.subscribe(bus_events.hear, patterns=("fact.>", "live.>"))
                try:
                    yield WholeHouse(demo, TelephonyClient(bus), bus_events)
                finally:
                    await heard.aclose()
