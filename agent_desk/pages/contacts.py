"""Contacts for reading: the list and one contact."""

from dataclasses import dataclass
from typing import Annotated

from agent_desk.contacts.contact_view import ContactRow, ContactView
from agent_desk.contacts.view import ContactViews
from agent_desk.pages.parts import OfContact
from runtime.codec import Meta
from runtime.web import Request, Route, get
from vocabulary.errors import Refused
from vocabulary.people import Role

READERS = frozenset({Role.AGENT, Role.ANALYST, Role.ADMIN})
AGENTS = frozenset({Role.AGENT, Role.ADMIN})
SHORTEST_REASON = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQuery:
    """How many of the newest."""

    limit: Annotated[int, Meta(ge=1, le=500, description="How many contacts at most")] = 100


class ContactPages:
    """Handlers of contacts."""

    def __init__(self, *, views: ContactViews) -> None:
        self._views = views

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        newest = "Newest contacts; an agent sees those in which that person took part"
        return (
            get("/api/contacts", self.recent, READERS, newest),
            get("/api/contacts/{contact}", self.one, READERS, "A contact"),
        )

    async def recent(self, request: Request[None], *, query: ContactQuery) -> list[ContactRow]:
        """Answer with the newest contacts."""
        return await self._views.recent(limit=query.limit, principal=request.principal)

    async def one(self, request: Request[None], *, contact: OfContact) -> ContactView:
        """Answer with one contact."""
        return await self._views.view(contact, principal=request.principal)


def check_reason(why: str, /) -> None:
    """Refuse a look or a play without a reason of at least four characters."""
    if len(why) < SHORTEST_REASON:
        raise Refused("reason-needed", f"请写明查看理由，至少{SHORTEST_REASON}个字")
