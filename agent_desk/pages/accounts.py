"""Accounts and sessions: an administrator's, and everybody's own."""

from dataclasses import dataclass, field

from agent_desk.accounts.rows import AccountRow, SessionRow
from agent_desk.accounts.service import Accounts
from agent_desk.pages.parts import OfAccount, OfSession
from agent_desk.pages.session import PEOPLE
from runtime.web import Request, Route, WithSession, delete, get, post
from vocabulary.people import Role

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
            get("/api/accounts", self.accounts, ADMIN, "All accounts"),
            post(f"{one}/end", self.end, ADMIN, "End an account and its sessions"),
            post(f"{one}/reactivate", self.reactivate, ADMIN, "Let an ended account log in again"),
            post(f"{one}/password", self.set_password, ADMIN, "Give a new password"),
            get(f"{one}/sessions", self.sessions_of, ADMIN, "Its open sessions"),
            delete(f"{one}/sessions", self.end_sessions_of, ADMIN, "End all its sessions"),
            get("/api/sessions", self.own_sessions, PEOPLE, "One's own sessions"),
            delete("/api/sessions/{session}", self.end_session, PEOPLE, "End one's own session"),
            post("/api/session/password", self.own_password, PEOPLE, "Change one's password"),
        )

    async def accounts(self, request: Request[None]) -> list[AccountRow]:
        """Answer with all accounts."""
        del request
        return await self._administration.accounts()

    async def end(self, request: Request[None], *, account: OfAccount) -> None:
        """End an account."""
        await self._administration.end(account, by=request.principal.account)

    async def reactivate(self, request: Request[None], *, account: OfAccount) -> None:
        """Take the end of an account back."""
        await self._administration.reactivate(account, by=request.principal.account)

    async def set_password(self, request: Request[NewPassword], *, account: OfAccount) -> None:
        """Give an account a new password; its sessions end."""
        await self._accounts.set_password(account, request.body.password, by=request.principal.account)

    async def sessions_of(self, request: Request[None], *, account: OfAccount) -> list[SessionRow]:
        """Answer with the open sessions of an account."""
        del request
        return await self._administration.sessions(account=account)

    async def end_sessions_of(self, request: Request[None], *, account: OfAccount) -> None:
        """End all sessions of an account."""
        await self._administration.end_sessions(account, by=request.principal.account)

    async def own_sessions(self, request: Request[None]) -> list[SessionRow]:
        """Answer with the open sessions of who asks."""
        account = request.principal.account
        return await self._administration.sessions(account=account, own_token=request.token or "")

    async def end_session(self, request: Request[None], *, session: OfSession) -> None:
        """End a session: one's own, an administrator any."""
        who = request.principal
        of = None if who.role is Role.ADMIN else who.account
        await self._administration.end_session(session, by=who.account, of=of)

    async def own_password(self, request: Request[OwnPassword]) -> WithSession[None]:
        """Change one's own password; every session ends, this one too."""
        await self._accounts.change_password(
            principal=request.principal, old=request.body.old, new=request.body.new, source=request.remote
        )
        return WithSession(body=None, token=None)
