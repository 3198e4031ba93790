"""The pins: name, size, digest and sources of every model."""

from dataclasses import dataclass, field
from pathlib import Path

from runtime import codec
from vocabulary.errors import Permanent

LOCK = Path(__file__).resolve().parents[2] / "models.lock.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model; ``path`` is relative to its folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArchive:
    """A zip at its official address; ``folder`` in it is the model. No ``sha256``: the operator must confirm one."""

    url: str
    folder: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model and where it may come from: official addresses, parts in wheels (joined in order), a wheel's folder."""

    name: str
    engine: str
    language: str
    licence: str
    note: str = ""
    files: tuple[ModelFile, ...] = ()
    official: dict[str, str] = field(default_factory=dict)
    wheel: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wheel_folder: str = ""
    archive: ModelArchive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lock:
    models: tuple[Model, ...]


def read_lock(path: Path = LOCK, /) -> dict[str, Model]:
    """Return the models by name; Permanent when the file is missing or damaged."""
    try:
        lock = codec.decode(path.read_bytes(), _Lock)
    except (OSError, codec.MalformedMessage) as error:
        raise Permanent(f"{path} cannot be read: {error}") from None
    return {model.name: model for model in lock.models}
