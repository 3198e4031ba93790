"""Accounts and sessions: an administrator's, and everybody's own."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from agent_desk.accounts.rows import AccountRow, SessionRow
from agent_desk.accounts.service import Accounts
from agent_desk.pages.session import PEOPLE
from runtime.web import Handler, NotFound, Request, Route, WithSession
from vocabulary.ids import AccountId
from vocabulary.people import Role

TypeForm = Any
ADMIN = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPassword:
    """The old password and the new one."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """A password that an administrator gives."""

    password: str = field(repr=False)


class AccountPages:
    """Handlers of accounts and sessions."""

    def __init__(self, *, accounts: Accounts) -> None:
        self._accounts = accounts
        self._administration = accounts.administration

    def routes(self) -> tuple[Route, ...]:
        """Return the rows."""
        one = "/api/accounts/{account}"
        return (
            _row("GET", "/api/accounts", self.accounts, "All accounts", reply=list[AccountRow]),
            _row("POST", f"{one}/end", self.end, "End an account and its sessions"),
            _row("POST", f"{one}/reactivate", self.reactivate, "Let an ended account log in again"),
            _row("POST", f"{one}/password", self.set_password, "Give a new password", request=NewPassword),
            _row("GET", f"{one}/sessions", self.sessions_of, "Its open sessions", reply=list[SessionRow]),
            _row("DELETE", f"{one}/sessions", self.end_sessions_of, "End all its sessions"),
            *(replace(row, roles=PEOPLE) for row in self._own()),
        )

    def _own(self) -> tuple[Route, ...]:
        return (
            _row("GET", "/api/sessions", self.own_sessions, "One's own sessions", reply=list[SessionRow]),
            _row("DELETE", "/api/sessions/{session}", self.end_session, "End one's own session"),
            _row("POST", "/api/session/password", self.own_password, "Change one's password", request=OwnPassword),
        )

    async def accounts(self, request: Request[None]) -> list[AccountRow]:
        """Answer with all accounts."""
        del request
        return await self._administration.accounts()

    async def end(self, request: Request[None]) -> None:
        """End an account."""
        await self._administration.end(_account(request), by=request.principal.account)

    async def reactivate(self, request: Request[None]) -> None:
        """Take the end of an account back."""
        await self._administration.reactivate(_account(request), by=request.principal.account)

    async def set_password(self, request: Request[NewPassword]) -> None:
        """Give an account a new password; its sessions end."""
        account = _identity(request.path["account"], what="账号")
        await self._accounts.set_password(AccountId(account), request.body.password, by=request.principal.account)

    async def sessions_of(self, request: Request[None]) -> list[SessionRow]:
        """Answer with the open sessions of an account."""
        return await self._administration.sessions(account=_account(request))

    async def end_sessions_of(self, request: Request[None]) -> None:
        """End all sessions of an account."""
        await self._administration.end_sessions(_account(request), by=request.principal.account)

    async def own_sessions(self, request: Request[None]) -> list[SessionRow]:
        """Answer with the open sessions of who asks."""
        account = request.principal.account
        return await self._administration.sessions(account=account, own_token=request.token or "")

    async def end_session(self, request: Request[None]) -> None:
        """End a session: one's own, an administrator any."""
        who = request.principal
        of = None if who.role is Role.ADMIN else who.account
        await self._administration.end_session(_identity(request.path["session"], what="会话"), by=who.account, of=of)

    async def own_password(self, request: Request[OwnPassword]) -> WithSession:
        """Change one's own password; every session ends, this one too."""
        await self._accounts.change_password(
            principal=request.principal, old=request.body.old, new=request.body.new, source=request.remote
        )
        return WithSession(body=None, token=None)


def _row(
    method: Literal["GET", "POST", "DELETE"],
    path: str,
    handler: Handler,
    summary: str,
    *,
    request: TypeForm | None = None,
    reply: TypeForm | None = None,
) -> Route:
    return Route(method=method, path=path, handler=handler, roles=ADMIN, summary=summary, request=request, reply=reply)


def _account(request: Request[None]) -> AccountId:
    return AccountId(_identity(request.path["account"], what="账号"))


def _identity(text: str, *, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"没有这个{what}") from None
