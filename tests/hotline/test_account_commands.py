"""``hotline users`` and ``hotline sessions`` as an operator types them: what they end, refuse, print and write down."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_desk import Accounts, NewAccount
from runtime.audit import HOUSE, ensure_key
from runtime.clock import SystemClock
from runtime.postgres import Database, DatabaseUrls, open_database
from runtime.workers import Workers
from telephony import Published, publications, settings
from tests.agent_desk.test_accounts import AGENT, PASSWORD, UNIT
from tests.hotline.command import given
from vocabulary.errors import Refused
from vocabulary.people import Role

ADMIN = NewAccount(login="admin", name="管理员", role=Role.ADMIN)
NEW = "another long word"


class Operator:
    """Somebody at the machine, with the accounts of its desk beside."""

    def __init__(self, urls: DatabaseUrls, data: Path, accounts: Accounts) -> None:
        self._urls, self._data, self.accounts = urls, data, accounts

    def __call__(self, *words: str, typed: str = "") -> tuple[int, str]:
        """Run a command; return its exit code and what it said."""
        environment = {
            **os.environ, "HOTLINE_DATA": str(self._data), "HOTLINE_DATABASE__URL": self._urls.app,
            "HOTLINE_DATABASE__OWNER_URL": self._urls.owner, "HOTLINE_DATABASE__READER_URL": self._urls.reader,
        }  # fmt: skip
        return given(*words, environment=environment, typed=typed)

    def listed(self, *words: str) -> list[dict[str, Any]]:
        code, said = self(*words, "--json")
        assert code == 0, said
        rows: list[dict[str, Any]] = json.loads(said)
        return rows

    async def token(self, account: NewAccount, password: str = PASSWORD) -> str:
        return (await self.accounts.log_in(login=account.login, password=password))[1]


@pytest.fixture
async def operator(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Operator]:
    clock = SystemClock()
    key = await ensure_key(tmp_path / "audit.key", database_url=database_urls.app, clock=clock)
    async with (
        open_database(database_urls.app, audit_secret=key.secret) as database,
        Workers(threads=2) as workers,
    ):
        accounts = Accounts(database=database, workers=workers, clock=clock)
        for account in (ADMIN, AGENT):
            await accounts.add(account, password=PASSWORD)
        yield Operator(database_urls, tmp_path, accounts)


async def test_an_account_is_ended_and_opened_again_by_its_login(operator: Operator) -> None:
    token = await operator.token(AGENT)

    assert operator("users", "end", AGENT.login) == (0, "account agent007 is ended\n")
    assert await operator.accounts.principal(token) is None
    with pytest.raises(Refused, match="不对"):
        await operator.token(AGENT)
    assert {row["login"]: (row["active"], row["sessions"]) for row in operator.listed("users", "list")} == {
        "admin": (True, 0), "agent007": (False, 0),
    }  # fmt: skip

    assert operator("users", "reactivate", AGENT.login) == (0, "account agent007 may log in again\n")
    assert await operator.accounts.principal(token) is None
    assert await operator.token(AGENT)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("users", "end", "admin"), "最后一个管理员"),
        (("users", "end", "nobody"), "没有账号 nobody"),
        (("users", "reactivate", "nobody"), "没有账号 nobody"),
        (("users", "password", "nobody"), "没有账号 nobody"),
        (("sessions", "list", "nobody"), "没有账号 nobody"),
        (("sessions", "end", "nobody"), "没有账号 nobody"),
        (("sessions", "end", "0c0ffee0-0000-4000-8000-000000000000"), "没有这个会话"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence_and_exit_1(
    operator: Operator, words: tuple[str, ...], said: str
) -> None:
    code, answer = operator(*words, typed=f"{NEW}\n{NEW}\n")

    assert (code, said in answer, "Traceback" in answer) == (1, True, False)
    assert [row.active for row in await operator.accounts.administration.accounts()] == [True, True]


async def test_a_password_is_asked_for_twice_never_printed_and_ends_the_sessions(operator: Operator) -> None:
    token = await operator.token(AGENT)

    differs = operator("users", "password", AGENT.login, typed=f"{NEW}\nanother\n")
    short = operator("users", "password", AGENT.login, typed="short\nshort\n")
    kept = await operator.accounts.principal(token)
    given = operator("users", "password", AGENT.login, typed=f"{NEW}\n{NEW}\n")

    assert [code for code, _ in (differs, short, given)] == [1, 1, 0]
    assert "密码至少10位" in short[1]
    assert NEW not in differs[1] + short[1] + given[1]
    assert kept is not None
    assert await operator.accounts.principal(token) is None
    assert await operator.token(AGENT, NEW)


async def test_a_units_account_gets_no_password(operator: Operator) -> None:
    token = await operator.accounts.unit_token(UNIT)

    code, said = operator("users", "password", UNIT.login, typed=f"{NEW}\n{NEW}\n")

    assert (code, "没有密码" in said) == (1, True)
    assert await operator.accounts.principal(token) is not None


async def test_sessions_are_listed_without_their_tokens_and_ended_one_by_one_or_all(operator: Operator) -> None:
    tokens = [await operator.token(AGENT) for _ in range(3)]
    others = await operator.token(ADMIN)
    rows = operator.listed("sessions", "list", AGENT.login)
    code, whole = operator("sessions", "list")

    assert (code, len(rows), whole.count("login=")) == (0, 3, 4)
    assert [token for token in (*tokens, others) if token in whole] == []
    assert operator("sessions", "end", rows[0]["session"])[0] == 0
    assert [await operator.accounts.principal(token) is None for token in tokens].count(True) == 1
    assert operator("sessions", "end", AGENT.login) == (0, "agent007: ended\n")
    assert [await operator.accounts.principal(token) for token in tokens] == [None] * 3
    assert await operator.accounts.principal(others) is not None


async def test_before_the_desk_has_ever_served_accounts_are_listed_and_a_change_says_what_is_missing(
    operator: Operator, tmp_path: Path
) -> None:
    (tmp_path / "audit.key").unlink()

    rows = operator.listed("users", "list")
    code, said = operator("users", "end", AGENT.login)

    assert len(rows) == 2
    assert (code, "there is no key of the audit" in said, "Traceback" in said) == (1, True, False)


async def test_an_account_is_made_and_renewed_by_command_and_both_are_in_the_audit(operator: Operator) -> None:
    words = ("users", "add", "agent008", "--name", "钱八", "--role", "agent", "--seat", "008", "--skill", "one-number")
    made = operator(*words, typed=f"{NEW}\n{NEW}\n")
    renewed = operator(*words[:-2], typed=f"{PASSWORD}\n{PASSWORD}\n")

    who, _ = await operator.accounts.log_in(login="agent008", password=PASSWORD)
    entries = [line for line in operator("audit", "show")[1].splitlines() if str(who.account) in line]
    assert (made[0], renewed[0]) == (0, 0), made[1] + renewed[1]
    assert who.skills == {"general", "one-number"}
    assert [line.split("\t")[2:4] + line.split("\t")[5:] for line in entries] == [
        [str(HOUSE), "account-renewed", f"account {who.account}; role agent; seat 008; skills general, one-number"],
        [str(HOUSE), "account-made", f"account {who.account}; role agent; seat 008; skills one-number"],
    ]


async def test_the_first_account_is_made_before_the_desk_ever_served_and_its_entry_is_the_first(
    database_urls: DatabaseUrls, database: Database, tmp_path: Path
) -> None:
    operator = Operator(database_urls, tmp_path, Accounts(database=database, workers=None, clock=SystemClock()))

    code, said = operator("users", "add", "first", "--name", "甲", "--role", "admin", typed=f"{NEW}\n{NEW}\n")

    assert code == 0, said
    assert "the audit is whole: 1 entries" in operator("audit", "verify")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--role", "agent", "--seat", "009", "--skill", "generel"),
            "there is no queue generel; the city has general, one-number",
        ),
        (("--role", "admin", "--skill", "general"), "only an agent has skills"),
        (("--role", "agent"), "工号"),
        (("--role", "boss"), "role is one of agent"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_in_a_sentence_and_leaves_no_trace(
    operator: Operator, words: tuple[str, ...], said: str
) -> None:
    code, answer = operator("users", "add", "agent009", "--name", "乙", *words, typed=f"{NEW}\n{NEW}\n")

    assert (code, said in answer, "Traceback" in answer) == (1, True, False), answer
    assert len(operator.listed("users", "list")) == 2
    assert "the audit is whole: 2 entries" in operator("audit", "verify")[1]


async def test_skills_are_queues_of_the_version_that_runs_whatever_the_files_say(
    operator: Operator, database: Database
) -> None:
    queue = settings.Queue(name="courts", title="法院")
    running = settings.TelephonySettings(version=1, lines=(), queues=(queue,))
    async with database.transaction() as tx:
        await publications.keep(tx, Published(number=1, at=SystemClock().now(), by=HOUSE, note="试", settings=running))
    words = ("users", "add", "agent009", "--name", "乙", "--seat", "009")

    refused = operator(*words, "--skill", "general", typed=f"{NEW}\n{NEW}\n")
    made = operator(*words, typed=f"{NEW}\n{NEW}\n")

    who, _ = await operator.accounts.log_in(login="agent009", password=NEW)
    assert (refused[0], "there is no queue general; the city has courts" in refused[1]) == (1, True)
    assert (made[0], who.skills) == (0, {"courts"})


async def test_what_an_operator_changes_stands_in_the_audit_which_stays_whole(operator: Operator) -> None:
    await operator.token(AGENT)
    before = operator("sessions", "end", AGENT.login)
    after = [operator("users", *words, typed=f"{NEW}\n{NEW}\n") for words in (
        ("end", AGENT.login), ("reactivate", AGENT.login), ("password", AGENT.login),
    )]  # fmt: skip

    code, said = operator("audit", "verify")

    assert [before[0], *(code for code, _ in after)] == [0] * 4
    assert (code, "the audit is whole: 6 entries" in said) == (0, True), said
