"""Who comes in: the session of a request, its role, and whether the request was made by our own page."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from runtime.web.problems import CROSS_SITE, FORBIDDEN, UNAUTHENTICATED, WRONG_ORIGIN, Problem
from runtime.web.roles import permits
from runtime.web.routes import Public, Sessions
from runtime.web.site import Site
from vocabulary.people import Principal, Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGE_HEADER = "X-Requested-With"
OWN_PAGE_VALUE = "hotline"
_LONGEST_TOKEN = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request as the gate sees it. ``headers`` must look names up without regard to case."""

    method: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who came in; both None on a PUBLIC route without a session."""

    principal: Principal | None
    token: str | None = field(repr=False)


def bearer_of(headers: Mapping[str, str], /) -> str | None:
    """Return the token of ``Authorization: Bearer`` (RFC 6750 section 2.1), if there is one."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


class Gate:
    """Asks ``Sessions`` once a request."""

    def __init__(self, sessions: Sessions, /, *, site: Site) -> None:
        self._sessions = sessions
        self._site = site

    async def admit(self, visit: Visit, /, *, roles: frozenset[Role] | Public) -> Admitted | Problem:
        """Return who comes in, or the problem to answer with."""
        bearer = bearer_of(visit.headers)
        own = visit.headers.get(OWN_PAGE_HEADER) == OWN_PAGE_VALUE
        if visit.method not in SAFE_METHODS and ((bearer is None and not own) or not self._own_origin(visit)):
            return CROSS_SITE
        return await self._of_session(visit, roles=roles)

    async def admit_socket(self, visit: Visit, /, *, roles: frozenset[Role] | Public) -> Admitted | Problem:
        """Return who may open a socket; a browser page must be of our own origin (RFC 6455 section 10.2)."""
        if not self._own_origin(visit):
            return WRONG_ORIGIN
        return await self._of_session(visit, roles=roles)

    def _own_origin(self, visit: Visit) -> bool:
        return self._site.own_origin(visit.headers.get("Origin"), authority=visit.headers.get("Host", ""))

    async def ended(self, admitted: Admitted, /) -> None:
        """Return when the session that was admitted is over; never for a visitor without one."""
        if admitted.token is None or admitted.principal is None:
            await asyncio.Event().wait()
        else:
            await self._sessions.ended(admitted.token, admitted.principal)

    async def _of_session(self, visit: Visit, *, roles: frozenset[Role] | Public) -> Admitted | Problem:
        token = bearer_of(visit.headers) or visit.cookies.get(self._site.cookie) or None
        principal = None
        if token is not None and len(token) <= _LONGEST_TOKEN and token.isascii() and not isinstance(roles, Public):
            principal = await self._sessions.principal(token)
        if permits(roles, role=principal.role if principal else None):
            return Admitted(principal=principal, token=token)
        return UNAUTHENTICATED if principal is None else FORBIDDEN
