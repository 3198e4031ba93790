"""The web side of analytics: overview, figures with what is behind them, topics, briefings."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from analytics.figures import FIGURES, Figure, FigureName, Period, Scope
from analytics.hot_issues.topics import Topic
from analytics.service import AnalyticsService
from analytics.store import BehindFigure, BriefingRow
from runtime.web import Download, Handler, NotFound, Request, Route
from vocabulary.calls import Origin
from vocabulary.errors import FieldError
from vocabulary.ids import BriefingId
from vocabulary.people import Role

ANALYSTS = frozenset({Role.ANALYST, Role.ADMIN})
EVERYBODY = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
OVERVIEW = tuple(name for name in FigureName if name is not FigureName.CONNECTED_TOTAL)
SCOPE_QUERY = {"origin": "live or demo, default live", "days": "1..400, default 1"}


Row = tuple[str, Handler, frozenset[Role], str, object, dict[str, str]]
"""Path, handler, roles, summary, reply type, query parameters of a GET."""


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
        rows: tuple[Row, ...] = (
            ("/overview", self.overview, EVERYBODY, "Service level, volumes, figures", Overview, SCOPE_QUERY),
            ("/figures/{name}", self.figure, EVERYBODY, "A figure and what is behind it", FigureView, SCOPE_QUERY),
            ("/topics", self.topics, ANALYSTS, "Hot issues against what is usual", list[Topic], SCOPE_QUERY),
            ("/briefings", self.briefings, ANALYSTS, "Briefings, newest first", list[BriefingRow], {}),
            ("/briefings/{briefing}", self.briefing, ANALYSTS, "A briefing as a page", Download, {}),
            (
                "/briefings/{briefing}/figures/{name}",
                self.frozen,
                ANALYSTS,
                "A number of a briefing as it was frozen",
                FrozenView,
                {},
            ),
        )
        reads = tuple(
            Route(
                method="GET", path=f"{base}{path}", handler=handler, roles=roles, summary=text, reply=reply, query=query
            )
            for path, handler, roles, text, reply, query in rows
        )
        issue = Route(
            method="POST",
            path=f"{base}/briefings",
            handler=self.issue,
            roles=ANALYSTS,
            summary="Compile a briefing",
            request=BriefingBody,
            reply=Issued,
        )
        return (*reads, issue)

    async def overview(self, request: Request[None]) -> Overview:
        """Answer with the figures of a scope."""
        scope = self._scope(request)
        volumes = await self._service.volumes(scope)
        return Overview(
            origin=scope.origin,
            figures=await self._service.figures(OVERVIEW, scope),
            volumes={name: [Bar(label=bar.label, n=bar.n) for bar in bars] for name, bars in volumes.items()},
            connected_total=await self._service.connected_total(),
            position=await self._service.position(),
            as_of=scope.end,
        )

    async def figure(self, request: Request[None]) -> FigureView:
        """Answer with a figure and the contacts behind it."""
        name = request.path["name"]
        if name not in set(FigureName):
            raise NotFound(f"没有“{name[:40]}”这个指标，可选：{'、'.join(FIGURES)}")
        period = self._scope(request)
        scope = Scope(origin=period.origin) if name == FigureName.CONNECTED_TOTAL else period
        figures = await self._service.figures((FigureName(name),), scope)
        contacts, total = await self._service.behind(FigureName(name), scope)
        return FigureView(figure=figures[0], contacts=contacts, total=total)

    async def topics(self, request: Request[None]) -> list[Topic]:
        """Answer with the topics of a scope."""
        return list(await self._service.topics(self._scope(request)))

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

    async def briefing(self, request: Request[None]) -> Download:
        """Answer with a briefing's page."""
        found = await self._service.briefing(_identity(request.path["briefing"]))
        if found is None:
            raise NotFound("没有这份专报")
        return Download(content_type="text/html; charset=utf-8", body=found[0].encode())

    async def frozen(self, request: Request[None]) -> FrozenView:
        """Answer with a frozen number: the same value that the page prints."""
        found = await self._service.briefing(_identity(request.path["briefing"]))
        number = found[1].get(request.path["name"]) if found else None
        if number is None:
            raise NotFound("这份专报里没有这个数字")
        behind = await self._service.store.behind(list(number.contacts))
        return FrozenView(**{**asdict(number), "contacts": behind})

    def _scope(self, request: Request[None]) -> Period:
        origin = request.query.get("origin", Origin.LIVE.value)
        if origin not in set(Origin):
            raise FieldError({"origin": "origin 只能是 live 或 demo"})
        return self._service.scope(origin=Origin(origin), days=request.whole("days", default=1, least=1, most=400))


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("没有这份专报") from None
