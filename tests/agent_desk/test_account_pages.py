"""Accounts and sessions by HTTP, as people, administrators and outsiders ask: cookies, open sockets, wrong words."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from agent_desk import Accounts, AgentDesk, NewAccount
from agent_desk.accounts import passwords
from agent_desk.pages.accounts import AccountPages
from agent_desk.pages.session import SessionPages
from runtime.clock import ManualClock
from runtime.postgres import Database
from runtime.web import ApiInfo, WebSocketRoute, build_app, serve_app
from runtime.workers import Workers
from tests.agent_desk.people import Desk
from tests.agent_desk.test_accounts import AGENT, PASSWORD, UNIT
from tests.agent_desk.test_sessions import ADMIN, close_code, until_closed
from vocabulary.errors import Refused
from vocabulary.ids import AccountId
from vocabulary.people import Role

ANALYST = NewAccount(login="analyst", name="分析员", role=Role.ANALYST)
SECOND = NewAccount(login="second", name="二号管理员", role=Role.ADMIN)
NEW = "another long word"
OF_ACCOUNTS = (
    ("GET", ""), ("POST", "/{}/end"), ("POST", "/{}/reactivate"), ("POST", "/{}/password"), ("GET", "/{}/sessions"),
    ("DELETE", "/{}/sessions"),
)  # fmt: skip


class Browser:
    """One browser with its cookie; ``token`` stands in for it where the system of a unit asks."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self.client = client

    async def __call__(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> tuple[int, Any]:
        headers = {"X-Requested-With": "hotline"} | ({"Authorization": f"Bearer {token}"} if token else {})
        async with self.client.request(method, f"/api{path}", json=body, headers=headers) as response:
            return response.status, await response.json(content_type=None) if await response.read() else None

    async def log_in(self, login: str, password: str = PASSWORD) -> int:
        return (await self("POST", "/session", {"login": login, "password": password}))[0]

    async def socket(self) -> aiohttp.ClientWebSocketResponse:
        opened = await self.client.ws_connect("/live")
        assert await opened.receive_str() == "open"
        return opened


class Office:
    """A served desk, its accounts, and as many browsers as a test needs."""

    def __init__(self, accounts: Accounts, port: int, stack: AsyncExitStack) -> None:
        self.accounts, self._port, self._stack = accounts, port, stack

    async def browser(self, account: NewAccount | None = None) -> Browser:
        jar = aiohttp.CookieJar(unsafe=True)
        client = aiohttp.ClientSession(f"http://127.0.0.1:{self._port}", cookie_jar=jar)
        browser = Browser(await self._stack.enter_async_context(client))
        if account is not None:
            assert await browser.log_in(account.login) == 200
        return browser

    async def id_of(self, account: NewAccount) -> AccountId:
        return await self.accounts.administration.by_login(account.login)


@pytest.fixture
async def office(desk: Desk) -> AsyncIterator[Office]:
    accounts, room = _accounts_of(desk.room)
    for account in (ADMIN, AGENT, ANALYST):
        await accounts.add(account, password=PASSWORD)
    app = build_app(
        [*room.routes(), *AccountPages(accounts=accounts).routes()],
        sessions=accounts,
        info=ApiInfo(title="t", version="1"),
        sockets=[WebSocketRoute(path="/live", handler=until_closed, roles=frozenset(Role))],
    )
    looking = asyncio.create_task(accounts.sessions.run())
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(serve_app(app, host="127.0.0.1", port=0))
        yield Office(accounts, port, stack)
    looking.cancel()


def _accounts_of(room: AgentDesk) -> tuple[Accounts, SessionPages]:
    needs = room._needs
    pages = SessionPages(accounts=needs.accounts, choices=needs.choices, board=room.live.board)
    return needs.accounts, pages


async def test_an_ended_account_loses_its_cookie_its_open_page_and_its_log_in_at_once(office: Office) -> None:
    admin, agent, other = [await office.browser(account) for account in (ADMIN, AGENT, ANALYST)]
    page = await agent.socket()

    ended = await admin("POST", f"/accounts/{await office.id_of(AGENT)}/end")

    assert ended == (204, None)
    assert await close_code(page) == 4401
    assert (await agent("GET", "/session"))[0] == 401
    assert (await agent("POST", "/session/renew"))[0] == 401
    assert await (await office.browser()).log_in(AGENT.login) == 409
    assert (await other("GET", "/session"))[0] == 200


async def test_a_cookie_of_before_the_end_does_not_live_again_with_its_account(office: Office) -> None:
    admin, agent = [await office.browser(account) for account in (ADMIN, AGENT)]
    identity = await office.id_of(AGENT)

    await admin("POST", f"/accounts/{identity}/end")
    assert await admin("POST", f"/accounts/{identity}/reactivate") == (204, None)

    assert (await agent("GET", "/session"))[0] == 401
    assert await agent.log_in(AGENT.login) == 200


@pytest.mark.parametrize("who", ["nobody", "agent", "analyst", "unit"])
async def test_nobody_but_an_administrator_reaches_any_account_even_ones_own(office: Office, who: str) -> None:
    token = await office.accounts.unit_token(UNIT) if who == "unit" else None
    browser = await office.browser({"agent": AGENT, "analyst": ANALYST}.get(who))
    before = await office.accounts.administration.accounts()
    targets = [await office.id_of(account) for account in (ADMIN, AGENT, ANALYST)]

    answers = [
        (await browser(method, "/accounts" + path.format(target), {"password": NEW}, token=token))[0]
        for target in targets
        for method, path in OF_ACCOUNTS
    ]

    assert answers == [401 if who == "nobody" else 403] * len(targets) * len(OF_ACCOUNTS)
    assert await office.accounts.administration.accounts() == before
    assert await (await office.browser()).log_in(ADMIN.login) == 200


async def test_a_foreign_page_cannot_end_an_account_with_the_administrators_cookie(office: Office) -> None:
    admin = await office.browser(ADMIN)
    path = f"/api/accounts/{await office.id_of(AGENT)}/end"

    async with (
        admin.client.post(path) as bare,
        admin.client.post(
            path, headers={"X-Requested-With": "hotline", "Origin": "http://elsewhere.example"}
        ) as foreign,
    ):
        assert (bare.status, foreign.status) == (403, 403)

    assert [row.active for row in await office.accounts.administration.accounts()] == [True] * 3


async def test_the_last_administrator_cannot_end_oneself_and_stays_logged_in(office: Office) -> None:
    admin = await office.browser(ADMIN)

    status, problem = await admin("POST", f"/accounts/{await office.id_of(ADMIN)}/end")

    assert (status, problem["reason"]) == (409, "last-admin")
    assert (await admin("GET", "/accounts"))[0] == 200


async def test_two_administrators_who_end_each_other_at_once_leave_one(office: Office) -> None:
    await office.accounts.add(SECOND, password=PASSWORD)
    browsers = [await office.browser(account) for account in (ADMIN, SECOND)]
    targets = [await office.id_of(account) for account in (SECOND, ADMIN)]

    answers = await asyncio.gather(
        *(one("POST", f"/accounts/{target}/end") for one, target in zip(browsers, targets, strict=True))
    )

    rows = await office.accounts.administration.accounts()
    assert min(status for status, _ in answers) == 204
    assert [row.active for row in rows if row.role is Role.ADMIN].count(True) == 1


@pytest.mark.parametrize("path", ["/accounts/{}/end", "/accounts/{}/reactivate", "/accounts/{}/password"])
@pytest.mark.parametrize("which", ["unknown", "not an id"])
async def test_an_account_that_is_not_there_is_not_found(office: Office, path: str, which: str) -> None:
    admin = await office.browser(ADMIN)
    name = str(uuid4()) if which == "unknown" else "admin"

    assert (await admin("POST", path.format(name), {"password": NEW}))[0] == 404


async def test_a_password_is_changed_with_the_old_one_and_every_browser_of_the_person_is_out(office: Office) -> None:
    here, there, other = [await office.browser(account) for account in (AGENT, AGENT, ANALYST)]
    page = await there.socket()

    changed = await here("POST", "/session/password", {"old": PASSWORD, "new": NEW})

    assert changed == (204, None)
    assert len(here.client.cookie_jar) == 0
    assert await close_code(page) == 4401
    assert [(await one("GET", "/session"))[0] for one in (here, there, other)] == [401, 401, 200]
    assert [await here.log_in(AGENT.login, word) for word in (PASSWORD, NEW)] == [409, 200]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"old": "wrong", "new": NEW}, 409, "wrong-login"),
        ({"old": "", "new": NEW}, 409, "wrong-login"),
        ({"old": PASSWORD + "x" * 5000, "new": NEW}, 409, "wrong-login"),
        ({"old": PASSWORD, "new": "short"}, 422, "invalid-fields"),
        ({"new": NEW}, 400, "malformed"),
    ],
)
async def test_a_password_stays_when_the_old_one_is_wrong_or_the_new_one_bad(
    office: Office, body: dict[str, str], status: int, reason: str
) -> None:
    agent = await office.browser(AGENT)

    got, problem = await agent("POST", "/session/password", body)

    assert (got, problem["reason"]) == (status, reason)
    assert (await agent("GET", "/session"))[0] == 200
    assert await agent.log_in(AGENT.login) == 200


async def test_who_found_an_open_page_cannot_try_old_passwords_without_end(office: Office) -> None:
    agent = await office.browser(AGENT)
    tries = [await agent("POST", "/session/password", {"old": f"guess {n}", "new": NEW}) for n in range(8)]

    statuses = [status for status, _ in tries]
    assert statuses == [409] * 5 + [429] * 3
    assert (await agent("POST", "/session/unlock", {"password": PASSWORD}))[0] == 429


async def test_a_password_that_an_administrator_gives_ends_the_sessions_and_a_unit_has_none(office: Office) -> None:
    admin, agent = [await office.browser(account) for account in (ADMIN, AGENT)]
    await office.accounts.unit_token(UNIT)

    short = await admin("POST", f"/accounts/{await office.id_of(AGENT)}/password", {"password": "short"})
    still = (await agent("GET", "/session"))[0]
    given = await admin("POST", f"/accounts/{await office.id_of(AGENT)}/password", {"password": NEW})
    of_unit = await admin("POST", f"/accounts/{await office.id_of(UNIT)}/password", {"password": NEW})

    assert (short[0], short[1]["fields"].keys(), still) == (422, {"password"}, 200)
    assert (given[0], of_unit[0]) == (204, 404)
    assert (await agent("GET", "/session"))[0] == 401
    assert [await agent.log_in(login, NEW) for login in (AGENT.login, UNIT.login)] == [200, 409]


async def test_a_person_sees_and_ends_ones_own_sessions_only(office: Office) -> None:
    here, there, other = [await office.browser(account) for account in (AGENT, AGENT, ANALYST)]
    page = await there.socket()
    _, mine = await here("GET", "/sessions")
    _, others = await other("GET", "/sessions")
    elsewhere = next(row["session"] for row in mine if not row["own"])

    refused = await other("DELETE", f"/sessions/{elsewhere}")
    ended = await here("DELETE", f"/sessions/{elsewhere}")
    again = await here("DELETE", f"/sessions/{elsewhere}")

    assert [(row["login"], row["source"]) for row in mine] == [(AGENT.login, "127.0.0.1")] * 2
    assert [row["own"] for row in mine].count(True) == 1
    assert [row["login"] for row in others] == [ANALYST.login]
    assert not {"token", "token_digest", "account"} & mine[0].keys()
    assert (refused[0], ended[0], again[0]) == (404, 204, 404)
    assert await close_code(page) == 4401
    assert [(await one("GET", "/session"))[0] for one in (here, there, other)] == [200, 401, 200]


async def test_an_administrator_sees_and_ends_the_sessions_of_anybody(office: Office) -> None:
    admin, agent, other = [await office.browser(account) for account in (ADMIN, AGENT, AGENT)]
    path = f"/accounts/{await office.id_of(AGENT)}/sessions"
    _, rows = await admin("GET", path)

    one = await admin("DELETE", f"/sessions/{rows[0]['session']}")
    left = (await admin("GET", path))[1]
    rest = await admin("DELETE", path)

    assert ([row["login"] for row in rows], one[0], len(left), rest[0]) == ([AGENT.login] * 2, 204, 1, 204)
    assert [(await browser("GET", "/session"))[0] for browser in (agent, other, admin)] == [401, 401, 200]


@asynccontextmanager
async def hash_waiting(workers: Workers) -> AsyncIterator[None]:
    """Whoever's password is being checked when the block begins hears of it only at its end."""
    held = threading.Event()
    holding = asyncio.create_task(workers.run(held.wait))
    try:
        yield
    finally:
        held.set()
        await holding


async def begun(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Begin, and come as far as the check of the password."""
    task = asyncio.create_task(work)
    await asyncio.sleep(0.3)
    return task


@pytest.mark.parametrize("change", ["password", "end"])
async def test_a_log_in_that_was_under_way_when_the_account_changed_opens_nothing(
    database: Database, clock: ManualClock, change: str
) -> None:
    async with Workers(threads=1) as workers:
        accounts = Accounts(database=database, workers=workers, clock=clock)
        rule, identity = accounts.administration, await accounts.add(AGENT, password=PASSWORD)
        async with hash_waiting(workers):
            logging_in = await begun(accounts.log_in(login=AGENT.login, password=PASSWORD))
            if change == "password":
                await rule.set_hash(identity, passwords.hashed(NEW), by=identity)
            else:
                await rule.end(identity, by=identity)

        with pytest.raises(Refused, match="不对"):
            await logging_in
        await rule.reactivate(identity, by=identity)
        assert await rule.sessions(account=identity) == []


async def test_who_knew_the_old_password_does_not_undo_one_that_was_given_meanwhile(
    database: Database, clock: ManualClock
) -> None:
    async with Workers(threads=1) as workers:
        accounts = Accounts(database=database, workers=workers, clock=clock)
        rule, identity = accounts.administration, await accounts.add(AGENT, password=PASSWORD)
        who, _ = await accounts.log_in(login=AGENT.login, password=PASSWORD)
        async with hash_waiting(workers):
            changing = await begun(
                accounts.change_password(principal=who, old=PASSWORD, new="the thief's own word", source="")
            )
            await rule.set_hash(identity, passwords.hashed(NEW), by=identity)

        with pytest.raises(Refused):
            await changing
        found, _ = await accounts.log_in(login=AGENT.login, password=NEW)
        assert found.account == identity
