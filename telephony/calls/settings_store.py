"""The settings of the running city: from the bus, with a checked copy on disk; the last good one stays."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from runtime.bus import Bus, BusAway
from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.workers import Workers
from telephony.settings import SETTINGS_KEY, BadTelephonySettings, TelephonySettings, checked

log = get_logger(__name__)


class SettingsStore:
    """Hands every newer good snapshot to ``use``, first the copy on disk."""

    def __init__(self, copy: Path, /, *, use: Callable[[TelephonySettings], None], workers: Workers) -> None:
        """``copy`` is the file of the last good snapshot."""
        self._copy, self._use, self._workers = copy, use, workers
        self._version = -1

    def _good(self, data: bytes, source: str) -> TelephonySettings | None:
        try:
            return checked(decode(data, TelephonySettings))
        except (MalformedMessage, BadTelephonySettings) as error:
            log.error("a settings snapshot cannot be used, the last good one stays", source=source, reason=str(error))  # noqa: TRY400  the sentence says it all
            return None

    async def start(self, bus: Bus, /) -> None:
        """Use the copy on disk, then what the bus has, now and later."""
        if self._copy.exists():
            settings = self._good(await self._workers.run(self._copy.read_bytes), "disk")
            if settings is not None:
                self._version = settings.version
                self._use(settings)
        while True:
            try:
                await bus.kv_watch(SETTINGS_KEY, self._arrived)
            except BusAway as error:
                log.warning("the settings cannot be watched yet", reason=str(error))
                await asyncio.sleep(1)
            else:
                return

    async def _arrived(self, data: bytes) -> None:
        settings = self._good(data, "bus")
        if settings is None or settings.version < self._version:
            return
        self._version = settings.version
        self._use(settings)
        self._copy.parent.mkdir(parents=True, exist_ok=True)
        part = self._copy.with_suffix(".part")
        await self._workers.run(part.write_bytes, encode(settings))
        await self._workers.run(part.replace, self._copy)
        log.info("settings are in use", version=settings.version)
