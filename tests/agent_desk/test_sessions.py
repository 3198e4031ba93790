"""When sessions end, and that whatever hangs on them ends too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest

from agent_desk import Accounts, NewAccount
from agent_desk.pages.accounts import AccountPages
from runtime.clock import ManualClock
from runtime.postgres import Database, open_database
from runtime.web import ApiInfo, Socket, WebSocketRoute, build_app, serve_app
from runtime.workers import Workers
from tests.agent_desk.test_accounts import AGENT, PASSWORD
from tests.runtime.proxy import road_to
from tests.servers import AUDIT_SECRET
from tests.waiting import within
from vocabulary.errors import FieldError, Refused
from vocabulary.ids import AccountId, SeatNo
from vocabulary.people import Principal, Role

ADMIN = NewAccount(login="admin", name="管理员", role=Role.ADMIN)


@pytest.fixture
def accounts(database: Database, clock: ManualClock, workers: Workers) -> Accounts:
    return Accounts(database=database, workers=workers, clock=clock)


async def until_closed(socket: Socket, _: Principal | None) -> None:
    await socket.send("open")
    while await socket.receive() is not None:
        pass


@asynccontextmanager
async def open_page(accounts: Accounts, token: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A page of ``token`` with its socket, served by a desk process that looks after sessions."""
    app = build_app(
        AccountPages(accounts=accounts).routes(),
        sessions=accounts,
        info=ApiInfo(title="t", version="1"),
        sockets=[WebSocketRoute(path="/live", handler=until_closed, roles=frozenset(Role))],
    )
    looking = asyncio.create_task(accounts.sessions.run())
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with (
            serve_app(app, host="127.0.0.1", port=0) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
            client.ws_connect("/live", headers=headers) as socket,
        ):
            assert await socket.receive_str() == "open"
            yield socket
    finally:
        looking.cancel()


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async with within(10, "the end of the socket"):
        await socket.receive()
    return socket.close_code


async def logged_in(accounts: Accounts, account: NewAccount = AGENT) -> tuple[AccountId, str]:
    identity = await accounts.add(account, password=PASSWORD)
    _, token = await accounts.log_in(login=account.login, password=PASSWORD)
    return identity, token


ENDS = ("log-out", "expiry", "idle", "account", "password", "own password", "session", "all sessions", "seat")


async def end(how: str, accounts: Accounts, *, identity: AccountId, token: str, clock: ManualClock) -> None:
    rule, by = accounts.administration, AccountId(identity)
    match how:
        case "log-out":
            await accounts.log_out(token)
        case "expiry":
            clock.advance(timedelta(hours=13))
        case "idle":
            clock.advance(timedelta(minutes=31))
        case "account":
            await rule.end(identity, by=by)
        case "password":
            await accounts.set_password(identity, "another long word", by=by)
        case "own password":
            who = await accounts.principal(token)
            assert who is not None
            await accounts.change_password(principal=who, old=PASSWORD, new="another long word", source="")
        case "session":
            await rule.end_session((await rule.sessions(account=identity))[0].session, by=by)
        case "all sessions":
            await rule.end_sessions(identity, by=by)
        case "seat":
            moved = NewAccount(login=AGENT.login, name=AGENT.name, role=Role.AGENT, seat=SeatNo("008"))
            await accounts.add(moved, password=PASSWORD)


@pytest.mark.parametrize("how", ENDS)
async def test_an_open_socket_is_closed_when_its_session_ends(accounts: Accounts, clock: ManualClock, how: str) -> None:
    identity, token = await logged_in(accounts)

    async with open_page(accounts, token) as socket:
        await end(how, accounts, identity=identity, token=token, clock=clock)

        assert await close_code(socket) == 4401
    assert await accounts.principal(token) is None


async def test_a_socket_closes_when_another_process_ends_its_session(
    accounts: Accounts, database: Database, clock: ManualClock, workers: Workers
) -> None:
    identity, token = await logged_in(accounts)
    elsewhere = Accounts(database=database, workers=workers, clock=clock)

    async with open_page(accounts, token) as socket:
        await elsewhere.administration.end(identity, by=identity)

        assert await close_code(socket) == 4401


async def test_another_persons_log_out_closes_nothing(accounts: Accounts) -> None:
    _, token = await logged_in(accounts)
    _, other = await logged_in(accounts, ADMIN)

    async with open_page(accounts, token) as socket:
        await accounts.log_out(other)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.receive(), 3)


async def test_while_the_database_is_away_a_socket_stays_until_its_session_expires(
    database_url: str, clock: ManualClock, workers: Workers
) -> None:
    async with road_to(database_url) as (road, url), open_database(url, audit_secret=AUDIT_SECRET) as database:
        accounts = Accounts(database=database, workers=workers, clock=clock)
        _, token = await logged_in(accounts)
        async with open_page(accounts, token) as socket:
            road.close()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.receive(), 3)
            clock.advance(timedelta(hours=13))

            assert await close_code(socket) == 4401


async def test_use_keeps_a_session_and_half_an_hour_without_use_ends_it(accounts: Accounts, clock: ManualClock) -> None:
    _, token = await logged_in(accounts)
    for _ in range(4):
        clock.advance(timedelta(minutes=29))
        assert await accounts.principal(token) is not None
    clock.advance(timedelta(minutes=30))

    assert await accounts.principal(token) is None


async def test_a_page_learns_when_to_lock_and_opens_again_by_the_password_only(accounts: Accounts) -> None:
    _, token = await logged_in(accounts)
    who = await accounts.principal(token)
    view = await accounts.sessions.view(token)
    assert who is not None
    assert view is not None

    with pytest.raises(Refused, match="不对"):
        await accounts.unlock(token, principal=who, password="wrong", source="")
    opened = await accounts.unlock(token, principal=who, password=PASSWORD, source="")

    assert (view.principal, view.idle_lock_s, view.idle_s) == (who, 900, 1800)
    assert opened == view


async def test_an_ended_account_is_shut_and_can_be_opened_again(accounts: Accounts) -> None:
    identity, _ = await logged_in(accounts)
    await accounts.administration.end(identity, by=identity)
    with pytest.raises(Refused, match="不对"):
        await accounts.log_in(login=AGENT.login, password=PASSWORD)
    await accounts.administration.reactivate(identity, by=identity)

    who, _ = await accounts.log_in(login=AGENT.login, password=PASSWORD)
    rows = await accounts.administration.accounts()

    assert who.account == identity
    assert [(row.login, row.active, row.sessions) for row in rows] == [(AGENT.login, True, 1)]


async def test_the_last_administrator_cannot_be_ended(accounts: Accounts) -> None:
    identity, token = await logged_in(accounts, ADMIN)

    with pytest.raises(Refused, match="最后一个管理员"):
        await accounts.administration.end(identity, by=identity)

    assert await accounts.principal(token) is not None


async def test_every_change_of_an_account_is_in_the_audit(accounts: Accounts, database: Database) -> None:
    identity, _ = await logged_in(accounts)
    await accounts.administration.end(identity, by=identity)
    await accounts.administration.reactivate(identity, by=identity)
    await accounts.set_password(identity, "another long word", by=identity)
    await accounts.administration.end_sessions(identity, by=identity)

    async with database.reading() as reading:
        rows = await reading.fetch("select what from log.audit order by number")
    assert [row["what"] for row in rows] == [
        "account-made", "account-ended", "account-reactivated", "password-changed", "sessions-ended",
    ]  # fmt: skip


async def test_a_person_changes_the_password_only_with_the_old_one(accounts: Accounts) -> None:
    _, token = await logged_in(accounts)
    who = await accounts.principal(token)
    assert who is not None

    with pytest.raises(Refused, match="不对"):
        await accounts.change_password(principal=who, old="wrong", new="another long word", source="")
    with pytest.raises(FieldError):
        await accounts.change_password(principal=who, old=PASSWORD, new="short", source="")

    assert await accounts.principal(token) is not None


async def test_one_account_ends_only_its_own_sessions(accounts: Accounts) -> None:
    identity, _ = await logged_in(accounts)
    other, token = await logged_in(accounts, ADMIN)
    session = (await accounts.administration.sessions(account=other))[0].session

    with pytest.raises(Refused, match="没有这个会话"):
        await accounts.administration.end_session(session, by=identity, of=identity)

    assert await accounts.principal(token) is not None
