"""Contacts for reading: the list and one contact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from agent_desk.contacts.contact_view import ContactView
from agent_desk.contacts.store import ContactStore
from agent_desk.contacts.view import IN_CONFIDENCE, ContactViews
from agent_desk.pages.parts import OfContact
from agent_desk.ports import Orders
from runtime.clock import Clock
from runtime.codec import Meta
from runtime.web import Request, Route, get
from vocabulary.errors import Refused
from vocabulary.ids import ContactId, SeatNo, WorkOrderNo
from vocabulary.people import Role

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
AGENTS = frozenset({Role.AGENT, Role.ADMIN})
SHORTEST_REASON = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """One contact in the list."""

    contact: ContactId
    at: datetime
    caller_masked: str
    line_name: str
    seat: SeatNo | None
    connected: bool
    seconds: float
    order_no: WorkOrderNo | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQuery:
    """How many of the newest."""

    limit: Annotated[int, Meta(ge=1, le=500, description="How many contacts at most")] = 100


class ContactPages:
    """Handlers of contacts."""

    def __init__(self, *, views: ContactViews, store: ContactStore, orders: Orders, clock: Clock) -> None:
        self._views = views
        self._store = store
        self._orders = orders
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        newest = "Newest contacts; an agent sees those of the own seat"
        return (
            get("/api/contacts", self.recent, READERS, newest),
            get("/api/contacts/{contact}", self.one, READERS, "A contact"),
        )

    async def recent(self, request: Request[None], *, query: ContactQuery) -> list[ContactRow]:
        """Answer with the newest contacts."""
        who = request.principal
        records = await self._store.recent(
            limit=query.limit,
            seat=who.seat if who.role is Role.AGENT else None,
        )
        rows = []
        for record in records:
            order = await self._orders.of_contact(record.contact)
            end = record.ended_at or self._clock.now()
            rows.append(
                ContactRow(
                    contact=record.contact,
                    at=record.accepted_at,
                    caller_masked=IN_CONFIDENCE if record.confidential else record.caller.masked(),
                    line_name=record.line_name,
                    seat=record.seat,
                    connected=record.connected_at is not None,
                    seconds=(end - record.accepted_at).total_seconds(),
                    order_no=order.order_no if order else None,
                    reason=record.reason or "",
                )
            )
        return rows

    async def one(self, request: Request[None], *, contact: OfContact) -> ContactView:
        """Answer with one contact."""
        return await self._views.view(contact, principal=request.principal)


def check_reason(why: str, /) -> None:
    """Refuse a look or a play without a reason of at least four characters."""
    if len(why) < SHORTEST_REASON:
        raise Refused("reason-needed", f"请写明查看理由，至少{SHORTEST_REASON}个字")
