"""Sessions in PostgreSQL: whose a token is, kept only as its SHA-256, and what is told when one ends."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent_desk.accounts.passwords import WRONG
from agent_desk.accounts.remembered import Remembered
from agent_desk.accounts.rows import COLUMNS, LIVE_SESSION, SessionRules, SessionView, principal_of
from runtime.clock import Clock
from runtime.postgres import Database, DatabaseAway, Row, Transaction
from vocabulary.ids import AccountId
from vocabulary.people import Principal

CHANNEL = "agent_desk_sessions"
WRITE_USE = timedelta(minutes=1)
"""Use of a session is written down at most this often."""
LOOK_EVERY_S, AGAIN_S = 2.0, 1.0
Lookup = Callable[[bytes], Principal | None]


@dataclass(slots=True, kw_only=True)
class _Watched:
    """A session with open sockets."""

    principal: Principal
    over: asyncio.Event = field(default_factory=asyncio.Event)
    sockets: int = 0


class Sessions:
    """Opens, finds and ends sessions; ``run`` finds out within two seconds when one of an open socket is over."""

    def __init__(self, *, database: Database, clock: Clock, rules: SessionRules) -> None:
        self.rules = rules
        self._database = database
        self._clock = clock
        self._remembered = Remembered()
        self._watched: dict[bytes, _Watched] = {}
        self._stir = asyncio.Event()

    async def open(
        self, account: AccountId, /, *, lasts: timedelta, idle: timedelta | None, source: str, kept: str | None = None
    ) -> str:
        """Open a session and return its token; without ``idle`` it needs no use.

        ``kept`` is the password's hash that was checked, if one was. Refused when the account has ended or got another
        since.
        """
        token, now = secrets.token_urlsafe(32), self._clock.now()
        async with self._database.transaction() as tx:
            await tx.execute("delete from agent_desk.session where expires_at < $1", now)
            opened = await tx.execute(
                "insert into agent_desk.session"
                " (token_digest, account, created_at, used_at, expires_at, idle_s, source)"
                " select :digest, account, :now, :now, :expires_at, :idle_s, :source from agent_desk.account"
                " where account = :account and active and (:kept::text is null or password_hash = :kept) for share",
                digest=digest_of(token),
                account=account,
                now=now,
                expires_at=now + lasts,
                idle_s=int(idle.total_seconds()) if idle is not None else None,
                source=source,
                kept=kept,
            )
        if opened != "INSERT 0 1":
            raise WRONG
        return token

    async def end(self, token: str, /) -> None:
        """End the session of a token."""
        self._remembered.forget(digest_of(token))
        async with self._database.transaction() as tx:
            await tx.execute("delete from agent_desk.session where token_digest = $1", digest_of(token))
            await tell_ended(tx)
        self._stir.set()

    async def principal(self, token: str, /) -> Principal | None:
        """Return the person behind a token that has not expired; asking counts as use.

        While the database is away, people who were seen before stay known until their session expires, so that calls
        go on; DatabaseAway for everybody else.
        """
        digest, now = digest_of(token), self._clock.now()
        known = self._remembered.who(digest, now=now)
        if known is not None and self._remembered.database_away(self._clock.monotonic()):
            return known
        try:
            row = await self._used(digest, now=now)
        except DatabaseAway:
            if known is None:
                raise
            self._remembered.note_away(self._clock.monotonic())
            return known
        if row is None:
            self._remembered.forget(digest)
            return None
        return self._remembered.keep(digest, principal_of(row), expires_at=row["expires_at"])

    async def view(self, token: str, /) -> SessionView | None:
        """Return what a page needs to know of its session; None when it is over."""
        row = await self._used(digest_of(token), now=self._clock.now())
        if row is None:
            return None
        lock = int(self.rules.idle_lock.total_seconds())
        return SessionView(
            principal=principal_of(row), idle_lock_s=lock, idle_s=row["idle_s"], expires_at=row["expires_at"]
        )

    async def ended(self, token: str, principal: Principal, /) -> None:
        """Return when the session of ``token`` is over or no longer stands for the same ``principal``."""
        digest = digest_of(token)
        watched = self._watched.setdefault(digest, _Watched(principal=principal))
        watched.sockets += 1
        self._stir.set()  # it may have ended since the socket was admitted
        try:
            await watched.over.wait()
        finally:
            watched.sockets -= 1
            if watched.sockets == 0 and self._watched.get(digest) is watched:
                del self._watched[digest]

    async def run(self) -> None:
        """Look after the sessions of open sockets: at each note of an end, and every two seconds. Runs for ever."""
        while True:
            try:
                async with self._database.listening(CHANNEL, heard=self._stir.set) as lost:
                    while not lost.is_set():
                        await self._look()
                        await self._next_look()
            except DatabaseAway:
                self._close(self._known)
                await asyncio.sleep(AGAIN_S)

    async def _next_look(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._stir.wait()
        except TimeoutError:
            return
        self._stir.clear()

    async def _look(self) -> None:
        digests, now = list(self._watched), self._clock.now()
        if not digests:
            return
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                f"select s.token_digest, s.used_at, {COLUMNS} from {LIVE_SESSION}"  # noqa: S608
                " and s.token_digest = any($2::bytea[])",
                now,
                digests,
            )
            await _write_use(tx, [row for row in rows if row["used_at"] < now - WRITE_USE], now=now)
        found = {bytes(row["token_digest"]): principal_of(row) for row in rows}
        self._close(found.get, among=digests)

    def _close(self, who: Lookup, /, *, among: Sequence[bytes] | None = None) -> None:
        for digest in list(self._watched) if among is None else among:
            watched = self._watched.get(digest)
            if watched is not None and who(digest) != watched.principal:
                self._remembered.forget(digest)
                watched.over.set()
                del self._watched[digest]

    def _known(self, digest: bytes) -> Principal | None:
        return self._remembered.who(digest, now=self._clock.now())

    async def _used(self, digest: bytes, *, now: datetime) -> Row | None:
        async with self._database.reading() as connection:
            row = await connection.fetchrow(
                f"select s.token_digest, s.used_at, s.expires_at, s.idle_s, {COLUMNS} from {LIVE_SESSION}"  # noqa: S608
                " and s.token_digest = $2",
                now,
                digest,
            )
        if row is not None and row["used_at"] < now - WRITE_USE:
            async with self._database.transaction() as tx:
                await _write_use(tx, [row], now=now)
        return row


async def _write_use(tx: Transaction, rows: Sequence[Row], *, now: datetime) -> None:
    if rows:
        await tx.execute(
            "update agent_desk.session set used_at = $2 where token_digest = any($1::bytea[])",
            [row["token_digest"] for row in rows],
            now,
        )


async def tell_ended(tx: Transaction, /) -> None:
    """Let every desk process look whether a session of its open sockets has ended, once ``tx`` commits."""
    await tx.execute("select pg_notify($1, '')", CHANNEL)


def digest_of(token: str, /) -> bytes:
    """Return the SHA-256 of a token."""
    return hashlib.sha256(token.encode()).digest()
