"""Accounts in PostgreSQL: who may log in, with which password, from where."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from agent_desk.accounts import passwords
from agent_desk.accounts.administration import Administration
from agent_desk.accounts.failures import LogInFailures
from agent_desk.accounts.passwords import WRONG
from agent_desk.accounts.rows import COLUMNS, SessionRules, SessionView, principal_of
from agent_desk.accounts.sessions import Sessions, tell_ended
from agent_desk.accounts.throttle import LogInThrottle
from agent_desk.auditing import write_down
from runtime.audit import HOUSE
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database, Row
from runtime.workers import Workers
from vocabulary.errors import FieldError, TooOften
from vocabulary.ids import AccountId, SeatNo, UnitCode
from vocabulary.people import Principal, Role

LONGEST_LOGIN = 40
LONGEST_PASSWORD = 1000
KNOWN_FOR = timedelta(days=180)
"""An address from which somebody has logged in is remembered this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an account is made of; an agent needs a seat, a unit account a unit."""

    login: str
    name: str
    role: Role
    seat: SeatNo | None = None
    unit: UnitCode | None = None
    skills: frozenset[str] = frozenset()


class Accounts:
    """Makes accounts, logs people in and tells whose a token is. ``workers`` are for passwords alone: few and bounded.

    ``run`` must run beside the served sockets.
    """

    def __init__(
        self, *, database: Database, workers: Workers, clock: Clock, rules: SessionRules | None = None
    ) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._throttle = LogInThrottle()
        self.failures = LogInFailures(database=database, clock=clock)
        self.sessions = Sessions(database=database, clock=clock, rules=rules or SessionRules())
        self.administration = Administration(database=database, clock=clock)

    async def add(self, account: NewAccount, /, *, password: str, by: AccountId = HOUSE) -> AccountId:
        """Make an account or renew its password and fields; FieldError names what is wrong. ``by`` is who does it."""
        _check(account)
        kept = await self._workers.run(passwords.hashed, password)
        return await self._put(account, kept, by=by)

    async def unit_token(self, account: NewAccount, /, *, by: AccountId = HOUSE) -> str:
        """Make a unit's account without password and return a new bearer token for its system."""
        _check(account)
        identity = await self._put(account, "", by=by)
        return await self.sessions.open(identity, lasts=self.sessions.rules.unit_token, idle=None, source="")

    async def log_in(self, *, login: str, password: str, source: str = "") -> tuple[Principal, str]:
        """Return who it is and a new session token; Refused ``wrong-login``, TooOften ``wait``, WorkersBusy."""
        if len(login) > LONGEST_LOGIN or len(password) > LONGEST_PASSWORD:
            raise WRONG
        who, kept = await self._checked(login=login, password=password, source=source)
        rules = self.sessions.rules
        token = await self.sessions.open(who.account, lasts=rules.lasts, idle=rules.idle, source=source, kept=kept)
        async with self._database.transaction() as tx:
            await tx.execute("delete from agent_desk.known_source where seen_at < $1", self._clock.now() - KNOWN_FOR)
            await tx.insert_into(
                "agent_desk.known_source",
                {"account": who.account, "source": source, "seen_at": self._clock.now()},
                on_conflict="(account, source) do update set seen_at = excluded.seen_at",
            )
        return who, token

    async def unlock(self, token: str, /, *, principal: Principal, password: str, source: str) -> SessionView:
        """Open a locked page of the same session again; Refused as at log-in."""
        await self._checked(login=principal.login, password=password[: LONGEST_PASSWORD + 1], source=source)
        view = await self.sessions.view(token)
        if view is None:
            raise WRONG
        return view

    async def change_password(self, *, principal: Principal, old: str, new: str, source: str) -> None:
        """Change one's own password; every session of the account ends, this one too. Refused, FieldError."""
        _, kept = await self._checked(login=principal.login, password=old[: LONGEST_PASSWORD + 1], source=source)
        await self._set_password(principal.account, new, by=principal.account, instead_of=kept)

    async def set_password(self, account: AccountId, new: str, /, *, by: AccountId) -> None:
        """Give an account a new password and end its sessions; FieldError for a short one."""
        await self._set_password(account, new, by=by, instead_of=None)

    async def _set_password(self, account: AccountId, new: str, /, *, by: AccountId, instead_of: str | None) -> None:
        kept = await self._workers.run(passwords.hashed, new)
        await self.administration.set_hash(account, kept, by=by, instead_of=instead_of)

    async def log_out(self, token: str, /) -> None:
        """End the session of a token."""
        await self.sessions.end(token)

    async def principal(self, token: str, /) -> Principal | None:
        """Return the person behind a valid token, see ``Sessions.principal``."""
        return await self.sessions.principal(token)

    async def ended(self, token: str, principal: Principal, /) -> None:
        """Return when the session is over, see ``Sessions.ended``."""
        await self.sessions.ended(token, principal)

    async def _checked(self, *, login: str, password: str, source: str) -> tuple[Principal, str]:
        row = await self._row(login, source)
        known, at_s = bool(row and row["known"]), self._clock.monotonic()
        wait_s = self._throttle.wait_s(login=login, source=source, known=known, at_s=at_s)
        if wait_s:
            self.failures.count(row["account"] if row else None)
            raise TooOften("wait", f"尝试次数过多，请{ceil(wait_s)}秒后再试", after_s=ceil(wait_s))
        kept = row["password_hash"] if row else None
        if not await self._workers.run(passwords.matches, password, kept) or row is None:
            self.failures.count(row["account"] if row else None)
            raise WRONG
        self._throttle.succeeded(login=login, source=source, known=known, at_s=at_s)
        return principal_of(row), row["password_hash"]

    async def _row(self, login: str, source: str) -> Row | None:
        async with self._database.reading() as connection:
            return await connection.fetchrow(
                f"select {COLUMNS}, a.password_hash, exists (select 1 from agent_desk.known_source k"  # noqa: S608
                " where k.account = a.account and k.source = $2) as known"
                " from agent_desk.account a where a.login = $1 and a.active",
                login,
                source,
            )

    async def _put(self, account: NewAccount, kept: str, *, by: AccountId) -> AccountId:
        fresh = new_id()
        async with self._database.transaction() as tx:
            taken = await tx.fetchval(
                "select login from agent_desk.account where seat = $1 and login <> $2", account.seat, account.login
            )
            if taken:
                raise FieldError({"seat": f"工号 {account.seat} 已由账号 {taken} 使用"})
            kept_fields = {
                "name": account.name,
                "role": account.role.value,
                "seat": account.seat,
                "unit": account.unit,
                "skills": sorted(account.skills),
                "password_hash": kept,
            }
            renewed = ", ".join(f"{name} = excluded.{name}" for name in kept_fields)
            identity = await tx.insert_into(
                "agent_desk.account",
                {"account": fresh, "login": account.login} | kept_fields,
                on_conflict=f"(login) do update set {renewed}, active = true",
                returning="account",
            )
            await tx.execute("delete from agent_desk.session where account = $1", identity)
            await tell_ended(tx)
            what = "account-made" if identity == fresh else "account-renewed"
            why = _in_codes(AccountId(identity), account)
            await write_down(tx, at=self._clock.now(), account=by, what=what, contact=None, why=why)
        return AccountId(identity)


def _in_codes(identity: AccountId, account: NewAccount) -> str:
    """Return what an account is now, without the name and login of the person."""
    skills = ", ".join(sorted(account.skills))
    said = {"role": account.role, "seat": account.seat, "unit": account.unit, "skills": skills}
    return f"account {identity}; " + "; ".join(f"{name} {value}" for name, value in said.items() if value)


def _check(account: NewAccount) -> None:
    wrong: dict[str, str] = {}
    if not (3 <= len(account.login) <= LONGEST_LOGIN and account.login.isascii() and account.login.isprintable()):
        wrong["login"] = "登录名须为3至40个英文字母或数字"
    if not account.name.strip():
        wrong["name"] = "请填写姓名"
    if account.role is Role.AGENT and not (account.seat and account.seat.isdigit() and len(account.seat) >= 3):
        wrong["seat"] = "服务代表须有至少三位数字的工号"
    if account.role is Role.UNIT and not account.unit:
        wrong["unit"] = "成员单位账号须绑定单位"
    if wrong:
        raise FieldError(wrong)
