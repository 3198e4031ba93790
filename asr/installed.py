"""Which engine hears on this machine. Nothing is downloaded here: ``hotline models pull`` does that."""

from dataclasses import dataclass
from pathlib import Path

from runtime.models import ModelMissing, ModelStore, read_lock

WHISPER = "whisper-base"
VOSK = "vosk-cn"
"""The Mandarin model that stands telephone sound. The small one is heard only by name: it is weak there."""
_GET_VOSK = f"hotline models pull {VOSK} (1.3 GB) brings partial words within a second"
_GET_WHISPER = "set asr.engine to whisper for Whisper base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which engine hears, why, and how to get another; sentences for ``doctor`` and the desk."""

    kind: str
    """``vosk``, ``whisper`` or ``scripted``."""
    name: str
    """The model's name in models.lock.json; empty with ``folder``."""
    models: Path
    folder: Path | None = None
    """A model folder that is used as it lies."""
    why: str
    how_to_get_another: str

    @property
    def partials(self) -> bool:
        """Whether words come while they are spoken; else the desk shows 正在听…."""
        return self.kind != "whisper"

    def place(self) -> Path:
        """Return the model's folder, joined from its packages when needed; ModelMissing, ModelDamaged. Blocks."""
        return self.folder or _store(self.models).ensure(self.name)


def _store(models: Path, /) -> ModelStore:
    return ModelStore(models, lock=read_lock())


def choose(engine: str, *, models: Path, allow_scripted: bool = False) -> Chosen:
    """Return the engine for a setting; ModelMissing says in one sentence what to do when there is none.

    ``auto``: the Mandarin Vosk model when it is installed, else Whisper base. ``vosk``: the former. ``whisper``: the
    latter. ``vosk:FOLDER``: any Vosk model. Other names: a Vosk model of models.lock.json.
    """
    if engine == "scripted":
        return _scripted(models, allowed=allow_scripted)
    if engine.startswith("vosk:"):
        folder = Path(engine.removeprefix("vosk:"))
        if not (folder / "am").is_dir():
            raise ModelMissing(f"no Vosk model in {folder}; give another folder or: hotline models pull {VOSK}")
        return _vosk(folder.name, models=models, folder=folder, why="the settings name it")
    if engine in {"whisper", WHISPER}:
        return _whisper(models, why="the settings name it")
    store, wanted = _store(models), VOSK if engine in {"auto", "vosk"} else engine
    found = store.installed(wanted)
    if found is None and engine == "auto":
        return _whisper(models, why=f"no Mandarin Vosk model is installed in {models}")
    if found is None:
        raise ModelMissing(f"{wanted} is not installed in {models}; run: hotline models pull {wanted}")
    return _vosk(
        wanted, models=models, folder=found, why="it is installed" if engine == "auto" else "the settings name it"
    )


def _vosk(name: str, *, models: Path, folder: Path, why: str) -> Chosen:
    return Chosen(kind="vosk", name=name, models=models, folder=folder, why=why, how_to_get_another=_GET_WHISPER)


def _whisper(models: Path, *, why: str) -> Chosen:
    return Chosen(kind="whisper", name=WHISPER, models=models, why=why, how_to_get_another=_GET_VOSK)


def _scripted(models: Path, *, allowed: bool) -> Chosen:
    if not allowed:
        raise ModelMissing("the scripted engine hears only test tones; choose auto, vosk or whisper")
    return Chosen(kind="scripted", name="scripted", models=models, why="a test asked for it", how_to_get_another="")
