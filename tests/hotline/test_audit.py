"""The audit as an administrator asks for it: pages, health, and the command at the terminal."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.auditing import AuditPages
from runtime.audit import AuditEntry, AuditWatch, append_head, ensure_key, last_head, record
from runtime.clock import ManualClock
from runtime.ids import new_id
from runtime.postgres import Database, DatabaseUrls, open_database
from tests.agent_desk.serving import Asker, served
from tests.hotline.command import given
from tests.runtime.test_audit import KEY, UNTOUCHABLE
from vocabulary.ids import AccountId, ContactId

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
CONTACT = ContactId(new_id())


async def write(db: Database, why: str, *, what: str = "caller-revealed") -> None:
    entry = AuditEntry(at=NOW, account=AccountId(new_id()), what=what, contact=CONTACT, why=why)
    async with db.transaction() as tx:
        await record(tx, entry, salt=b"0" * 16)


@pytest.fixture
async def ask(database: Database, tmp_path: Path) -> AsyncIterator[Asker]:
    clock = ManualClock(NOW)
    watch = AuditWatch(database, key=KEY, heads=tmp_path / "heads", clock=clock)
    async with served(AuditPages(database=database, watch=watch, clock=clock).routes()) as asker:
        yield asker


async def test_an_administrator_finds_entries_and_the_look_is_an_entry(ask: Asker, database: Database) -> None:
    await write(database, "核对号码")
    await write(database, "复核", what="recording-played")

    found = await ask("GET", f"/api/audit?contact={CONTACT}&what=recording-played", role="admin")
    assert [(row["number"], row["why"]) for row in found.body] == [(2, "复核")]
    looks = await ask("GET", "/api/audit?what=audit-searched", role="admin")

    assert looks.body[-1]["why"] == f"contact={CONTACT} what=recording-played"
    assert looks.body[-1]["contact"] == str(CONTACT)


@pytest.mark.parametrize("path", ["/api/audit", "/api/audit/verdict"])
async def test_nobody_else_looks_into_it(ask: Asker, path: str) -> None:
    answers = [(await ask("GET", path, role=role)).status for role in (None, "agent", "analyst", "unit")]

    assert answers == [401, 403, 403, 403]


@pytest.mark.parametrize(
    "query",
    [
        "contact=x", "account=1", "since=now", "until=2026-11-25T08:00:00", "limit=0", "limit=501", "below=x",
        "below=-1", "what=a%00b", "what=" + "a" * 61, "contact=",
    ],
)  # fmt: skip
async def test_a_query_that_is_not_right_is_refused_by_name(ask: Asker, query: str) -> None:
    answer = await ask("GET", f"/api/audit?{query}", role="admin")

    assert answer.status in {400, 422}
    assert query.partition("=")[0] in answer.text


async def test_the_verdict_names_the_first_entry_that_was_changed_and_goes_on_naming_it(
    ask: Asker, database: Database, owned: Database
) -> None:
    await write(database, "a")
    first = (await ask("GET", "/api/audit/verdict", role="admin")).body
    assert (first["whole"], first["entries"]) == (True, 1)
    await write(database, "b")
    await write(database, "c")

    async with owned.transaction() as tx:
        await tx.execute(UNTOUCHABLE)
        await tx.execute("update log.audit set account = gen_random_uuid() where number = 2")

    answers = [(await ask("GET", "/api/audit/verdict", role="admin")).body for _ in range(2)]
    assert [(answer["whole"], answer["broken_at"]) for answer in answers] == [(False, 2), (False, 2)]


def hotline(data: Path, urls: DatabaseUrls, *words: str) -> tuple[int, str]:
    """Run a command as an operator does, against a configured database; return exit code and what it said."""
    environment = {**os.environ, "HOTLINE_DATA": str(data), "HOTLINE_DATABASE__URL": urls.app,
                   "HOTLINE_DATABASE__OWNER_URL": urls.owner, "HOTLINE_DATABASE__READER_URL": urls.reader}  # fmt: skip
    return given(*words, environment=environment)


async def test_the_command_says_whole_broken_and_cut_off(
    database_urls: DatabaseUrls, owned: Database, tmp_path: Path
) -> None:
    assert hotline(tmp_path, database_urls, "audit", "verify") == (
        1, f"hotline: there is no key of the audit, {tmp_path}/audit.key: the desk makes it at its first start\n",
    )  # fmt: skip
    key = await ensure_key(tmp_path / "audit.key", database_url=database_urls.app, clock=ManualClock(NOW))
    async with open_database(database_urls.app, audit_secret=key.secret) as db:
        for why in "abc":
            await write(db, why)
        head = await last_head(db, at=NOW)
    assert head is not None
    append_head(tmp_path / "audit-heads.jsonl", head)
    code, said = hotline(tmp_path, database_urls, "audit", "verify")
    assert (code, "the audit is whole: 3 entries" in said, "1 heads" in said) == (0, True, True)

    async with owned.transaction() as tx:
        await tx.execute(UNTOUCHABLE)
        await tx.execute("delete from log.audit_words where number = 3")
        await tx.execute("delete from log.audit where number = 3")
    code, said = hotline(tmp_path, database_urls, "audit", "verify")
    assert code == 1
    assert "broken at entry 3: the end was cut off" in said

    code, said = hotline(tmp_path, database_urls, "audit", "show", "--limit", "2")
    assert (code, said.count("caller-revealed"), said.count("audit-searched")) == (0, 1, 1)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("copy (select 1) to program 'true'", "permission denied"),
        ("select pg_read_file('PG_VERSION')", "permission denied"),
        ("delete from log.events", "read-only transaction"),
        ("set role hotline_owner", "permission denied"),
        ("select 1; drop table log.events", "cannot insert multiple commands"),
    ],
)
async def test_the_sql_command_reads_and_can_do_nothing_else(
    database_urls: DatabaseUrls, tmp_path: Path, query: str, said: str
) -> None:
    code, text = hotline(tmp_path, database_urls, "sql", query)

    assert code == 1
    assert said in text
