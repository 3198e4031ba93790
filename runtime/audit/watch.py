"""Looks at the audit while the desk serves: a head outside the database each hour, the whole chain each day."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from runtime.audit.chain import AuditKey
from runtime.audit.heads import Head, HeadsFault, append_head, read_heads
from runtime.audit.verdict import AuditVerdict, Walked, last_head, walk_on
from runtime.clock import Clock
from runtime.postgres import Database, DatabaseAway
from runtime.telemetry import get_logger

log = get_logger(__name__)
HEAD_EVERY = timedelta(hours=1)
VERIFY_EVERY = timedelta(days=1)
_LOOK_S = 60.0


class AuditWatch:
    """``last_verdict`` is the newest verdict, None before the first; ``fault`` says why there could be none.

    It remembers how far the chain was whole, so that who asks in between does not walk all of it again.
    """

    def __init__(self, db: Database, /, *, key: AuditKey, heads: Path, clock: Clock) -> None:
        self._db = db
        self._key = key
        self._heads = heads
        self._clock = clock
        self._written: datetime | None = None
        self._verified: datetime | None = None
        self._walked = Walked()
        self.last_verdict: AuditVerdict | None = None
        self.fault = ""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Do what is due by the clock; what fails is told by ``fault`` and in the log, and tried at the next look."""
        now = self._clock.now()
        try:
            if self._verified is None or now - self._verified >= VERIFY_EVERY:
                await self.verify()
                self._verified = now
            if self._written is None or now - self._written >= HEAD_EVERY:
                await self._write_head(now)
                self._written = now
            self.fault = ""
        except DatabaseAway:
            self.fault = "the database is away"
        except (OSError, HeadsFault) as error:
            self.fault = f"{self._heads}: {error}"
            log.warning("the head of the audit cannot be kept", reason=self.fault)

    async def verify(self) -> AuditVerdict:
        """Walk the whole chain now and return the verdict; the end of the last whole walk counts as a head."""
        heads = read_heads(self._heads)
        if self._walked.number:
            walked = Head(at=self._clock.now(), number=self._walked.number, chain=self._walked.chain.hex())
            heads = [walked, *heads]
        verdict, walked_now = await walk_on(self._db, key=self._key, heads=heads, since=Walked())
        return self._judged(verdict, walked_now)

    async def verdict(self) -> AuditVerdict:
        """Walk from where the last whole walk ended, and return the verdict; once it is broken, walk all of it."""
        if self.last_verdict is None or self._broken():
            return await self.verify()
        since = self._walked
        verdict, walked = await walk_on(self._db, key=self._key, heads=read_heads(self._heads), since=since)
        # A whole walk that ended meanwhile knows more.
        return self._broken() or self._judged(verdict, walked)

    def _broken(self) -> AuditVerdict | None:
        known = self.last_verdict
        return known if known is not None and not known.whole else None

    def _judged(self, verdict: AuditVerdict, walked: Walked) -> AuditVerdict:
        if verdict.whole:
            self._walked = walked
        else:
            log.error("the audit is broken", broken_at=verdict.broken_at, reason=verdict.reason)
        self.last_verdict = verdict
        return verdict

    async def _write_head(self, now: datetime) -> None:
        """Write where the chain ends, unless it was verified as broken: a head of a false chain would hide it."""
        head = await last_head(self._db, at=now)
        if head is None or self._broken():
            return
        known = read_heads(self._heads)
        if not known or known[-1].number < head.number:
            append_head(self._heads, head)
            log.info("the audit ends here", number=head.number, chain=head.chain)
