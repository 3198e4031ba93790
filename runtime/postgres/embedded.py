"""PostgreSQL from a wheel under our own life cycle: a foreground child that dies with us.

The wheel's own ``get_server`` is not used: it leaks the server after kill -9 and may signal an unrelated process.
"""

import asyncio
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import asyncpg

from runtime.postgres import log_files
from runtime.postgres.places import Places, choose_places, forget, make_places
from runtime.postgres.roles import DatabaseUrls, make_roles, urls_under
from runtime.telemetry import get_logger
from vocabulary.errors import Permanent

log = get_logger(__name__)
_PR_SET_PDEATHSIG = 1
_START_WITHIN_S = 5.0
_ANSWER_WITHIN_S = 60.0
_STOP_WITHIN_S = 10.0
_LOOK_S, _SILENT_S = 0.5, 3.0
_PASSWORD_FILE = "password"  # noqa: S105 - the name of a file
_libc = ctypes.CDLL(None, use_errno=True)


class FolderInUse(Permanent):
    """A second instance in the same data folder."""


class ServerFault(Permanent):
    """The embedded server cannot be made or started; the text holds its last words."""


def _become(uid: int | None, parent: int) -> None:
    """Run in the child before exec: change user, then ask for SIGINT (fast shutdown) when the parent dies."""
    if uid is not None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)  # after setuid, which clears it (prctl(2))
    if os.getppid() != parent:
        os._exit(1)


def _spawn(argv: list[str], *, places: Places, output: int) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(  # noqa: S603 - our own programs, no shell
        argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=places.home,
        env={"PATH": str(places.programs), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        start_new_session=True,
        preexec_fn=lambda: _become(places.uid, parent),  # noqa: PLW1509 - nothing here takes a lock
    )


@contextmanager
def _claimed(home: Path, *, data: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go when it dies."""
    descriptor = os.open(home / "claim", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"Another hotline already runs with the data folder {data}; stop it, or choose another folder."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _url(port: int, *, password: str) -> str:
    return f"postgresql://postgres:{quote(password)}@127.0.0.1:{port}/postgres"


def _write_private(path: Path, text: str, *, uid: int | None) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    if uid is not None:
        os.chown(path, uid, uid)


def _private(path: Path) -> BinaryIO:
    """Open a file anew for writing, readable by us only."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb")


async def _ended(process: subprocess.Popen[bytes], *, within: float) -> bool:
    deadline = asyncio.get_running_loop().time() + within
    while process.poll() is None:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


async def _make_cluster(places: Places) -> None:
    """Run initdb beside the final place and rename, so that a half-made cluster is never taken for one."""
    raw = places.home / "cluster.new"
    shutil.rmtree(raw, ignore_errors=True)
    _write_private(places.home / _PASSWORD_FILE, secrets.token_urlsafe(24), uid=places.uid)
    words = places.home / "initdb.log"
    argv = [str(places.programs / "initdb"), "-D", str(raw), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
    argv += ["--auth=scram-sha-256", f"--pwfile={places.home / _PASSWORD_FILE}", "--no-instructions"]
    with _private(words) as output:
        process = _spawn(argv, places=places, output=output.fileno())
        if not await _ended(process, within=_ANSWER_WITHIN_S):
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise ServerFault(f"The database could not be made in {places.home}: {_last_words(words)}")
    raw.rename(places.cluster)


def _last_words(*paths: Path | None) -> str:
    texts = [path.read_text("utf-8", errors="replace") for path in paths if path and path.is_file()]
    lines = "\n".join(texts).strip().splitlines()
    return " / ".join(line.strip() for line in lines[-3:]) or "it said nothing"


def _drop_stale_pid(cluster: Path) -> None:
    """Remove a postmaster.pid whose process is gone or is something else by now, so that nothing innocent blocks us."""
    file = cluster / "postmaster.pid"
    pid = _pid_of(file)
    if pid is None:
        return
    try:
        name = Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except OSError:
        name = ""
    if name != "postgres":
        file.unlink(missing_ok=True)


def _pid_of(file: Path) -> int | None:
    try:
        first = file.read_text("utf-8").split("\n", 1)[0].strip()
    except OSError:
        return None
    return int(first) if first.isdigit() else None


def _server_argv(places: Places, *, port: int, settings: Mapping[str, str]) -> list[str]:
    own = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "dynamic_shared_memory_type": "mmap",  # nothing of ours stays in /dev/shm
        "max_connections": "100",
        "log_timezone": "UTC",
        "timezone": "UTC",
        # What callers say must not lie in the server's log: no statement, parameter, detail or failed value is written.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_checkpoints": "off",
    }
    argv = [str(places.programs / "postgres"), "-D", str(places.cluster)]
    for name, value in (own | log_files.collected(places.home) | dict(settings)).items():
        argv += ["-c", f"{name}={value}"]
    return argv


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=2.0)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close(timeout=2.0)
    return True


async def _start(places: Places, *, settings: Mapping[str, str], port: int) -> tuple[subprocess.Popen[bytes], str]:
    """Start and wait until it answers; retried for 5 s, since a predecessor may still be going down."""
    loop = asyncio.get_running_loop()
    password = (places.home / _PASSWORD_FILE).read_text("utf-8")
    words = places.home / "postgres.log"
    log_files.make_folder(places.home, uid=places.uid)
    log_files.trim(places.home)
    deadline = loop.time() + _START_WITHIN_S
    while True:
        _drop_stale_pid(places.cluster)
        chosen = port or _free_port()
        argv = _server_argv(places, port=chosen, settings=settings)
        with _private(words) as output:
            process = _spawn(argv, places=places, output=output.fileno())
        url = _url(chosen, password=password)
        if await _ready(process, url=url):
            await make_roles(url, deadline=_ANSWER_WITHIN_S)
            return process, url
        if loop.time() > deadline:
            said = _last_words(words, log_files.newest(places.home))
            raise ServerFault(f"The database in {places.home} does not start: {said}")
        await asyncio.sleep(0.2)


async def _ready(process: subprocess.Popen[bytes], *, url: str) -> bool:
    """Return True when it answers, False when it has ended; crash recovery may take a while."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _ANSWER_WITHIN_S
    while process.poll() is None and loop.time() < deadline:
        if await _answers(url):
            return True
        await asyncio.sleep(0.03)
    await _stop(process)
    return False


async def _stop(process: subprocess.Popen[bytes]) -> None:
    """SIGINT (fast shutdown), SIGKILL after 10 s."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        if not await _ended(process, within=_STOP_WITHIN_S):
            process.kill()
    process.wait()


@asynccontextmanager
async def embedded_postgres(
    data: Path, /, *, remove: bool = False, settings: Mapping[str, str] | None = None
) -> AsyncIterator[DatabaseUrls]:
    """Run a server on 127.0.0.1 for the block and yield its URLs by role (random passwords; the superuser's kept 0600).

    The data lie in ``data``/postgres, or, when we are root and uid 65534 cannot reach that, in /var/lib/hotline.
    ``remove`` deletes them at the end. ``settings`` are extra server parameters. Call it from the main thread: the
    server is bound to the life of the thread that starts it (prctl(2)). Raises FolderInUse, ServerFault, NoPrograms.
    """
    async with _running(data, remove=remove, settings=settings or {}, port=0) as (_, url):
        yield urls_under(url)


async def keep_postgres(data: Path, /, *, port: int, ready: Callable[[DatabaseUrls], None]) -> None:
    """Run a server on ``port`` as ``embedded_postgres`` does, call ``ready`` with its URLs, and return when it dies.

    It is asked twice a second whether it takes connections; one that does not for 3 s is killed. Its log is trimmed.
    """
    async with _running(data, remove=False, settings={}, port=port) as (process, url):
        ready(urls_under(url))
        loop = asyncio.get_running_loop()
        last = loop.time()
        while not await _ended(process, within=_LOOK_S):
            log_files.trim(choose_places(data).home)
            if await _lives(url):
                last = loop.time()
            elif loop.time() - last > _SILENT_S:
                log.error("the embedded PostgreSQL is hung and is killed", pid=process.pid)
                process.kill()


async def _lives(url: str) -> bool:
    """Return whether it takes a connection; a refusal by the server itself (full, recovering) is an answer."""
    try:
        connection = await asyncpg.connect(url, timeout=_SILENT_S / 2)
    except asyncpg.PostgresError:
        return True
    except (OSError, asyncpg.InterfaceError):
        return False
    connection.terminate()
    return True


@asynccontextmanager
async def _running(
    data: Path, *, remove: bool, settings: Mapping[str, str], port: int
) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    places = make_places(data)
    with _claimed(places.home, data=data):
        try:
            if not (places.cluster / "PG_VERSION").is_file():
                await _make_cluster(places)
            process, url = await _start(places, settings=settings, port=port)
            log.info("the embedded PostgreSQL answers", pid=process.pid, home=str(places.home))
            try:
                yield process, url
            finally:
                await _stop(process)
        finally:
            if remove:
                forget(places)


def keeps_postgres(data: Path, /) -> bool:
    """Tell whether a server was ever made for this data folder, wherever its own folder lies."""
    return data.is_dir() and (choose_places(data).cluster / "PG_VERSION").exists()


def forget_postgres(data: Path, /) -> None:
    """Remove the server's folder of this data folder, wherever it lies. Nothing may run in it."""
    if data.is_dir():
        forget(choose_places(data))


async def running_urls(data: Path, /) -> DatabaseUrls | None:
    """Return the URLs of the server that runs with this data folder, None when none answers."""
    url = admin_url(data)
    return urls_under(url) if url is not None and await _answers(url) else None


def admin_url(data: Path, /) -> str | None:
    """Return the superuser's URL: what postmaster.pid (line 4 is the port) and the password file say, if there."""
    if not data.is_dir():
        return None
    places = choose_places(data)
    try:
        lines = (places.cluster / "postmaster.pid").read_text("utf-8").splitlines()
        password = (places.home / _PASSWORD_FILE).read_text("utf-8")
    except OSError:
        return None
    if len(lines) < 4 or not lines[3].strip().isdigit():
        return None
    return _url(int(lines[3]), password=password)
