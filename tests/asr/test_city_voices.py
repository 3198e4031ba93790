"""Whisper base on the rendered callers of the made-up city, through the whole path of a leg."""

import json
from pathlib import Path

import pytest

from asr import character_error_rate
from asr.installed import choose
from asr.process import open_engine
from runtime.wav import read_wav
from tests.asr.hearing import CITY_VOICES, finals, hear, silence


def test_a_caller_of_the_city_is_understood(whisper_models: Path) -> None:
    manifest = CITY_VOICES / "manifest.json"
    if not manifest.is_file():
        pytest.skip("city/voices is not rendered; run: make voices")
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    name = next(name for name in entries if name.endswith("-caller.wav"))

    heard = finals(
        hear(
            open_engine(choose("whisper", models=whisper_models)),
            silence(0.5) + read_wav(CITY_VOICES / name) + silence(1),
        )
    )

    assert character_error_rate(entries[name]["text"], "".join(final.text for final in heard)) <= 0.45
