"""Who may log in, and whose a token is, in a real database."""

import asyncio
from datetime import timedelta

import pytest

from agent_desk import Accounts, NewAccount
from agent_desk.accounts import passwords
from runtime.boundary import Done, outcome
from runtime.clock import ManualClock
from runtime.postgres import Database, DatabaseAway, open_database
from runtime.workers import Workers, WorkersBusy
from tests.runtime.proxy import road_to
from tests.servers import AUDIT_SECRET
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import SeatNo, UnitCode
from vocabulary.people import Role

PASSWORD = "a long enough word"
AGENT = NewAccount(login="agent007", name="钱工", role=Role.AGENT, seat=SeatNo("007"), skills=frozenset({"general"}))
UNIT = NewAccount(login="water", name="供水公司", role=Role.UNIT, unit=UnitCode("U001"))


@pytest.fixture
def accounts(database: Database, clock: ManualClock, workers: Workers) -> Accounts:
    return Accounts(database=database, workers=workers, clock=clock)


async def reason_of(accounts: Accounts, password: str, login: str = "agent007") -> str:
    try:
        await accounts.log_in(login=login, password=password)
    except Refused as refused:
        return refused.reason
    return "ok"


async def test_a_person_who_logs_in_is_known_by_the_token_until_log_out(accounts: Accounts) -> None:
    identity = await accounts.add(AGENT, password=PASSWORD)
    who, token = await accounts.log_in(login="agent007", password=PASSWORD)

    known = await accounts.principal(token)
    await accounts.log_out(token)

    assert known == who
    assert (who.account, who.role, who.seat, who.skills) == (identity, Role.AGENT, "007", {"general"})
    assert await accounts.principal(token) is None
    assert await accounts.principal("another") is None


async def test_the_database_has_neither_password_nor_token(accounts: Accounts, database: Database) -> None:
    await accounts.add(AGENT, password=PASSWORD)
    _, token = await accounts.log_in(login="agent007", password=PASSWORD)

    async with database.reading() as reading:
        kept = await reading.fetchval("select password_hash from agent_desk.account")
        rows = str(await reading.fetch("select encode(token_digest, 'escape') as token from agent_desk.session"))

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert token not in rows


async def test_a_session_in_use_ends_after_twelve_hours(accounts: Accounts, clock: ManualClock) -> None:
    await accounts.add(AGENT, password=PASSWORD)
    _, token = await accounts.log_in(login="agent007", password=PASSWORD)
    for _ in range(47):
        clock.advance(timedelta(minutes=15))
        await accounts.principal(token)
    clock.advance(timedelta(minutes=15) - timedelta(seconds=1))
    before = await accounts.principal(token)
    clock.advance(timedelta(seconds=1))

    assert before is not None
    assert await accounts.principal(token) is None


async def test_after_five_wrong_passwords_a_stranger_waits_half_a_minute(
    accounts: Accounts, clock: ManualClock
) -> None:
    await accounts.add(AGENT, password=PASSWORD)
    tries = [await reason_of(accounts, "wrong") for _ in range(6)]
    right = await reason_of(accounts, PASSWORD)
    clock.advance(timedelta(seconds=31))

    assert tries == ["wrong-login"] * 5 + ["wait"]
    assert right == "wait"
    assert await reason_of(accounts, PASSWORD) == "ok"
    assert await reason_of(accounts, "wrong") == "wrong-login"


async def test_guesses_from_elsewhere_do_not_keep_out_who_logged_in_from_here_before(accounts: Accounts) -> None:
    await accounts.add(AGENT, password=PASSWORD)
    await accounts.log_in(login="agent007", password=PASSWORD, source="10.0.0.7")

    for n in range(12):
        with pytest.raises(Refused):
            await accounts.log_in(login="agent007", password="guess", source=f"6.6.6.{n}")
    with pytest.raises(Refused, match="尝试次数过多"):
        await accounts.log_in(login="agent007", password=PASSWORD, source="6.6.6.6")

    right = await outcome(accounts.log_in(login="agent007", password=PASSWORD, source="10.0.0.7"), of="test")
    assert isinstance(right, Done)
    assert right.value[0].login == "agent007"


async def test_one_source_that_tries_many_names_is_slowed_down(accounts: Accounts) -> None:
    reasons = [await reason_of(accounts, "guess", login=f"name{n}") for n in range(31)]

    assert reasons == ["wrong-login"] * 30 + ["wait"]


async def test_failures_are_in_the_audit_by_count(accounts: Accounts, database: Database) -> None:
    identity = await accounts.add(AGENT, password=PASSWORD)
    for _ in range(3):
        await reason_of(accounts, "wrong")

    await accounts.failures.write()

    async with database.reading() as reading:
        row = await reading.fetchrow(
            "select a.account, w.why from log.audit a join log.audit_words w using (number)"
            " order by number desc limit 1"
        )
    assert row is not None
    assert (row["account"], row["why"]) == (identity, "3 failed")


async def test_many_guesses_at_once_do_not_get_past_the_pause(accounts: Accounts) -> None:
    await accounts.add(AGENT, password=PASSWORD)

    reasons = await asyncio.gather(*(reason_of(accounts, f"guess {n}") for n in range(20)))

    assert reasons.count("wrong-login") == 5
    assert reasons.count("wait") == 15


async def test_a_flood_of_log_ins_is_refused_at_once_when_the_queue_is_full(
    database: Database, clock: ManualClock
) -> None:
    async with Workers(threads=1, waiting=4) as few:
        accounts = Accounts(database=database, workers=few, clock=clock)
        tries = (accounts.log_in(login=f"name{n}", password="guess", source=f"7.7.7.{n}") for n in range(60))

        refused = await asyncio.gather(*tries, return_exceptions=True)

    assert {type(one) for one in refused} == {WorkersBusy, Refused}


async def test_a_login_that_does_not_exist_is_refused_in_the_same_words(accounts: Accounts) -> None:
    await accounts.add(AGENT, password=PASSWORD)

    assert await reason_of(accounts, PASSWORD, login="nobody") == "wrong-login"
    assert await reason_of(accounts, "x" * 5000) == "wrong-login"


async def test_no_password_opens_an_account_that_has_none(accounts: Accounts) -> None:
    await accounts.unit_token(UNIT)

    for word in ("", "nobody has this password", PASSWORD):
        assert await reason_of(accounts, word, login="water") == "wrong-login"


def test_nothing_matches_no_hash() -> None:
    assert not passwords.matches("nobody has this password", None)
    assert not passwords.matches("nobody has this password", "")


async def test_a_units_token_is_the_units_and_a_new_one_ends_the_old(accounts: Accounts, clock: ManualClock) -> None:
    first = await accounts.unit_token(UNIT)
    clock.advance(timedelta(days=30))
    known = await accounts.principal(first)
    second = await accounts.unit_token(UNIT)

    assert known is not None
    assert (known.role, known.unit) == (Role.UNIT, "U001")
    assert await accounts.principal(first) is None
    assert await accounts.principal(second) is not None


async def test_a_new_password_ends_open_sessions(accounts: Accounts) -> None:
    await accounts.add(AGENT, password=PASSWORD)
    _, token = await accounts.log_in(login="agent007", password=PASSWORD)

    await accounts.add(AGENT, password="another long word")

    assert await accounts.principal(token) is None
    assert await reason_of(accounts, PASSWORD) == "wrong-login"


@pytest.mark.parametrize(
    ("account", "password", "field"),
    [
        (NewAccount(login="x", name="甲", role=Role.ADMIN), PASSWORD, "login"),
        (NewAccount(login="admin", name=" ", role=Role.ADMIN), PASSWORD, "name"),
        (NewAccount(login="agent", name="甲", role=Role.AGENT), PASSWORD, "seat"),
        (NewAccount(login="agent", name="甲", role=Role.AGENT, seat=SeatNo("7")), PASSWORD, "seat"),
        (NewAccount(login="unit", name="甲", role=Role.UNIT), PASSWORD, "unit"),
        (NewAccount(login="admin", name="甲", role=Role.ADMIN), "short", "password"),
    ],
)
async def test_a_wrong_account_is_refused_by_field(
    accounts: Accounts, account: NewAccount, password: str, field: str
) -> None:
    with pytest.raises(FieldError) as wrong:
        await accounts.add(account, password=password)

    assert set(wrong.value.fields) == {field}


async def test_two_people_never_share_a_seat(accounts: Accounts) -> None:
    await accounts.add(AGENT, password=PASSWORD)

    with pytest.raises(FieldError, match="agent007"):
        await accounts.add(NewAccount(login="other", name="乙", role=Role.AGENT, seat=SeatNo("007")), password=PASSWORD)


async def test_who_was_seen_before_stays_known_while_the_database_is_away(
    database_url: str, clock: ManualClock, workers: Workers
) -> None:
    async with road_to(database_url) as (road, url), open_database(url, audit_secret=AUDIT_SECRET) as database:
        accounts = Accounts(database=database, workers=workers, clock=clock)
        await accounts.add(AGENT, password=PASSWORD)
        who, token = await accounts.log_in(login="agent007", password=PASSWORD)
        _, unseen = await accounts.log_in(login="agent007", password=PASSWORD)
        await accounts.principal(token)
        road.close()

        known = [await accounts.principal(token) for _ in range(3)]
        with pytest.raises(DatabaseAway):
            await accounts.principal(unseen)
        clock.advance(timedelta(hours=13))

        assert known == [who] * 3
        with pytest.raises(DatabaseAway):
            await accounts.principal(token)
