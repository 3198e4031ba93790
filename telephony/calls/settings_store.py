"""The settings of the running city: from the bus, with a checked copy on disk; the last good one stays."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from runtime.bus import Bus, BusAway
from runtime.codec import MalformedMessage, decode, encode
from runtime.telemetry import get_logger
from runtime.workers import Workers
from telephony.settings import SETTINGS_KEY, BadTelephonySettings, TelephonySettings, checked

OLDER = "settings-older"
"""The symptom of a bus whose settings are not those that calls follow, as after a database that began anew."""
log = get_logger(__name__)


def _put(copy: Path, data: bytes) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = copy.with_suffix(".part")
    part.write_bytes(data)
    part.replace(copy)


class SettingsStore:
    """Hands every newer good snapshot to ``use``, first the copy on disk."""

    def __init__(
        self,
        copy: Path,
        /,
        *,
        use: Callable[[TelephonySettings], None],
        workers: Workers,
        symptom: Callable[[str, str | None], None],
    ) -> None:
        """``copy`` is the file of the last good snapshot; ``symptom`` takes a code and a sentence, or None: over."""
        self._copy, self._use, self._workers, self._symptom = copy, use, workers, symptom
        self._last: TelephonySettings | None = None
        self._behind = False

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
                self._last = settings
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
        last = self._last
        if settings is None:
            return
        if last is not None and settings.version < last.version:
            self._note_behind(settings.version, last.version)
            return
        self._behind = False
        self._symptom(OLDER, None)
        if settings == last:
            return
        self._last = settings
        self._use(settings)
        log.info("settings are in use", version=settings.version)
        try:
            await self._workers.run(_put, self._copy, encode(settings))
        except OSError as error:
            log.exception("the settings copy cannot be written", reason=str(error))

    def _note_behind(self, has: int, uses: int) -> None:
        """Say it in the health as long as it lasts, and once in the log: what is published now reaches no call."""
        text = f"正在按第 {uses} 版设置工作，已发布的是较旧的第 {has} 版；请再次发布，直到版本号大于 {uses}"
        self._symptom(OLDER, text)
        if not self._behind:
            log.error("the bus has older settings than are in use; publish anew", has=has, uses=uses)
        self._behind = True
