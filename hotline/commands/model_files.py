"""``hotline models pull`` and ``verify``."""

from pathlib import Path

from hotline.places import Places
from hotline.settings import Settings
from runtime.models import ModelStore, read_lock
from vocabulary.errors import HotlineError


def _store(settings: Settings, places: Places) -> ModelStore:
    return ModelStore(Path(settings.asr.models) if settings.asr.models else places.models, lock=read_lock())


def pull_model(settings: Settings, places: Places, model: str, /, *, sha256: str | None, local: Path | None) -> Path:
    """Fetch a model from its official address or a local file, check it, and return its folder."""
    return _store(settings, places).pull(model, confirmed_sha256=sha256, local=local)


def verify_models(settings: Settings, places: Places, /) -> int:
    """Print whether each known model is installed and whole; return 1 when an installed one is damaged."""
    store, code = _store(settings, places), 0
    for name in read_lock():
        try:
            found = store.installed(name)
            print(f"{name}: {'whole, ' + str(found) if found else 'not installed'}")
        except HotlineError as error:
            print(f"{name}: {error}")
            code = 1
    return code
