"""The pool, its transactions and the embedded server."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.postgres import (
    Database,
    DatabaseAway,
    DatabaseRefused,
    FolderInUse,
    ValueNotStored,
    embedded_postgres,
    open_database,
    running_urls,
)
from runtime.postgres.places import NOBODY, choose_places, reachable_by_others
from tests.waiting import within

FAST = {"fsync": "off"}


@pytest.fixture
async def numbers(database: Database, owned: Database) -> Database:
    async with owned.transaction() as tx:
        await tx.execute("create table numbers (n int primary key, note jsonb)")
        await tx.execute("grant select, insert on numbers to hotline_app")
    return database


async def ask(url: str, sql: str) -> object:
    async with open_database(url) as db, db.reading() as reading:
        return await reading.fetchval(sql)


async def count(db: Database) -> int:
    async with db.reading() as reading:
        return int(await reading.fetchval("select count(*) from numbers"))


async def test_a_transaction_commits_when_its_block_ends(numbers: Database) -> None:
    async with numbers.transaction() as tx:
        await tx.execute("insert into numbers values ($1)", 1)

    assert await count(numbers) == 1


async def test_a_transaction_whose_block_fails_leaves_nothing(numbers: Database) -> None:
    async def fail() -> None:
        async with numbers.transaction() as tx:
            await tx.execute("insert into numbers values (1)")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await count(numbers) == 0


async def test_a_cancelled_transaction_leaves_nothing_and_gives_its_connection_back(
    numbers: Database, database_url: str
) -> None:
    assert await count(numbers) == 0
    async with open_database(database_url, size=1) as db:

        async def slow() -> None:
            async with db.transaction() as tx:
                await tx.execute("insert into numbers values (1)")
                await tx.execute("select pg_sleep(30)")

        task = asyncio.create_task(slow())
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait([task], timeout=5)

        assert await count(db) == 0


async def test_json_columns_take_and_give_dicts(numbers: Database) -> None:
    async with numbers.transaction() as tx:
        await tx.execute("insert into numbers values (1, $1), (2, $2)", {"字": [1, None]}, b'{"a": 1}')
        rows = await tx.fetch("select note from numbers order by n")

    assert [row["note"] for row in rows] == [{"字": [1, None]}, {"a": 1}]


async def test_all_statements_of_a_reading_see_the_same_moment_and_cannot_write(numbers: Database) -> None:
    async with numbers.reading() as reading:
        before = await reading.fetchval("select count(*) from numbers")
        async with numbers.transaction() as tx:
            await tx.execute("insert into numbers values (1)")

        assert await reading.fetchval("select count(*) from numbers") == before
        with pytest.raises(Exception, match="read-only"):
            await reading.fetchval("insert into numbers values (2) returning n")


async def test_a_text_with_a_nul_character_is_a_refusal_not_a_crash(numbers: Database) -> None:
    with pytest.raises(ValueNotStored):
        async with numbers.transaction() as tx:
            await tx.fetchval("select $1::text", "a\0b")


async def test_a_server_that_is_away_is_transient_and_says_so_at_first_use() -> None:
    async with open_database("postgresql://postgres:x@127.0.0.1:1/postgres") as db:
        with pytest.raises(DatabaseAway, match="does not answer"):
            async with db.transaction() as tx:
                await tx.execute("select 1")


async def test_a_wrong_password_is_permanent_and_names_the_setting(postgres_url: str) -> None:
    wrong = f"postgresql://postgres:wrong@{postgres_url.rpartition('@')[2]}"
    async with open_database(wrong) as db:
        with pytest.raises(DatabaseRefused, match="HOTLINE_DATABASE__URL"):
            async with db.reading() as reading:
                await reading.fetchval("select 1")


async def test_a_connection_that_dies_in_a_transaction_is_transient_and_the_next_works(database_url: str) -> None:
    async with open_database(database_url, size=2) as db:

        async def die() -> None:
            async with db.transaction() as tx:
                pid = await tx.fetchval("select pg_backend_pid()")
                async with db.transaction() as other:
                    await other.execute("select pg_terminate_backend($1)", pid)
                await tx.execute("select 1")

        with pytest.raises(DatabaseAway):
            await die()
        async with db.reading() as reading:
            assert await reading.fetchval("select 1") == 1


async def _both_have_asked(database: Database) -> None:
    """Wait until two connections have asked for the lock last of all: one has it, the other was refused."""
    asked = "select count(*) from pg_stat_activity where datname = current_database() and query like 'select pg_try_advisory_lock%'"
    async with within(10, "the second asking"), database.reading() as reading:
        while await reading.fetchval(asked) < 2:
            await asyncio.sleep(0.02)


async def test_only_one_holds_a_lock_and_the_next_gets_it_when_it_ends(database: Database) -> None:
    got = asyncio.Event()

    async def second() -> None:
        async with database.holding("x"):
            got.set()

    async with database.holding("x") as held:
        task = asyncio.create_task(second())
        await _both_have_asked(database)

        assert await held.still()
        assert not got.is_set()
    await asyncio.wait_for(got.wait(), 5)
    await task


async def test_a_holder_whose_connection_dies_knows_that_the_lock_is_gone(database: Database) -> None:
    async with database.holding("x") as held:
        async with database.transaction() as tx:
            await tx.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid() "
                "and database = (select oid from pg_database where datname = current_database())"
            )

        assert not await held.still()


async def test_a_notice_is_heard_and_a_lost_connection_is_noticed(database: Database) -> None:
    heard = asyncio.Event()
    async with database.listening("news", heard=heard.set) as lost:
        async with database.transaction() as tx:
            await tx.execute("select pg_notify('news', '')")
        await asyncio.wait_for(heard.wait(), 5)
        async with database.transaction() as tx:
            await tx.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
        await asyncio.wait_for(lost.wait(), 5)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can walk to, unlike pytest's own; it must be empty in the end."""
    place = Path(tempfile.mkdtemp(prefix="embedded-"))
    place.chmod(0o755)
    yield place
    place.rmdir()


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


@pytest.mark.real
async def test_the_embedded_server_keeps_its_data_and_is_found_while_it_runs(open_folder: Path) -> None:
    async with embedded_postgres(open_folder, settings=FAST) as urls, open_database(urls.owner) as db:
        async with db.transaction() as tx:
            await tx.execute("create table kept (n int)")

        assert await running_urls(open_folder) == urls
        with pytest.raises(FolderInUse, match="Another hotline already runs with the data folder"):
            async with embedded_postgres(open_folder):
                pass

    assert await running_urls(open_folder) is None
    async with embedded_postgres(open_folder, remove=True, settings=FAST) as urls:
        assert await ask(urls.owner, "select count(*) from kept") == 0
        assert await ask(urls.app, "show server_encoding") == "UTF8"


@pytest.mark.real
async def test_the_password_is_asked_for_and_its_file_is_private(open_folder: Path) -> None:
    async with embedded_postgres(open_folder, remove=True, settings=FAST) as urls:
        home = choose_places(open_folder).home

        assert (home / "password").stat().st_mode & 0o777 == 0o600
        assert home.stat().st_mode & 0o777 == 0o700
        async with open_database(urls.app.replace(urls.app.split(":")[2].split("@")[0], "guess")) as db:
            with pytest.raises(DatabaseRefused):
                async with db.reading():
                    pass


SERVE = """
import asyncio, sys
from pathlib import Path
from runtime.postgres import embedded_postgres
async def main():
    async with embedded_postgres(Path(sys.argv[1])) as urls:
        print(urls.app, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.real
async def test_after_kill_9_of_the_parent_no_server_is_left_and_the_next_start_works_at_once(open_folder: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, str(open_folder), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert parent.stdout is not None
    while b"postgresql://" not in await asyncio.wait_for(parent.stdout.readline(), 30):
        pass
    children = psutil.Process(parent.pid).children(recursive=True)

    parent.kill()
    await parent.wait()
    async with embedded_postgres(open_folder, remove=True, settings=FAST) as urls:
        assert await ask(urls.app, "select 1") == 1
    _, left = psutil.wait_procs(children, timeout=5)

    assert left == []


@pytest.mark.real
async def test_a_stale_pid_file_that_names_an_innocent_process_neither_blocks_nor_harms(
    open_folder: Path, innocent: subprocess.Popen[bytes]
) -> None:
    async with embedded_postgres(open_folder, settings=FAST):
        pass
    cluster = choose_places(open_folder).cluster
    (cluster / "postmaster.pid").write_text(f"{innocent.pid}\n{cluster}\n0\n1\n\n127.0.0.1\n")

    async with embedded_postgres(open_folder, remove=True, settings=FAST):
        pass

    assert innocent.poll() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the user")
def test_as_root_an_unreachable_folder_sends_the_data_to_the_system_home(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    places = choose_places(closed, system_home=Path("/var/lib/hotline"))

    assert places.uid == NOBODY
    assert places.home.parent == Path("/var/lib/hotline")
    assert not reachable_by_others(closed)


@pytest.mark.real
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the user")
async def test_as_root_a_private_folder_in_a_place_that_others_reach_keeps_its_database(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir(mode=0o700)

    async with embedded_postgres(data, remove=True, settings=FAST) as urls:
        assert await ask(urls.app, "select 1") == 1
        assert (data / "postgres").is_dir()

    assert data.stat().st_mode & 0o777 == 0o701
    data.rmdir()


@pytest.mark.real
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the user")
async def test_as_root_with_a_private_folder_it_runs_and_leaves_no_trace_when_removed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = choose_places(closed).home

    async with embedded_postgres(closed, remove=True, settings=FAST) as urls:
        assert await ask(urls.app, "select 1") == 1
        assert home.exists()

    assert not home.exists()
    assert list(closed.iterdir()) == []
