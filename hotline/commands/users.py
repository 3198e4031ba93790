"""``hotline users add``: what an account is made of, and making it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from agent_desk import Accounts, NewAccount
from hotline.auditing import key_file
from hotline.city_files import read_city
from hotline.connections import any_database
from hotline.migrations import refuse_pending
from hotline.places import Places
from hotline.settings import Settings
from runtime.audit import HOUSE, ensure_key
from runtime.clock import SystemClock
from runtime.postgres import Database, open_database
from runtime.workers import Workers
from telephony import publications
from vocabulary.errors import FieldError
from vocabulary.ids import SeatNo, UnitCode
from vocabulary.people import Role


def account_of(
    *, login: str, name: str, role: str, seat: str | None, unit: str | None, skills: Iterable[str] = ()
) -> NewAccount:
    """Return the account that the flags describe; FieldError for a role that there is not."""
    if role not in set(Role):
        raise FieldError({"role": f"role is one of {', '.join(Role)}"})
    return NewAccount(
        login=login,
        name=name,
        role=Role(role),
        seat=SeatNo(seat) if seat else None,
        unit=UnitCode(unit) if unit else None,
        skills=frozenset(skills),
    )


def skilled(account: NewAccount, /, *, queues: Sequence[str]) -> NewAccount:
    """Return an account whose skills are queues of the city; an agent's that names none has all of them.

    FieldError for a queue that there is not, and for skills of somebody who takes no calls.
    """
    if account.role is not Role.AGENT:
        if account.skills:
            raise FieldError({"skill": f"only an agent has skills, {account.login} is {account.role}"})
        return account
    unknown = sorted(account.skills - set(queues))
    if unknown:
        raise FieldError({"skill": f"there is no queue {', '.join(unknown)}; the city has {', '.join(queues)}"})
    return replace(account, skills=account.skills or frozenset(queues))


async def queues_of(database: Database, settings: Settings, /) -> tuple[str, ...]:
    """Return the queues of the version that runs, before the first that of the city's files; BadCity."""
    async with database.reading() as reading:
        newest = await publications.newest(reading)
    if newest is not None:
        return tuple(queue.name for queue in newest.settings.queues)
    return tuple(row["name"] for row in read_city(Path(settings.city)).head["queues"])


async def add_user(settings: Settings, places: Places, account: NewAccount, /, *, password: str) -> None:
    """Make an account or renew it, and write that into the audit; FieldError names what is wrong.

    The first account is made before the desk ever served, so this makes the key of the audit where there is none yet;
    AuditKeyFault when its file is gone.
    """
    clock = SystemClock()
    async with any_database(settings, places) as (url, plain):
        await refuse_pending(plain)
        whole = skilled(account, queues=await queues_of(plain, settings))
        key = await ensure_key(key_file(settings), database_url=url, clock=clock)
        async with open_database(url, audit_secret=key.secret) as database, Workers(threads=1) as workers:
            await Accounts(database=database, workers=workers, clock=clock).add(whole, password=password, by=HOUSE)
