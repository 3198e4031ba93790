"""A far engine with a near one behind it: when the far one is away or slow, the near one answers at once."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from knowledge.analysis.tokens import TokenQuery
from knowledge.engine.protocol import Document, EngineAway, EngineState, Hit, SearchEngine
from runtime.clock import Clock
from runtime.telemetry import get_logger
from vocabulary.ids import EntryCode

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=60)
log = get_logger(__name__)


class FailoverEngine:
    """Circuit breaker: one failure opens it for 2 s, doubling to 60 s; a success closes it.

    State and changes are those of the near engine, which is always complete. The far engine answers searches only
    while ``far_ready`` is set; whoever keeps the indexes up to date sets it.
    """

    def __init__(self, *, far: SearchEngine, near: SearchEngine, clock: Clock) -> None:
        self._far, self._near, self._clock = far, near, clock
        self._pause = FIRST_PAUSE
        self._closed_until_s = 0.0
        self.far_ready = False

    @property
    def far(self) -> SearchEngine:
        """The far engine, to bring it up to date."""
        return self._far

    @property
    def near(self) -> SearchEngine:
        """The near engine."""
        return self._near

    async def state(self) -> EngineState:
        """Return what the near engine holds."""
        return await self._near.state()

    async def rebuild(self, documents: Iterable[Document], /, *, analysis: str) -> None:
        """Rebuild the near engine; the far one is out of date until it is brought back."""
        self.far_ready = False
        await self._near.rebuild(documents, analysis=analysis)

    async def apply(self, *, upserts: Sequence[Document], deletes: Sequence[EntryCode]) -> None:
        """Change the near engine; the far one is out of date until it is brought back."""
        self.far_ready = False
        await self._near.apply(upserts=upserts, deletes=deletes)

    async def search(self, query: TokenQuery, /, *, on: date, limit: int) -> tuple[Hit, ...]:
        """Ask the far engine, or the near one while the far one is away, slow or out of date."""
        if self.far_ready and self._clock.monotonic() >= self._closed_until_s:
            try:
                hits = await self._far.search(query, on=on, limit=limit)
            except EngineAway as error:
                self._closed_until_s = self._clock.monotonic() + self._pause.total_seconds()
                log.warning("search engine away, the embedded one answers", pause_s=self._pause.total_seconds(),
                            error=str(error))  # fmt: skip
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
            else:
                self._pause = FIRST_PAUSE
                return hits
        return await self._near.search(query, on=on, limit=limit)

    async def close(self) -> None:
        """Close both."""
        try:
            await self._far.close()
        finally:
            await self._near.close()
