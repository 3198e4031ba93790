"""Accounts and sessions in PostgreSQL. A token is kept only as its SHA-256."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from agent_desk.accounts import passwords
from agent_desk.accounts.attempts import Attempts
from agent_desk.accounts.remembered import Remembered
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.postgres import Database, DatabaseAway, Row
from runtime.workers import Workers
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import AccountId, SeatNo, UnitCode
from vocabulary.people import Principal, Role

SESSION = timedelta(hours=12)
UNIT_TOKEN = timedelta(days=365)
LONGEST_LOGIN = 40
LONGEST_PASSWORD = 1000
_COLUMNS = "account, login, name, role, seat, unit, skills"


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
    """Makes accounts, logs people in and tells whose a token is."""

    def __init__(self, *, database: Database, workers: Workers, clock: Clock) -> None:
        self._database = database
        self._workers = workers
        self._clock = clock
        self._attempts = Attempts()
        self._remembered = Remembered()

    async def add(self, account: NewAccount, /, *, password: str) -> AccountId:
        """Make an account or renew its password and fields; FieldError names what is wrong."""
        _check(account)
        kept = await self._workers.run(passwords.hashed, password)
        return await self._put(account, kept)

    async def unit_token(self, account: NewAccount, /) -> str:
        """Make a unit's account without password and return a new bearer token for its system."""
        _check(account)
        identity = await self._put(account, "")
        return await self._session(identity, lasts=UNIT_TOKEN)

    async def log_in(self, *, login: str, password: str) -> tuple[Principal, str]:
        """Return who it is and a new session token; Refused ``wrong-login`` or ``wait``."""
        if len(login) > LONGEST_LOGIN or len(password) > LONGEST_PASSWORD:
            raise Refused("wrong-login", "账号或密码不对")
        async with self._database.reading() as connection:
            row = await connection.fetchrow(
                f"select {_COLUMNS}, password_hash from agent_desk.account where login = $1 and active",  # noqa: S608
                login,
            )
        self._count_attempt(login)
        kept = row["password_hash"] if row else None
        if not await self._workers.run(passwords.matches, password, kept) or row is None:
            raise Refused("wrong-login", "账号或密码不对")
        self._attempts.succeeded(login)
        who = _principal(row)
        return who, await self._session(who.account, lasts=SESSION)

    def _count_attempt(self, login: str) -> None:
        """Count a try as failed before it is checked, so that many at once do not get past the pause."""
        now = self._clock.now()
        pause = self._attempts.wait(login, now=now)
        if pause:
            raise Refused("wait", f"密码错误次数过多，请{int(pause.total_seconds()) + 1}秒后再试")
        self._attempts.failed(login, now=now)

    async def log_out(self, token: str, /) -> None:
        """End the session of a token."""
        self._remembered.forget(_digest(token))
        async with self._database.transaction() as tx:
            await tx.execute("delete from agent_desk.session where token_digest = $1", _digest(token))

    async def principal(self, token: str, /) -> Principal | None:
        """Return the person behind a token that has not expired.

        While the database is away, people who were seen before stay known, so that calls go on; DatabaseAway for
        everybody else.
        """
        digest, now = _digest(token), self._clock.now()
        known = self._remembered.who(digest, now=now)
        if known is not None and self._remembered.database_away(self._clock.monotonic()):
            return known
        try:
            row = await self._session_row(digest)
        except DatabaseAway:
            if known is None:
                raise
            self._remembered.note_away(self._clock.monotonic())
            return known
        if row is None:
            self._remembered.forget(digest)
            return None
        return self._remembered.keep(digest, _principal(row), expires_at=row["expires_at"])

    async def _session_row(self, digest: bytes) -> Row | None:
        async with self._database.reading() as connection:
            return await connection.fetchrow(
                "select a.account, a.login, a.name, a.role, a.seat, a.unit, a.skills, s.expires_at"
                " from agent_desk.session s join agent_desk.account a using (account)"
                " where s.token_digest = $1 and s.expires_at > $2 and a.active",
                digest,
                self._clock.now(),
            )

    async def _put(self, account: NewAccount, kept: str) -> AccountId:
        async with self._database.transaction() as tx:
            taken = await tx.fetchval(
                "select login from agent_desk.account where seat = $1 and login <> $2", account.seat, account.login
            )
            if taken:
                raise FieldError({"seat": f"工号 {account.seat} 已由账号 {taken} 使用"})
            identity = await tx.fetchval(
                "insert into agent_desk.account (account, login, name, role, seat, unit, skills, password_hash)"
                " values ($1,$2,$3,$4,$5,$6,$7,$8) on conflict (login) do update set name = $3, role = $4, seat = $5,"
                " unit = $6, skills = $7, password_hash = $8, active = true returning account",
                new_id(),
                account.login,
                account.name,
                account.role.value,
                account.seat,
                account.unit,
                sorted(account.skills),
                kept,
            )
            await tx.execute("delete from agent_desk.session where account = $1", identity)
        return AccountId(identity)

    async def _session(self, account: AccountId, /, *, lasts: timedelta) -> str:
        token, now = secrets.token_urlsafe(32), self._clock.now()
        async with self._database.transaction() as tx:
            await tx.execute("delete from agent_desk.session where expires_at < $1", now)
            await tx.execute(
                "insert into agent_desk.session (token_digest, account, created_at, expires_at) values ($1,$2,$3,$4)",
                _digest(token),
                account,
                now,
                now + lasts,
            )
        return token


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


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _principal(row: Row) -> Principal:
    return Principal(
        account=AccountId(row["account"]),
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        seat=SeatNo(row["seat"]) if row["seat"] else None,
        unit=UnitCode(row["unit"]) if row["unit"] else None,
        skills=frozenset(row["skills"]),
    )
