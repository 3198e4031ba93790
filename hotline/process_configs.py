"""What each process of a running hotline is told, as one private file a process."""

from dataclasses import dataclass, field
from pathlib import Path

from hotline.settings import Settings
from runtime.codec import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseProcess:
    """The keeper of the embedded PostgreSQL; always on the same port, so that others find it after a restart."""

    data: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskProcess:
    """The desk process. ``settings`` is the whole tree, addresses are those of this run."""

    settings: Settings
    database_url: str = field(repr=False)
    bus_url: str
    bus_user: str
    bus_password: str = field(repr=False)
    health_file: str = ""
    """What the supervisor of this host writes each second; see ``hotline.health_file``."""


def write_private(path: Path, value: object, /) -> None:
    """Write a value's JSON so that only this user may read it."""
    path.touch(mode=0o600)
    path.write_bytes(encode(value))
