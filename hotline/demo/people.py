"""Accounts of the demonstration, with new random passwords at each start, and a token for each unit's system."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent_desk import Accounts, NewAccount
from runtime.clock import SystemClock
from runtime.postgres import Database
from runtime.workers import Workers
from vocabulary.ids import SeatNo, UnitCode
from vocabulary.people import Role

AGENT_SEAT, VISITOR_SEAT, FOLLOW_UP_SEAT = SeatNo("007"), SeatNo("008"), SeatNo("019")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLogIn:
    """How somebody logs in."""

    login: str
    password: str = field(repr=False)
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPeople:
    """Everybody of the demonstration; ``units`` maps a unit's code to its bearer token."""

    agent: DemoLogIn
    visitor: DemoLogIn
    follow_up: DemoLogIn
    analyst: DemoLogIn
    admin: DemoLogIn
    units: dict[str, str] = field(repr=False)


async def make_people(
    database: Database, /, *, units: Sequence[tuple[UnitCode, str]], queues: Iterable[str]
) -> DemoPeople:
    """Make or renew all accounts; ``units`` are (code, name), ``queues`` those whose calls the agents take."""
    async with Workers(threads=2) as workers:
        accounts = Accounts(database=database, workers=workers, clock=SystemClock())

        async def person(login: str, name: str, role: Role, seat: SeatNo | None = None) -> DemoLogIn:
            password = secrets.token_urlsafe(9)
            skills = frozenset(queues if seat is not None else ())
            account = NewAccount(login=login, name=name, role=role, seat=seat, skills=skills)
            await accounts.add(account, password=password)
            return DemoLogIn(login=login, password=password, what=f"{name}（{seat}）" if seat else name)

        return DemoPeople(
            agent=await person("agent007", "模拟服务代表", Role.AGENT, AGENT_SEAT),
            visitor=await person("visitor", "体验服务代表", Role.AGENT, VISITOR_SEAT),
            follow_up=await person("follow-up", "回访专员", Role.AGENT, FOLLOW_UP_SEAT),
            analyst=await person("analyst", "舆情分析员", Role.ANALYST),
            admin=await person("admin", "系统管理员", Role.ADMIN),
            units={
                code: await accounts.unit_token(
                    NewAccount(login=f"unit-{code.lower()}", name=name, role=Role.UNIT, unit=code)
                )
                for code, name in units
            },
        )
