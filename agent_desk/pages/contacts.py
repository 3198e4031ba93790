"""Contacts for reading: the list and one contact."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent_desk.contacts.contact_view import ContactView
from agent_desk.contacts.store import ContactStore
from agent_desk.contacts.view import IN_CONFIDENCE, ContactViews
from agent_desk.ports import Orders
from runtime.clock import Clock
from runtime.web import NotFound, Request, Route
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


class ContactPages:
    """Handlers of contacts."""

    def __init__(self, *, views: ContactViews, store: ContactStore, orders: Orders, clock: Clock) -> None:
        self._views = views
        self._store = store
        self._orders = orders
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        return (
            Route(
                method="GET",
                path="/api/contacts",
                handler=self.recent,
                roles=READERS,
                summary="Newest contacts; an agent sees those of the own seat",
                reply=list[ContactRow],
                query={"limit": "1..500, default 100"},
            ),
            Route(
                method="GET",
                path="/api/contacts/{contact}",
                handler=self.one,
                roles=READERS,
                summary="A contact",
                reply=ContactView,
            ),
        )

    async def recent(self, request: Request[None]) -> list[ContactRow]:
        """Answer with the newest contacts."""
        who = request.principal
        records = await self._store.recent(
            limit=request.whole("limit", default=100, least=1, most=500),
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

    async def one(self, request: Request[None]) -> ContactView:
        """Answer with one contact."""
        return await self._views.view(contact_of(request.path["contact"]), principal=request.principal)


def contact_of(text: str, /) -> ContactId:
    """Read a contact id from a path; NotFound for anything else."""
    try:
        return ContactId(UUID(text))
    except ValueError:
        raise NotFound("没有这次来电") from None


def check_reason(why: str, /) -> None:
    """Refuse a look or a play without a reason of at least four characters."""
    if len(why) < SHORTEST_REASON:
        raise Refused("reason-needed", f"请写明查看理由，至少{SHORTEST_REASON}个字")
