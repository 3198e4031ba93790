"""``hotline users add``: what an account is made of."""

from agent_desk import NewAccount
from vocabulary.errors import FieldError
from vocabulary.ids import SeatNo, UnitCode
from vocabulary.people import Role

SKILLS = frozenset({"general", "one-number"})


def account_of(*, login: str, name: str, role: str, seat: str | None, unit: str | None) -> NewAccount:
    """Return the account that the flags describe; an agent may take calls of every queue."""
    if role not in set(Role):
        raise FieldError({"role": f"role is one of {', '.join(Role)}"})
    return NewAccount(
        login=login,
        name=name,
        role=Role(role),
        seat=SeatNo(seat) if seat else None,
        unit=UnitCode(unit) if unit else None,
        skills=SKILLS if role == Role.AGENT else frozenset(),
    )
