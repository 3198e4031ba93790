"""Rows of accounts and sessions as values."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from runtime.postgres import Row, row_as
from vocabulary.ids import AccountId, SeatNo, UnitCode
from vocabulary.people import Principal, Role

_PRINCIPAL = tuple(one.name for one in fields(Principal))
COLUMNS = ", ".join(f"a.{name}" for name in _PRINCIPAL)
"""The columns of a person, of an account a."""
VALID = "s.expires_at > $1 and (s.idle_s is null or s.used_at + make_interval(secs => s.idle_s) > $1)"
"""Whether a session s is valid at $1."""
LIVE_SESSION = f"agent_desk.session s join agent_desk.account a using (account) where a.active and {VALID}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as an administrator sees it; ``sessions`` counts those that are open."""

    account: AccountId
    login: str
    name: str
    role: Role
    seat: SeatNo | None
    unit: UnitCode | None
    active: bool
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """An open session; ``source`` is the address it was opened from, ``own`` marks the one that asks."""

    session: UUID
    login: str
    name: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    source: str
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """What a page needs to lock itself and to end in time; ``idle_s`` without a request ends the session."""

    principal: Principal
    idle_lock_s: int
    idle_s: int | None
    expires_at: datetime


def principal_of(row: Row, /) -> Principal:
    """Return the person of a row with COLUMNS."""
    return row_as(Principal, {name: row[name] for name in _PRINCIPAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """How long sessions last. A page locks after ``idle_lock``; a request or an open live page counts as use."""

    lasts: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(minutes=30)
    idle_lock: timedelta = timedelta(minutes=15)
    unit_token: timedelta = timedelta(days=365)
