"""People who log in."""

from dataclasses import dataclass
from enum import StrEnum

from vocabulary.ids import AccountId, SeatNo, UnitCode


class Role(StrEnum):
    """What an account may do."""

    AGENT = "agent"
    ANALYST = "analyst"
    ADMIN = "admin"
    UNIT = "unit"
    """A member unit's system or handler, by the unit API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who makes a request."""

    account: AccountId
    login: str
    name: str
    role: Role
    seat: SeatNo | None = None
    unit: UnitCode | None = None
    skills: frozenset[str] = frozenset()
