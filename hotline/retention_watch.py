"""Applies the policy of retention while the house serves, once a day, and says in health when it could not."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from hotline.auditing import key_file
from hotline.host_health import Part
from hotline.retention import apply
from hotline.settings import Settings
from runtime.audit import AuditKeyFault, read_key
from runtime.boundary import Done, outcome
from runtime.clock import Clock
from runtime.postgres import open_database
from runtime.telemetry import get_logger

log = get_logger(__name__)
EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=10)
"""After a run that failed."""
_LOOK_S = 30.0
NO_OWNER = (
    "个人数据到期未清理：没有配置 database.owner_url；请为 serve 配置，"
    "或设 retention.automatic = false 并由 cron 运行 hotline retention --apply"
)


class RetentionWatch:
    """Enters the database as the owner of its tables, which the desk must not; so it lives in the supervisor.

    The pool is open only while a run lasts. Whatever fails is told by ``tell`` and in the log, and tried again.
    """

    def __init__(
        self, settings: Settings, /, *, owner_url: str, recordings: Path, clock: Clock, tell: Callable[[Part], None]
    ) -> None:
        self._settings = settings
        self._owner_url = owner_url
        self._recordings = recordings
        self._clock = clock
        self._tell = tell
        self._next = datetime.min.replace(tzinfo=clock.now().tzinfo)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Apply the policy when it is due by the clock; never raises."""
        now = self._clock.now()
        if now < self._next:
            return
        if not self._owner_url:
            self._next = now + EVERY
            self._fault(NO_OWNER)
            return
        done = await outcome(self._apply(), of="retention")
        self._next = now + (EVERY if isinstance(done, Done) else AGAIN)
        if isinstance(done, Done):
            self._tell(Part(name="retention", ok=True, detail=f"{now:%Y-%m-%d %H:%M} UTC 清理{done.value}项到期数据"))
        else:
            self._fault(f"个人数据到期未清理，10分钟后再试：{done.text}")

    async def _apply(self) -> int:
        file = key_file(self._settings)
        key = read_key(file)
        if key is None:
            raise AuditKeyFault(f"there is no key of the audit, {file}: the desk makes it at its first start")
        async with open_database(self._owner_url, size=2, audit_secret=key.secret) as database:
            done = await apply(database, recordings=self._recordings, clock=self._clock)
        log.info("retention was applied", **{row.what.replace(" ", "_"): row.count for row in done})
        return sum(row.count for row in done)

    def _fault(self, reason: str) -> None:
        log.warning("retention could not be applied", reason=reason)
        self._tell(Part(name="retention", ok=False, detail=reason))
