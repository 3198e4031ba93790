"""One PostgreSQL for a whole test run, shared by its workers; it ends with the run, however the run ends.

Databases are made ahead of need by the process that keeps the server. A test borrows one over a socket: to connect is to
take, to close is to give back, and what is given back is dropped, never used again.
"""

import asyncio
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from runtime.background import background
from runtime.log import LOG_MIGRATIONS
from runtime.postgres import Database, DatabaseUrls, embedded_postgres, migrate, open_database
from runtime.postgres.embedded import admin_url
from runtime.postgres.roles import OWNER, urls_under

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "hotline_template"
AUDIT_SECRET = bytes(range(32))
"""The key under which tests chain the audit."""
FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300",
    "max_wal_size": "256MB",
}  # fmt: skip
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - tmpfs, where a folder of our own is made
ENOUGH_MEMORY = 2 * 2**30
READY = 6
"""So many databases wait for a test."""
START_WITHIN_S = 60.0
STOP_WITHIN_S = 15.0


def features() -> list[tuple[str, Path]]:
    """Return every folder of migrations in the project, the log first."""
    folders = sorted(path for path in ROOT.glob("*/migrations") if path.is_dir())
    return [LOG_MIGRATIONS, *((path.parent.name, path) for path in folders)]


def _run_pid() -> int:
    """Return the process that stands for the run: of a worker of pytest-xdist the parent, else this one."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _born(pid: int) -> str:
    """Return the start time of a process (proc(5), field 22), which tells a re-used pid from the old one."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]


def _base() -> Path:
    """Return a folder in memory where there is room: a copy of the template takes a tenth of what it takes on a disk."""
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ENOUGH_MEMORY
    return IN_MEMORY if roomy else Path(tempfile.gettempdir())


def folder() -> Path:
    """Return the run's folder; every user may walk through it, since PostgreSQL is not root."""
    pid = _run_pid()
    name = f"servers-{pid}-{_born(pid)}"
    made = [base / name for base in (IN_MEMORY, Path(tempfile.gettempdir())) if (base / name).is_dir()]
    return made[0] if made else _base() / name


@contextmanager
def _locked(where: Path) -> Iterator[None]:
    with (where / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def postgres_url() -> str:
    """Return the URL of the run's server; the first who asks starts it."""
    where = folder()
    where.mkdir(mode=0o755, exist_ok=True)
    ready = where / "postgres.json"
    with _locked(where):
        if not ready.exists():
            _start(where, ready)
    return str(json.loads(ready.read_text(encoding="utf-8"))["url"])


def _start(where: Path, ready: Path) -> None:
    words = where / "postgres.words"
    with words.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", str(where), str(_run_pid())],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + START_WITHIN_S
    while not ready.exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            message = f"the test server did not start: {words.read_text(errors='replace')[-2000:]}"
            raise RuntimeError(message)
        time.sleep(0.02)


def stop() -> None:
    """End what this run started, wait for it, and leave no file."""
    where = folder()
    ready = where / "postgres.json"
    if ready.exists():
        pid = json.loads(ready.read_text(encoding="utf-8"))["pid"]
        keeper = os.pidfd_open(pid)
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        while where.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        os.close(keeper)
    shutil.rmtree(where, ignore_errors=True)


async def _keep(where: Path, run_pid: int) -> None:
    """Serve until the run's process is gone or SIGTERM comes."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    watched = os.pidfd_open(run_pid)
    loop.add_reader(watched, over.set)
    async with embedded_postgres(where / "data", remove=True, settings=FAST):
        url = admin_url(where / "data")
        assert url is not None
        await _make_template(url)
        async with open_database(url, size=2) as admin, _lending(admin, where):
            fresh = where / "postgres.json.new"
            fresh.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
            fresh.rename(where / "postgres.json")
            await over.wait()
            loop.remove_reader(watched)
    shutil.rmtree(where, ignore_errors=True)


async def _make_template(url: str) -> None:
    async with open_database(url) as server, server.outside_transaction() as statements:
        await statements.execute(f"create database {TEMPLATE} owner {OWNER}")
    async with open_database(urls_under(database_url(url, name=TEMPLATE)).owner) as db:
        await migrate(db, features())


class _Lending:
    """Makes databases of the template ahead of need, hands them out, and drops those that come back."""

    def __init__(self, admin: Database, *, strategy: str) -> None:
        self._admin, self._strategy = admin, strategy
        self._ready: asyncio.Queue[str] = asyncio.Queue(READY)
        self._back: asyncio.Queue[str] = asyncio.Queue()

    async def make(self) -> None:
        """Keep ``READY`` databases waiting. One statement at a time: a template cannot be copied twice at once."""
        while True:
            name = f"t_{uuid4().hex}"
            await self._execute(f"create database {name} template {TEMPLATE} owner {OWNER} strategy {self._strategy}")
            await self._ready.put(name)

    async def drop(self) -> None:
        """Drop what comes back, whoever is still connected."""
        while True:
            await self._execute(f"drop database {await self._back.get()} with (force)")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lend one database for as long as a connection is open."""
        name = await self._ready.get()
        try:
            writer.write(f"{name}\n".encode())
            await reader.read()
        finally:
            self._back.put_nowait(name)
            writer.close()

    async def _execute(self, statement: str) -> None:
        async with self._admin.outside_transaction() as statements:
            await statements.execute(statement)


@asynccontextmanager
async def _lending(admin: Database, where: Path) -> AsyncIterator[None]:
    """Lend while the block runs. Files are copied where they lie in memory; on a disk pages by way of the log are faster."""
    lending = _Lending(admin, strategy="file_copy" if where.is_relative_to(IN_MEMORY) else "wal_log")
    path = where / "lending"
    server = await asyncio.start_unix_server(lending.serve, path)
    path.chmod(0o600)
    async with background(lending.make(), lending.drop()), server:
        yield


@asynccontextmanager
async def fresh_database(server: str, /) -> AsyncIterator[DatabaseUrls]:
    """Give the block a database of its own with every migration applied, by role; it is dropped at the end."""
    reader, writer = await asyncio.open_unix_connection(folder() / "lending")
    try:
        name = (await reader.readline()).decode().strip()
        assert name, "the keeper of the test server is gone"
        yield urls_under(database_url(server, name=name))
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def database_url(server: str, *, name: str) -> str:
    """Return the URL of another database of the same server."""
    return f"{server.rpartition('/')[0]}/{name}"


if __name__ == "__main__":
    asyncio.run(_keep(Path(sys.argv[1]), int(sys.argv[2])))
