"""What an agent does for a call: the form as it grows, the order, the use of suggestions."""

from dataclasses import dataclass, field

from agent_desk.contacts.contact_view import MatterView
from agent_desk.contacts.matters import Matters
from agent_desk.contacts.numbers import known_numbers, resolved_phone
from agent_desk.contacts.rights import What
from agent_desk.contacts.view import ContactViews
from agent_desk.drafting.draft import DraftPatch, SavedDraft, check_patch
from agent_desk.pages.contacts import AGENTS
from agent_desk.pages.parts import OfContact, OfEntry, OfMatter
from agent_desk.ports import Knowledge, Orders
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database
from runtime.web import NotFound, Request, Route, patch, post
from vocabulary.events.knowledge import SuggestionUsed
from vocabulary.ids import CategoryCode, EventId
from vocabulary.orders import OrderBrief, OrderRequest, RequestKind
from vocabulary.personal import PersonName, PhoneNumber
from vocabulary.suggestions import SuggestionUse
from vocabulary.unnamed import said_names


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


class CallPages:
    """Handlers of the own contact; everybody else's is not found."""

    def __init__(
        self,
        *,
        views: ContactViews,
        matters: Matters,
        orders: Orders,
        knowledge: Knowledge,
        database: Database,
        clock: Clock,
    ) -> None:
        self._views = views
        self._matters = matters
        self._orders = orders
        self._knowledge = knowledge
        self._database = database
        self._clock = clock

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        one = "/api/contacts/{contact}"
        return (
            post(f"{one}/matters", self.open_matter, AGENTS, "Open another matter; an untouched form is taken first"),
            patch(f"{one}/matters/{{matter}}/draft", self.save_draft, AGENTS, "Save what this page changed on a form"),
            post(f"{one}/matters/{{matter}}/order", self.send_order, AGENTS, "Make the work order of a matter"),
            post(f"{one}/suggestions/{{entry}}", self.used, AGENTS, "Tell what was done with a suggestion"),
        )

    async def open_matter(self, request: Request[None], *, contact: OfContact) -> MatterView:
        """Open another matter; asked twice it opens one."""
        who = request.principal
        await self._views.demand(contact, What.FORM, principal=who)
        sent = frozenset(order.matter for order in await self._orders.of_contacts((contact,)))
        opened = await self._matters.open(contact, sent=sent, account=who.account)
        return MatterView(matter=opened.matter, draft=opened.draft, order=None)

    async def save_draft(self, request: Request[DraftPatch], *, contact: OfContact, matter: OfMatter) -> SavedDraft:
        """Merge what this page changed; 409 ``draft-changed`` names the fields that another page changed meanwhile."""
        who = request.principal
        check_patch(request.body)
        await self._views.demand(contact, What.FORM, principal=who)
        return await self._matters.save(contact, matter, request.body, account=who.account)

    async def send_order(self, request: Request[OrderForm], *, contact: OfContact, matter: OfMatter) -> OrderBrief:
        """Make the order; FieldError names wrong fields in Chinese. A masked number means the one it was made from."""
        form, who = request.body, request.principal
        await self._views.demand(contact, What.FORM, principal=who)
        await self._matters.demand(contact, matter)
        spoken = await self._views.words_of(contact)
        known = known_numbers(await self._views.requester_of(contact), spoken)
        order = OrderRequest(
            contact=contact,
            matter=matter,
            kind=form.kind,
            category=form.category,
            title=form.title,
            content=form.content,
            district=form.district,
            place=form.place,
            occurred=form.occurred,
            wish=form.wish,
            caller_name=form.caller_name,
            callback_phone=resolved_phone(form.callback_phone, known=known),
            direct=form.direct,
            confidential=form.confidential,
            said_names=tuple(PersonName(name) for heard in spoken for name in sorted(said_names(heard.text))),
        )
        if form.confidential:  # before anybody can see the order
            await self._matters.say_confidential(contact, matter, confidential=True, account=who.account)
        made = await self._orders.accept(order, principal=who)
        if not form.confidential:  # a refused order opens nothing
            await self._matters.say_confidential(contact, matter, confidential=False, account=who.account)
        return made

    async def used(self, request: Request[UseBody], *, contact: OfContact, entry: OfEntry) -> None:
        """Write what was done with a suggestion to the log; NotFound for an entry that never was."""
        body = request.body
        await self._views.demand(contact, What.FORM, principal=request.principal)
        if not await self._knowledge.has_entry(entry, version=body.version):
            raise NotFound("知识库中没有这个条目")
        async with self._database.transaction() as tx:
            tx.emit(
                SuggestionUsed(
                    event_id=EventId(new_id()),
                    occurred_at=self._clock.now(),
                    contact=contact,
                    entry=entry,
                    version=body.version,
                    use=body.use,
                    agent=request.principal.account,
                )
            )
