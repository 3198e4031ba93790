"""One PostgreSQL for a whole test run, shared by its workers; it ends with the run, however the run ends."""

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
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

from runtime.log import LOG_MIGRATIONS
from runtime.postgres import DatabaseUrls, embedded_postgres, migrate, open_database
from runtime.postgres.embedded import admin_url
from runtime.postgres.roles import OWNER, urls_under

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "hotline_template"
AUDIT_SECRET = bytes(range(32))
"""The key under which tests chain the audit."""
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
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


def folder() -> Path:
    """Return the run's folder; every user may walk through it, since PostgreSQL is not root."""
    pid = _run_pid()
    return Path(tempfile.gettempdir()) / f"servers-{pid}-{_born(pid)}"


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


@asynccontextmanager
async def fresh_database(server: str, /) -> AsyncIterator[DatabaseUrls]:
    """Give the block a database of its own with every migration applied, by role; it is dropped at the end."""
    name = f"t_{uuid4().hex}"
    async with open_database(server, size=1) as admin:
        async with admin.outside_transaction() as statements:
            await statements.execute(f"create database {name} template {TEMPLATE} owner {OWNER}")
        yield urls_under(database_url(server, name=name))
        async with admin.outside_transaction() as statements:
            await statements.execute(f"drop database {name} with (force)")


def database_url(server: str, *, name: str) -> str:
    """Return the URL of another database of the same server."""
    return f"{server.rpartition('/')[0]}/{name}"


if __name__ == "__main__":
    asyncio.run(_keep(Path(sys.argv[1]), int(sys.argv[2])))
