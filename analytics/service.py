"""Figures, topics and briefings for pages; what blocks runs in worker threads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.briefing.compose import SHOWN, Briefing, Frozen, compose
from analytics.figures import Figure, FigureName, Period, Scope
from analytics.hot_issues.topics import Topic, find_topics
from analytics.store import BehindFigure, FactStore
from analytics.topic_queries import topic_queries
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.log import log_end
from runtime.postgres import Database
from runtime.workers import Workers
from vocabulary.calls import Origin
from vocabulary.events.analytics import BriefingIssued
from vocabulary.ids import AccountId, BriefingId, EventId

if TYPE_CHECKING:
    from analytics.metrics.engine import Bucket, Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsNeeds:
    """What the room gets from outside. ``database_url`` is for the engine of figures, which has a driver of its own."""

    database: Database
    database_url: str
    workers: Workers
    clock: Clock
    zone: ZoneInfo
    city: str


class AnalyticsService:
    """Answers questions over the facts."""

    def __init__(self, needs: AnalyticsNeeds, /) -> None:
        self._needs = needs
        self.store = FactStore(needs.database)
        self._metrics: Metrics | None = None

    def _engine(self) -> "Metrics":
        """Load the engine at its first use: it takes seconds, and no other process needs it."""
        if self._metrics is None:
            from analytics.metrics.engine import Metrics  # noqa: PLC0415

            self._metrics = Metrics(database_url=self._needs.database_url)
        return self._metrics

    def scope(self, *, origin: Origin, days: int) -> Period:
        """Return the last ``days`` local days up to now, today included."""
        now = self._needs.clock.now()
        today = now.astimezone(self._needs.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return Period(origin=origin, start=today - timedelta(days=days - 1), end=now + timedelta(seconds=1))

    async def figures(self, names: tuple[FigureName, ...], scope: Scope, /) -> list[Figure]:
        """Return figures of a scope."""
        return await self._needs.workers.run(lambda: self._engine().figures(names, scope))

    async def warm_up(self) -> None:
        """Load the engine before the first question: importing it takes seconds."""
        await self.connected_total()

    async def connected_total(self) -> Figure:
        """Return how many live calls a person ever answered."""
        found = await self.figures((FigureName.CONNECTED_TOTAL,), Scope(origin=Origin.LIVE))
        return found[0]

    async def behind(self, name: FigureName, scope: Scope, /) -> tuple[list[BehindFigure], int]:
        """Return the contacts behind a figure, at most 200, and how many there are."""
        rows, total = await self._needs.workers.run(lambda: self._engine().contacts(name, scope))
        return await self.store.behind([contact for contact, _ in rows]), total

    async def volumes(self, scope: Scope, /) -> "dict[str, list[Bucket]]":
        """Return calls by hour, day and line, orders by kind and district."""
        offset = self._needs.clock.now().astimezone(self._needs.zone).utcoffset() or timedelta(0)
        offset_s = int(offset.total_seconds())
        return await self._needs.workers.run(lambda: self._engine().volumes(scope, offset_s=offset_s))

    async def topics(self, scope: Scope, /) -> tuple[Topic, ...]:
        """Return the topics of a scope against the 28 days before it."""
        start = scope.start or await self.store.first_day(scope)
        end = scope.end or self._needs.clock.now()
        if start is None:
            return ()
        cases = await self.store.cases(Scope(origin=scope.origin, start=start, end=end))
        return await self._needs.workers.run(lambda: find_topics(cases, start=start, end=end))

    async def position(self) -> int:
        """Return the end of the log that figures are behind of at most."""
        return await log_end(self._needs.database)

    async def issue_briefing(
        self, *, origin: Origin, start: datetime, end: datetime, account: AccountId | None, by: str
    ) -> BriefingId:
        """Compile, freeze and keep a briefing over [start, end)."""
        from analytics.briefing.page import page  # noqa: PLC0415 - the template engine is for briefings only

        scope = Period(origin=origin, start=start, end=end)
        identity, now, position = BriefingId(new_id()), self._needs.clock.now(), await self.position()
        topics = await self.topics(scope)
        briefing: Briefing = compose(
            city=self._needs.city,
            period=(origin, start, end),
            issued_at=now,
            figures=await self.figures(SHOWN, scope),
            topics=topics,
            topic_queries={topic.topic: topic_queries(topic.topic, scope) for topic in topics},
        )
        html = page(briefing, identity=str(identity), position=position, zone=self._needs.zone)
        event = BriefingIssued(
            event_id=EventId(new_id()),
            occurred_at=now,
            contact=None,
            briefing=identity,
            title=f"{self._needs.city}{briefing.title}",
            period_from=start,
            period_to=end,
            position=position,
            account=account,
        )
        await self.store.save_briefing(
            event, origin=origin.value, issued_by=by, figures=briefing.all_figures, html=html
        )
        return identity

    async def briefing(self, identity: UUID, /) -> tuple[str, dict[str, Frozen]] | None:
        """Return a briefing's page and its frozen figures."""
        return await self.store.briefing(identity)
