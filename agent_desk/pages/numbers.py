"""Numbers in full: one look at a caller's number, and people to call back, who are somebody's once taken in hand."""

from dataclasses import dataclass, field

from agent_desk.auditing import Looks
from agent_desk.contacts.pace import Pace
from agent_desk.contacts.rights import What
from agent_desk.contacts.store import Callback, ContactStore
from agent_desk.contacts.view import ContactViews
from agent_desk.pages.contacts import AGENTS, check_reason
from agent_desk.pages.parts import OfContact
from runtime.clock import Clock
from runtime.web import Request, Route, get, post
from vocabulary.errors import Refused
from vocabulary.people import Role
from vocabulary.text import checked_text

CALLS_BACK = frozenset({Role.AGENT})
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealBody:
    """Why a plain number is needed."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A plain number, for this one look."""

    value: str = field(repr=False)


class NumberPages:
    """Handlers of numbers and call-backs."""

    def __init__(self, *, views: ContactViews, store: ContactStore, looks: Looks, clock: Clock) -> None:
        self._views = views
        self._store = store
        self._looks = looks
        self._clock = clock
        self._pace = Pace()

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        shown, one = "Show the caller's number in full, with a reason", "/api/callbacks/{contact}"
        return (
            post("/api/contacts/{contact}/reveal", self.reveal, AGENTS, shown),
            get("/api/callbacks", self.callbacks, AGENTS, "People to call back"),
            post(f"{one}/claim", self.claim_callback, CALLS_BACK, "Take a person to call back in hand"),
            post(f"{one}/done", self.callback_done, CALLS_BACK, "Take a person off the call-back list"),
        )

    async def reveal(self, request: Request[RevealBody], *, contact: OfContact) -> Revealed:
        """Answer with the caller's number after the look was written down; TooOften beyond 10 in 10 minutes."""
        why = request.body.why.strip()
        check_reason(checked_text(why, field="why", longest=LONGEST_REASON))
        await self._views.demand(contact, What.NUMBER, principal=request.principal)
        account = request.principal.account
        self._pace.take(account, at=self._clock.now())
        number = (await self._views.requester_of(contact)).number
        if number is None:
            raise Refused("no-number", "诉求人没有留下号码")
        await self._looks.at(contact, what="caller-number-revealed", account=account, why=why)
        return Revealed(value=number.reveal())

    async def callbacks(self, request: Request[None]) -> list[Callback]:
        """Answer with people to call back, numbers masked."""
        del request
        return await self._store.callbacks()

    async def claim_callback(self, request: Request[None], *, contact: OfContact) -> None:
        """Take a person in hand; Refused when another did."""
        who = request.principal
        await self._store.claim_callback(contact, account=who.account, name=who.name)

    async def callback_done(self, request: Request[None], *, contact: OfContact) -> None:
        """Take a person off the list, by name."""
        who = request.principal
        await self._store.callback_done(contact, account=who.account, name=who.name)
