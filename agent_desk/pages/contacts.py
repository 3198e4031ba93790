"""Contacts: view, list, draft, order, call-backs, and plain personal data with a reason."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from agent_desk.auditing import write_down
from agent_desk.contacts.store import Callback, ContactStore
from agent_desk.contacts.view import ContactView, ContactViews
from agent_desk.drafting.draft import DraftPatch, SavedDraft, check_patch
from agent_desk.ports import Orders
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.web import NotFound, Request, Route
from vocabulary.errors import Refused
from vocabulary.events.knowledge import SuggestionUsed
from vocabulary.ids import CategoryCode, ContactId, EntryCode, EventId, SeatNo, WorkOrderNo
from vocabulary.orders import OrderBrief, OrderRequest, RequestKind
from vocabulary.people import Role
from vocabulary.personal import PersonName, PhoneNumber
from vocabulary.suggestions import SuggestionUse

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
class OrderForm:
    """The form as it is sent."""

    kind: RequestKind
    category: CategoryCode
    title: str = field(repr=False)
    content: str = field(repr=False)
    district: str = ""
    place: str = field(default="", repr=False)
    occurred: str = ""
    wish: str = field(default="", repr=False)
    caller_name: PersonName = field(default_factory=lambda: PersonName(""))
    callback_phone: PhoneNumber = field(default_factory=lambda: PhoneNumber(""))
    direct: bool = False
    confidential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UseBody:
    """What was done with a suggestion."""

    use: SuggestionUse
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealBody:
    """Why a plain number is needed."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A plain number, for this one look."""

    value: str = field(repr=False)


class ContactPages:
    """Handlers of contacts."""

    def __init__(
        self,
        *,
        views: ContactViews,
        store: ContactStore,
        orders: Orders,
        database: Database,
        clock: Clock,
    ) -> None:
        self._views = views
        self._store = store
        self._orders = orders
        self._database = database
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        return (*self._for_reading(), *self._for_the_call(), *self._for_call_backs())

    def _for_reading(self) -> tuple[Route, ...]:
        one = "/api/contacts/{contact}"
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
            Route(method="GET", path=one, handler=self.one, roles=READERS, summary="A contact", reply=ContactView),
            Route(
                method="POST",
                path=f"{one}/reveal",
                handler=self.reveal,
                roles=AGENTS,
                summary="Show the caller's number, with a reason",
                request=RevealBody,
                reply=Revealed,
            ),
        )

    def _for_the_call(self) -> tuple[Route, ...]:
        one = "/api/contacts/{contact}"
        return (
            Route(
                method="PATCH",
                path=f"{one}/draft",
                handler=self.save_draft,
                roles=AGENTS,
                summary="Save what this page changed on the form",
                request=DraftPatch,
                reply=SavedDraft,
            ),
            Route(
                method="POST",
                path=f"{one}/order",
                handler=self.send_order,
                roles=AGENTS,
                summary="Make the work order",
                request=OrderForm,
                reply=OrderBrief,
            ),
            Route(
                method="POST",
                path=f"{one}/suggestions/{{entry}}",
                handler=self.used,
                roles=AGENTS,
                summary="Tell what was done with a suggestion",
                request=UseBody,
            ),
        )

    def _for_call_backs(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/callbacks",
                handler=self.callbacks,
                roles=AGENTS,
                summary="People to call back",
                reply=list[Callback],
            ),
            Route(
                method="POST",
                path="/api/callbacks/{contact}/done",
                handler=self.callback_done,
                roles=AGENTS,
                summary="Take a person off the call-back list",
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
                    caller_masked=record.caller.masked(),
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

    async def save_draft(self, request: Request[DraftPatch]) -> SavedDraft:
        """Merge what this page changed; 409 ``draft-changed`` names the fields that another page changed meanwhile."""
        contact = contact_of(request.path["contact"])
        await self._views.check_seat(contact, principal=request.principal)
        check_patch(request.body)
        return await self._store.save_draft(contact, request.body, account=request.principal.account)

    async def send_order(self, request: Request[OrderForm]) -> OrderBrief:
        """Make the order; FieldError names wrong fields in Chinese."""
        form, contact = request.body, contact_of(request.path["contact"])
        await self._views.check_seat(contact, principal=request.principal)
        order = OrderRequest(
            contact=contact,
            kind=form.kind,
            category=form.category,
            title=form.title,
            content=form.content,
            district=form.district,
            place=form.place,
            occurred=form.occurred,
            wish=form.wish,
            caller_name=form.caller_name,
            callback_phone=await self._views.resolved(contact, form.callback_phone),
            direct=form.direct,
            confidential=form.confidential,
        )
        return await self._orders.accept(order, principal=request.principal)

    async def used(self, request: Request[UseBody]) -> None:
        """Write what was done with a suggestion to the log."""
        contact = contact_of(request.path["contact"])
        await self._views.check_seat(contact, principal=request.principal)
        async with self._database.transaction() as tx:
            tx.emit(
                SuggestionUsed(
                    event_id=EventId(new_id()),
                    occurred_at=self._clock.now(),
                    contact=contact,
                    entry=EntryCode(request.path["entry"]),
                    version=request.body.version,
                    use=request.body.use,
                    agent=request.principal.account,
                )
            )

    async def reveal(self, request: Request[RevealBody]) -> Revealed:
        """Answer with the caller's number after the look was written down."""
        contact, why = contact_of(request.path["contact"]), request.body.why.strip()
        check_reason(why)
        caller = await self._views.caller_of(contact)
        async with self._database.transaction() as tx:
            await write_down(
                tx,
                at=self._clock.now(),
                account=request.principal.account,
                what="caller-number-revealed",
                contact=contact,
                why=why,
            )
        return Revealed(value=caller.reveal())

    async def callbacks(self, request: Request[None]) -> list[Callback]:
        """Answer with people to call back."""
        del request
        return await self._store.callbacks()

    async def callback_done(self, request: Request[None]) -> None:
        """Take a person off the list."""
        await self._store.callback_done(contact_of(request.path["contact"]), by=request.principal.name)


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
