"""What an administrator does with accounts and sessions. Each change is in the audit, and sockets close after it."""

from uuid import UUID

from agent_desk.accounts.rows import LIVE_SESSION, VALID, AccountRow, SessionRow
from agent_desk.accounts.sessions import digest_of, tell_ended
from agent_desk.auditing import write_down
from runtime.clock import Clock
from runtime.postgres import Database, Transaction
from runtime.web import NotFound
from vocabulary.errors import Refused
from vocabulary.ids import AccountId
from vocabulary.people import Role


class Administration:
    """Lists, ends and reactivates accounts, lists and ends sessions. ``by`` is who does it."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def accounts(self) -> list[AccountRow]:
        """Return all accounts by login."""
        async with self._database.reading() as connection:
            return await connection.fetch_as(
                AccountRow,
                "select a.account, a.login, a.name, a.role, a.seat, a.unit, a.active,"  # noqa: S608 - our own text
                f" (select count(*) from agent_desk.session s where s.account = a.account and {VALID}) as sessions"
                " from agent_desk.account a order by a.login",
                self._clock.now(),
            )

    async def by_login(self, login: str, /) -> AccountId:
        """Return the account of a login; NotFound."""
        async with self._database.reading() as connection:
            found = await connection.fetchval("select account from agent_desk.account where login = $1", login)
        if found is None:
            raise NotFound(f"没有账号 {login}")
        return AccountId(found)

    async def end(self, account: AccountId, /, *, by: AccountId) -> None:
        """End an account and its sessions; Refused for the last administrator. What it has done stays."""
        async with self._database.transaction() as tx:
            await tx.execute("lock table agent_desk.account in share row exclusive mode")
            others = await tx.fetchval(
                "select count(*) from agent_desk.account where role = 'admin' and active and account <> $1", account
            )
            role = await tx.fetchval(
                "update agent_desk.account set active = false where account = $1 returning role", account
            )
            if role is None:
                raise NotFound("没有这个账号")
            if role == Role.ADMIN and not others:
                raise Refused("last-admin", "这是最后一个管理员账号，不能停用")
            await self._ended(tx, account, by=by, what="account-ended")

    async def reactivate(self, account: AccountId, /, *, by: AccountId) -> None:
        """Let an ended account log in again, with its old password."""
        async with self._database.transaction() as tx:
            if not await _changed(tx, "update agent_desk.account set active = true where account = $1", account):
                raise NotFound("没有这个账号")
            await self._write_down(tx, account, by=by, what="account-reactivated")

    async def set_hash(self, account: AccountId, kept: str, /, *, by: AccountId, instead_of: str | None = None) -> None:
        """Put a new password's hash and end the sessions of the account; a unit has no password: Refused.

        With ``instead_of`` only in place of that hash: whoever knew the old password changes none that was given since.
        """
        async with self._database.transaction() as tx:
            sql = (
                "update agent_desk.account set password_hash = $2 where account = $1 and role <> 'unit'"
                " and ($3::text is null or password_hash = $3)"
            )
            if not await _changed(tx, sql, account, kept, instead_of):
                raise NotFound("没有这个账号，或它是成员单位的账号，没有密码")
            await self._ended(tx, account, by=by, what="password-changed")

    async def sessions(self, *, account: AccountId | None = None, own_token: str = "") -> list[SessionRow]:
        """Return open sessions, of one account or of all, the latest first; ``own_token`` marks that of who asks."""
        async with self._database.reading() as connection:
            return await connection.fetch_as(
                SessionRow,
                "select s.session, a.login, a.name, s.created_at, s.used_at, s.expires_at, s.source,"  # noqa: S608
                f" s.token_digest = $3 as own from {LIVE_SESSION} and ($2::uuid is null or s.account = $2)"
                " order by s.created_at desc limit 1000",
                self._clock.now(),
                account,
                digest_of(own_token),
            )

    async def end_session(self, session: UUID, /, *, by: AccountId, of: AccountId | None = None) -> None:
        """End one session (of the account ``of``, if given); NotFound."""
        async with self._database.transaction() as tx:
            account = await tx.fetchval(
                "delete from agent_desk.session where session = $1 and ($2::uuid is null or account = $2)"
                " returning account",
                session,
                of,
            )
            if account is None:
                raise NotFound("没有这个会话")
            await tell_ended(tx)
            await self._write_down(tx, AccountId(account), by=by, what="session-ended")

    async def end_sessions(self, account: AccountId, /, *, by: AccountId) -> None:
        """End all sessions of an account."""
        async with self._database.transaction() as tx:
            await self._ended(tx, account, by=by, what="sessions-ended")

    async def _ended(self, tx: Transaction, account: AccountId, *, by: AccountId, what: str) -> None:
        await tx.execute("delete from agent_desk.session where account = $1", account)
        await tell_ended(tx)
        await self._write_down(tx, account, by=by, what=what)

    async def _write_down(self, tx: Transaction, account: AccountId, *, by: AccountId, what: str) -> None:
        await write_down(tx, at=self._clock.now(), account=by, what=what, contact=None, why=f"account {account}")


async def _changed(tx: Transaction, sql: str, /, *args: object) -> bool:
    return await tx.execute(sql, *args) == "UPDATE 1"
