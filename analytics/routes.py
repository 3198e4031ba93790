"""The web side of analytics: overview, figures with what is behind them, topics, briefings."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Annotated

from analytics.figures import FIGURES, Figure, FigureName, Period, Scope
from analytics.hot_issues.topics import Topic
from analytics.service import AnalyticsService
from analytics.store import BehindFigure, BriefingRow
from runtime.codec import Meta
from runtime.web import Download, NotFound, PathPart, Request, Route, get, post
from vocabulary.calls import Origin
from vocabulary.errors import FieldError
from vocabulary.ids import BriefingId
from vocabulary.people import Role

ANALYSTS = frozenset({Role.ANALYST, Role.ADMIN})
EVERYBODY = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
OVERVIEW = tuple(name for name in FigureName if name is not FigureName.CONNECTED_TOTAL)
OfBriefing = Annotated[BriefingId, PathPart(missing="没有这份专报")]
OfFigure = Annotated[FigureName, PathPart(missing=f"没有“{{text}}”这个指标，可选：{'、'.join(FIGURES)}")]
OfNumber = Annotated[str, PathPart(missing="这份专报里没有这个数字")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeQuery:
    """Which calls are counted: of what origin, in how many local days up to now."""

    origin: Annotated[Origin, Meta(description="Real or made-up calls")] = Origin.LIVE
    days: Annotated[int, Meta(ge=1, le=400, description="Local days up to now")] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart."""

    label: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The analyst's first page; ``position`` is the end of the log at ``as_of``."""

    origin: Origin
    figures: list[Figure]
    volumes: dict[str, list[Bar]]
    connected_total: Figure
    position: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A figure with the contacts behind it, at most 200 of ``total``."""

    figure: Figure
    contacts: list[BehindFigure]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenView:
    """A number of a briefing as it was frozen."""

    name: str
    label: str
    value: float | None
    text: str
    unit: str
    query: str
    contacts: list[BehindFigure] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingBody:
    """Over what to compile: the last ``days`` local days up to now."""

    origin: Origin = Origin.LIVE
    days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A briefing that was made."""

    briefing: BriefingId


class AnalyticsPages:
    """Handlers over the service."""

    def __init__(self, service: AnalyticsService, /) -> None:
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        base = "/api/analytics"
        one = f"{base}/briefings/{{briefing}}"
        return (
            get(f"{base}/overview", self.overview, EVERYBODY, "Service level, volumes, figures"),
            get(f"{base}/figures/{{name}}", self.figure, EVERYBODY, "A figure and what is behind it"),
            get(f"{base}/topics", self.topics, ANALYSTS, "Hot issues against what is usual"),
            get(f"{base}/briefings", self.briefings, ANALYSTS, "Briefings, newest first"),
            get(one, self.briefing, ANALYSTS, "A briefing as a page"),
            get(f"{one}/figures/{{name}}", self.frozen, ANALYSTS, "A number of a briefing as it was frozen"),
            post(f"{base}/briefings", self.issue, ANALYSTS, "Compile a briefing"),
        )

    async def overview(self, request: Request[None], *, query: ScopeQuery) -> Overview:
        """Answer with the figures of a scope."""
        del request
        scope = self._scope(query)
        volumes = await self._service.volumes(scope)
        return Overview(
            origin=scope.origin,
            figures=await self._service.figures(OVERVIEW, scope),
            volumes={name: [Bar(label=bar.label, n=bar.n) for bar in bars] for name, bars in volumes.items()},
            connected_total=await self._service.connected_total(),
            position=await self._service.position(),
            as_of=scope.end,
        )

    async def figure(self, request: Request[None], *, name: OfFigure, query: ScopeQuery) -> FigureView:
        """Answer with a figure and the contacts behind it."""
        del request
        period = self._scope(query)
        scope = Scope(origin=period.origin) if name is FigureName.CONNECTED_TOTAL else period
        figures = await self._service.figures((name,), scope)
        contacts, total = await self._service.behind(name, scope)
        return FigureView(figure=figures[0], contacts=contacts, total=total)

    async def topics(self, request: Request[None], *, query: ScopeQuery) -> list[Topic]:
        """Answer with the topics of a scope."""
        del request
        return list(await self._service.topics(self._scope(query)))

    async def briefings(self, request: Request[None]) -> list[BriefingRow]:
        """Answer with the list of briefings."""
        del request
        return await self._service.store.briefings()

    async def issue(self, request: Request[BriefingBody]) -> Issued:
        """Compile a briefing over the last days."""
        body = request.body
        if not 1 <= body.days <= 400:
            raise FieldError({"days": "期间应为1至400天"})
        scope = self._service.scope(origin=body.origin, days=body.days)
        identity = await self._service.issue_briefing(
            origin=body.origin,
            start=scope.start,
            end=scope.end,
            account=request.principal.account,
            by=request.principal.name,
        )
        return Issued(briefing=identity)

    async def briefing(self, request: Request[None], *, briefing: OfBriefing) -> Download:
        """Answer with a briefing's page."""
        del request
        found = await self._service.briefing(briefing)
        if found is None:
            raise NotFound("没有这份专报")
        return Download(content_type="text/html; charset=utf-8", body=found[0].encode())

    async def frozen(self, request: Request[None], *, briefing: OfBriefing, name: OfNumber) -> FrozenView:
        """Answer with a frozen number: the same value that the page prints."""
        del request
        found = await self._service.briefing(briefing)
        number = found[1].get(name) if found else None
        if number is None:
            raise NotFound("这份专报里没有这个数字")
        behind = await self._service.store.behind(list(number.contacts))
        return FrozenView(**{**asdict(number), "contacts": behind})

    def _scope(self, query: ScopeQuery) -> Period:
        return self._service.scope(origin=query.origin, days=query.days)
