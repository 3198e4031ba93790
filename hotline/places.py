"""Where a run keeps its files and sockets, and the lock against a second instance."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hotline.settings import Settings
from vocabulary.errors import Permanent

SOCKET_LIMIT = 107
PRIVATE = 0o077
"""The umask of every process of the house: what it writes is readable by its user only."""


class SecondInstance(Permanent):
    """Another hotline runs in this data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders and sockets of one run."""

    data: Path
    run: Path

    @property
    def recordings(self) -> Path:
        """Two-channel files of calls."""
        return self.data / "recordings"

    @property
    def models(self) -> Path:
        """Installed models."""
        return self.data / "models"

    @property
    def media_socket(self) -> Path:
        """Switch ↔ media."""
        return self.run / "media.sock"

    @property
    def tap_socket(self) -> Path:
        """Media → recogniser."""
        return self.run / "tap.sock"

    @property
    def health(self) -> Path:
        """How the processes of this host are, by their supervisor (0600)."""
        return self.run / "health.json"

    @property
    def instance(self) -> Path:
        """What other commands read to find a running hotline (0600)."""
        return self.data / "instance.json"


def places_of(settings: Settings, /) -> Places:
    """Make the folders that are kept and return the places; the folder of sockets is made by ``run_folder``."""
    places = Places(data=settings.data_path, run=Path(settings.run))
    make_data_folder(places.data)
    for folder in (places.recordings, places.models):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return places


def make_data_folder(data: Path, /) -> None:
    """Make the folder for its user alone; what has to be made above it, root's other users may walk through.

    As root the embedded database runs as a user of its own, which must reach its home in ``data``.
    """
    missing = [folder for folder in data.parents if not folder.exists()]
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        for folder in missing:
            folder.chmod(0o711)


@contextmanager
def run_folder(settings: Settings, places: Places, /) -> Iterator[Places]:
    """Give the block a 0700 folder for sockets and process files, emptied at the end; removed when it was made here.

    Permanent when a socket's path would be longer than the 107 characters of a Unix address.
    """
    chosen = settings.run or (str(Path(settings.runtime_folder) / "hotline") if settings.runtime_folder else "")
    above = Path(tempfile.gettempdir())
    found = replace(places, run=Path(chosen) if chosen else above / "hotline-12345678")  # as long as mkdtemp's names
    if len(os.fsencode(found.media_socket)) > SOCKET_LIMIT:
        named = chosen or f"for temporary files, {above},"
        raise Permanent(f"the folder {named} is too deep for Unix sockets; set HOTLINE_RUN to a shorter one")
    folder = Path(chosen) if chosen else Path(tempfile.mkdtemp(prefix="hotline-"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = replace(places, run=folder)
    try:
        yield found
    finally:
        for path in folder.iterdir():
            if not path.is_dir():
                path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


class OtherPurpose(Permanent):
    """The folder holds a city's data and a demonstration was asked for, or the other way round."""


def claim_purpose(places: Places, /, *, demo: bool) -> None:
    """Mark a new folder as a city's or a demonstration's; OtherPurpose when it is marked as the other."""
    mark, wanted = places.data / "purpose", "demo" if demo else "city"
    if not mark.is_file():
        mark.write_text(f"{wanted}\n", encoding="utf-8")
    if (found := mark.read_text(encoding="utf-8").strip()) != wanted:
        raise OtherPurpose(
            f"{places.data} holds the data of a {found}, not of a {wanted}; choose another folder with --data"
        )


@contextmanager
def only_instance(places: Places, /) -> Iterator[None]:
    """Hold the data folder for this process; SecondInstance when another one does."""
    lock = os.open(places.data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SecondInstance(
                f"a hotline already runs in {places.data}; stop it, or choose another folder with --data"
            ) from None
        yield
    finally:
        os.close(lock)
