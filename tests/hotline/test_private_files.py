"""What the house writes on the disk is readable by its user only, and the server's log holds nothing of a caller."""

import asyncio
import contextlib
import os
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from hotline.places import PRIVATE, make_data_folder
from hotline.process_configs import DatabaseProcess, write_private
from runtime.codec import decode
from runtime.nats_server import free_port
from runtime.postgres import Database, DatabaseUrls, ValueNotStored, log_files, open_database
from runtime.postgres.embedded import forget_postgres
from runtime.postgres.places import choose_places
from tests.runtime.engines import eventually

NUMBER = "19900000101"
PROVOKED = (
    ("insert into numbers values ($1)", NUMBER),
    ("insert into numbers values ($1)", NUMBER),
    ("select $1::text::uuid", NUMBER),
    (f"select '{NUMBER}'::date", None),
    (f"selec '{NUMBER}'", None),
    ("select (1 / (length($1::text) - 11))", NUMBER),
    ("do $$ begin raise warning 'heard 19900000101'; raise exception 'heard 19900000101'; end $$", None),
)
"""Statements that fail with a caller's number in the statement, a parameter, the detail, the context."""


@pytest.fixture
async def database_process(tmp_path: Path) -> AsyncIterator[tuple[Path, DatabaseUrls]]:
    """A database process started as the supervisor starts it: its data folder and its URLs."""
    data = tmp_path / "data"
    write_private(tmp_path / "database.json", DatabaseProcess(data=str(data), port=free_port()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.process", "database", str(tmp_path / "database.json"),
        str(tmp_path / "data" / "logs" / "database.log"), stdout=asyncio.subprocess.PIPE, umask=0o022,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = b""
        async with asyncio.timeout(60):
            while not line.startswith(b"ready"):  # signs of life may come before
                line = await process.stdout.readline()
        yield data, decode(line.removeprefix(b"ready").strip(), DatabaseUrls)
    finally:
        process.terminate()
        await process.wait()
        forget_postgres(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another user")
def test_what_root_makes_above_its_data_folder_can_be_walked_through_and_not_read(tmp_path: Path) -> None:
    data = tmp_path / ".local" / "share" / "hotline"
    before = os.umask(PRIVATE)
    try:
        make_data_folder(data)
    finally:
        os.umask(before)

    modes = [folder.stat().st_mode & 0o777 for folder in (data, data.parent, data.parent.parent)]
    assert modes == [0o700, 0o711, 0o711]


@pytest.mark.real
async def test_no_file_is_open_to_others_and_no_log_holds_what_made_statements_fail(
    database_process: tuple[Path, DatabaseUrls],
) -> None:
    data, urls = database_process
    async with open_database(urls.owner, size=1) as db:
        async with db.transaction() as tx:
            await tx.execute("create table numbers (phone text primary key check (length(phone) > 3))")
        for sql, argument in PROVOKED:
            with contextlib.suppress(asyncpg.PostgresError, ValueNotStored):
                async with db.outside_transaction() as statements:
                    await (statements.execute(sql, argument) if argument else statements.execute(sql))
        async with db.reading() as reading:
            assert await reading.fetchval("select count(*) from numbers") == 1

    home = choose_places(data).home
    files = [path for folder in (data, home) for path in folder.rglob("*") if "programs" not in path.parts]
    assert len(files) > 50
    assert [str(path) for path in (data, home, *files) if path.stat().st_mode & 0o077] == []
    logs = [path for path in files if path.suffix == ".log"]
    assert [path.name for path in logs if path.name.startswith("postgres-")], "the server's collector writes"
    assert any(path.read_bytes() for path in logs)
    assert [path.name for path in logs if NUMBER in path.read_text("utf-8", errors="replace")] == []


FLOOD = """do $$ begin for n in 1..2000 loop raise log '%', repeat('x', 1000); end loop; end $$"""
"""Two mebibytes of the server's own words."""


@pytest.mark.real
async def test_the_log_of_a_server_that_talks_without_end_stays_bounded_while_it_runs_and_keeps_the_newest(
    database_process: tuple[Path, DatabaseUrls],
) -> None:
    data, urls = database_process
    folder = log_files.folder_of(choose_places(data).home)
    async with open_database(urls.owner, size=1) as db, db.outside_transaction() as statements:
        for _ in range(10):
            await statements.execute(FLOOD)
            await asyncio.sleep(1.1)  # names of files carry the second
        await statements.execute("do $$ begin raise log 'the last word'; end $$")

    def sizes() -> list[int]:
        return [path.stat().st_size for path in folder.iterdir()]

    with contextlib.suppress(TimeoutError):
        await eventually(lambda: sum(sizes()) <= log_files.MOST_BYTES)
    assert log_files.FILE_BYTES < sum(sizes()) <= log_files.MOST_BYTES
    await eventually(lambda: any("the last word" in path.read_text("utf-8") for path in folder.iterdir()))
    assert [path.name for path in folder.iterdir() if path.stat().st_mode & 0o077] == []


def test_of_a_log_the_oldest_files_go_and_the_newest_stays_whatever_its_size(tmp_path: Path) -> None:
    log_files.make_folder(tmp_path, uid=None)
    folder = log_files.folder_of(tmp_path)
    for second, size in enumerate((10, 20, 30)):
        (folder / f"postgres-20261125-12000{second}.log").write_bytes(b"x" * size)
    (folder / "notes").write_bytes(b"x" * 99)

    def left() -> list[int]:
        return sorted(path.stat().st_size for path in folder.iterdir())

    log_files.trim(tmp_path, most=60)
    assert left() == [10, 20, 30, 99]
    log_files.trim(tmp_path, most=50)
    assert left() == [20, 30, 99]
    log_files.trim(tmp_path, most=1)
    assert left() == [30, 99]


async def test_what_the_driver_says_of_a_value_does_not_reach_the_text_of_our_errors(database_url: str) -> None:
    async with open_database(database_url, size=1) as db, db.reading() as reading:
        with pytest.raises(ValueNotStored) as caught:
            await reading.fetchval("select $1::text::uuid", NUMBER)

    assert NUMBER not in "".join(traceback.format_exception(caught.value))


async def test_the_detail_of_a_broken_constraint_is_taken_out_of_the_error(owned: Database) -> None:
    async with owned.transaction() as tx:
        await tx.execute("create table public.numbers (phone text primary key)")
        await tx.execute("insert into public.numbers values ($1)", NUMBER)
    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        async with owned.transaction() as tx:
            await tx.execute("insert into public.numbers values ($1)", NUMBER)

    assert NUMBER not in "".join(traceback.format_exception(caught.value))
