"""The running city in the desk process: the newest published version, and what the bus has of it for the switch."""

import asyncio
from datetime import timedelta
from pathlib import Path

from hotline.city_files import read_city
from hotline.city_telephony import telephony_settings
from hotline.city_versions import CHANNEL, PUBLISHED, CityVersions, write
from runtime.audit import HOUSE
from runtime.bus import Bus
from runtime.clock import Clock
from runtime.codec import MalformedMessage, decode, encode
from runtime.postgres import Database, Transaction
from runtime.telemetry import get_logger
from telephony import Published, TelephonySettings, publications
from telephony import settings as rows
from vocabulary.calls import SeatTimes
from vocabulary.errors import Transient

LOOK_EVERY = timedelta(seconds=5)
"""For a notice that was lost, and a bus that lost what it had."""
AGAIN_S = 1.0
FROM_FILES = "第一次启动：取自城市文件"
FROM_BUS = "取自消息总线上正在使用的设置"
log = get_logger(__name__)


class RunningCity:
    """Follows the newest version. The files of the city speak only when there is no version at all."""

    def __init__(
        self, *, database: Database, bus: Bus, clock: Clock, folder: Path, look_every: timedelta = LOOK_EVERY
    ) -> None:
        self.versions = CityVersions(database=database, clock=clock)
        self._database = database
        self._bus = bus
        self._clock = clock
        self._folder = folder
        self._look_every = look_every
        self._stir = asyncio.Event()
        self._troubled = False
        self._running: Published | None = None
        self._on_bus: bytes | None = None

    @property
    def settings(self) -> TelephonySettings:
        """What runs, as of the last look."""
        if self._running is None:
            message = "start() comes first"
            raise RuntimeError(message)
        return self._running.settings

    def seat_times(self) -> SeatTimes:
        """Return the times that an agent sees, as they are now."""
        limits = self.settings.limits
        return SeatTimes(wrap_up_s=limits.wrap_up_s, hold_reminder_s=limits.hold_reminder_s)

    def of_files(self) -> TelephonySettings:
        """Return what the files say now, for the next version; BadCity names what cannot be."""
        return rows.checked(telephony_settings(read_city(self._folder), version=1))

    async def start(self) -> None:
        """See that there is a version, and that the bus has the newest."""
        on_bus = self._usable(await self._bus.kv_get(rows.SETTINGS_KEY))
        async with self._database.transaction() as tx:
            await publications.hold(tx)
            newest = await publications.newest(tx)
            if newest is None:
                newest = await self._first(tx, on_bus)
            elif on_bus is not None and on_bus.version > newest.number:
                newest = await self._taken_over(tx, on_bus)
        await self._bring(newest, on_bus)

    async def run(self) -> None:
        """Bring each version that is published to the bus: at its notice, and at a look every five seconds.

        That they cannot be looked after is said once, and once that they can again. Runs for ever.
        """
        while True:
            try:
                async with self._database.listening(CHANNEL, heard=self._stir.set) as lost:
                    while not lost.is_set():
                        await self.look()
                        self._tell("")
                        await self._next_look()
            except Transient as error:
                self._tell(str(error))
                await asyncio.sleep(AGAIN_S)

    async def look(self) -> None:
        """Compare database and bus once; when neither has moved since, nothing else is asked."""
        octets = await self._bus.kv_get(rows.SETTINGS_KEY)
        async with self._database.reading() as reading:
            number = await publications.newest_number(reading)
            if self._running is not None and (number, octets) == (self._running.number, self._on_bus):
                return
            newest = await publications.newest(reading)
        on_bus = self._usable(octets)
        if newest is None or (on_bus is not None and on_bus.version > newest.number):
            await self.start()
        else:
            await self._bring(newest, on_bus)

    async def _next_look(self) -> None:
        try:
            async with asyncio.timeout(self._look_every.total_seconds()):
                await self._stir.wait()
        except TimeoutError:
            return
        self._stir.clear()

    def _tell(self, trouble: str) -> None:
        if trouble and not self._troubled:
            log.warning("the running city cannot be looked after now", reason=trouble)
        elif self._troubled and not trouble:
            log.info("the running city is looked after again")
        self._troubled = bool(trouble)

    def _usable(self, octets: bytes | None) -> TelephonySettings | None:
        """Return what the bus has, None when it has nothing that a switch would use."""
        self._on_bus = octets
        try:
            return None if octets is None else rows.checked(decode(octets, TelephonySettings))
        except (MalformedMessage, rows.BadTelephonySettings) as error:
            log.warning("the settings on the bus cannot be used and are replaced", reason=str(error))
            return None

    async def _bring(self, newest: Published, on_bus: TelephonySettings | None) -> None:
        if on_bus != newest.settings:
            octets = encode(newest.settings)
            await self._bus.kv_put(rows.SETTINGS_KEY, octets)
            self._on_bus = octets
            log.info("a version of the city is published to the bus", version=newest.number)
        self._running = newest

    async def _first(self, tx: Transaction, on_bus: TelephonySettings | None) -> Published:
        """Make the first version: of an earlier release's bus, under the number that switches know, or of the files."""
        if on_bus is not None:
            return await self._taken_over(tx, on_bus)
        return await write(tx, self._of_house(1, self.of_files(), note=FROM_FILES), what=PUBLISHED)

    async def _taken_over(self, tx: Transaction, on_bus: TelephonySettings) -> Published:
        """Keep what the bus has and the database lacks; a switch would not follow a lower number."""
        made = self._of_house(max(1, on_bus.version), on_bus, note=FROM_BUS)
        return await write(tx, made, what=PUBLISHED)

    def _of_house(self, number: int, settings: TelephonySettings, /, *, note: str) -> Published:
        return Published(number=number, at=self._clock.now(), by=HOUSE, note=note, settings=settings)
