"""Reads cases for topics, lines behind a figure, and briefings; writes briefings."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from analytics.briefing.compose import Frozen
from analytics.figures import Scope
from analytics.hot_issues.topics import LOOK_BACK, Case
from runtime.codec import encode, from_builtins
from runtime.postgres import Database
from vocabulary.events.analytics import BriefingIssued

MOST_CASES = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindFigure:
    """One contact behind a figure with its order and, by call and call time, its most telling line."""

    contact: str
    at: datetime
    order_no: str | None
    title: str = field(repr=False)
    district: str
    call: str | None
    utterance_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingRow:
    """One briefing in the list."""

    briefing: UUID
    title: str
    origin: str
    period_from: datetime
    period_to: datetime
    issued_at: datetime


class FactStore:
    """Plain queries over schema ``analytics``."""

    def __init__(self, database: Database, /) -> None:
        self._database = database

    async def cases(self, scope: Scope, /) -> list[Case]:
        """Return the orders of a scope and of 28 days before it, with what their callers said."""
        start = scope.start - LOOK_BACK if scope.start else None
        async with self._database.reading() as reading:
            return await reading.fetch_as(
                Case,
                "select o.contact::text, o.order_no, o.created_at as at, o.leaf, o.district, o.place, o.title,"
                " o.title || '。' || o.content as text, coalesce(c.caller_digest, '') as caller,"
                " coalesce((select jsonb_agg(jsonb_build_array(s.start_ms,"
                " s.text) order by f.invite_at, s.call, s.start_ms) from analytics.spoken_fact s"
                " left join analytics.call_fact f on f.call = s.call where s.contact = o.contact"
                " and s.party = 'CALLER' and not exists (select from analytics.confidential k"
                " where k.contact = s.contact and k.confidential)), '[]'::jsonb) as spoken"
                " from analytics.order_fact o left join lateral (select f.caller_digest from analytics.call_fact f"
                " where f.contact = o.contact order by f.invite_at limit 1) c on true"
                " where o.origin = :origin and (:start::timestamptz is null or o.created_at >= :start)"
                " and (:end::timestamptz is null or o.created_at < :end) order by o.created_at desc limit :most",
                origin=scope.origin.value,
                start=start,
                end=scope.end,
                most=MOST_CASES,
            )

    async def behind(self, contacts: list[str], /) -> list[BehindFigure]:
        """Return what is known of contacts, in their order: order, and the caller's longest line."""
        async with self._database.reading() as reading:
            return await reading.fetch_as(
                BehindFigure,
                "select w.contact::text, coalesce(c.first_at, o.created_at) as at, o.order_no,"
                " coalesce(o.title, '') as title, coalesce(o.district, '') as district,"
                " l.call::text, l.start_ms as utterance_ms from unnest($1::uuid[]) with ordinality w(contact, place)"
                " left join lateral (select s.call, s.start_ms from analytics.spoken_fact s where s.contact = w.contact"
                " and s.party = 'CALLER' order by length(s.text) desc, s.start_ms, s.call limit 1) l on true"
                " left join lateral (select min(f.invite_at) as first_at from analytics.call_fact f"
                " where f.contact = w.contact) c on true left join analytics.order_fact o using (contact)"
                " where c.first_at is not null or o.contact is not null order by w.place",
                contacts,
            )

    async def first_day(self, scope: Scope, /) -> datetime | None:
        """Return the instant of the first fact of an origin."""
        async with self._database.reading() as reading:
            first: datetime | None = await reading.fetchval(
                "select min(invite_at) from analytics.call_fact where origin = $1", scope.origin.value
            )
        return first

    async def save_briefing(
        self, event: BriefingIssued, /, *, origin: str, issued_by: str, figures: dict[str, Frozen], html: str
    ) -> None:
        """Keep a briefing with its frozen figures and tell the log."""
        async with self._database.transaction() as tx:
            values = {
                "briefing": event.briefing,
                "title": event.title,
                "origin": origin,
                "period_from": event.period_from,
                "period_to": event.period_to,
                "position": event.position,
                "issued_at": event.occurred_at,
                "issued_by": issued_by,
                "figures": encode(figures),
                "html": html,
            }
            await tx.insert_into("analytics.briefing", values)
            tx.emit(event)

    async def briefings(self, *, limit: int = 100) -> list[BriefingRow]:
        """Return briefings, newest first."""
        async with self._database.reading() as reading:
            return await reading.fetch_as(
                BriefingRow,
                "select briefing, title, origin, period_from, period_to, issued_at from analytics.briefing"
                " order by issued_at desc limit $1",
                limit,
            )

    async def briefing(self, identity: UUID, /) -> tuple[str, dict[str, Frozen]] | None:
        """Return HTML and frozen figures of a briefing."""
        async with self._database.reading() as reading:
            row = await reading.fetchrow("select html, figures from analytics.briefing where briefing = $1", identity)
        return (row["html"], from_builtins(row["figures"], dict[str, Frozen])) if row else None
