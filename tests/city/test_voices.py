"""Rendering speaks what is new, leaves the rest, and writes files that a telephone line can carry."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from hotline.voices import render
from hotline.voices.melody import RATE, SECONDS, melody
from hotline.voices.riff import alaw_file
from hotline.voices.script import ScriptError, sentences
from hotline.voices.sound import ACTIVE_DBFS, RATE_IN, RATE_OUT, Samples, active_dbfs, decimate, level, trim
from hotline.voices.synthesiser import SynthesiserMissing

CITY = """
[prompts]
greeting = "您好。请讲。"
digit_1 = "幺"
[voices]
prompt = "one"
agent = "three"
prompt_speed = 1.0
intro_speed = 1.4
caller_speed = 1.0
agent_speed = 1.0
[voices.microphone]
pause_seconds = 0.5
sentences = ["您好。"]
"""


class Speaker:
    """Speaks a tone of 0.1 s a character and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []

    def speak(self, text: str, /, *, voice: str, speed: float) -> Samples:
        self.asked.append((text, voice, speed))
        time = np.arange(len(text) * RATE_IN // 10) / RATE_IN
        return np.asarray(0.5 * np.sin(2 * np.pi * 440 * time), dtype=np.float32)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "dialogues").mkdir()
    (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
    turn = {"party": "CALLER", "text": "停水了。", "wav": "water/01-caller.wav"}
    dialogue = {"id": "water", "voice": {"caller": "two", "agent": "one"}, "turns": [turn]}
    (tmp_path / "dialogues" / "water.json").write_text(json.dumps(dialogue), encoding="utf-8")
    return tmp_path


def missing() -> Speaker:
    raise SynthesiserMissing("not installed")


def test_the_first_run_speaks_every_file_and_the_second_none(city: Path) -> None:
    out, speaker = city / "voices", Speaker()

    first = render(city=city, out=out, load=lambda: speaker)
    again = render(city=city, out=out, load=missing)

    assert len(first.made) == 5
    assert ("停水了。", "two", 1.0) in speaker.asked
    assert ("幺", "three", 1.4) in speaker.asked
    assert again.made == ()
    assert again.kept == first.made


def test_a_changed_text_is_spoken_again_and_a_file_no_longer_named_is_removed(city: Path) -> None:
    out, speaker = city / "voices", Speaker()
    render(city=city, out=out, load=lambda: speaker)
    (city / "city.toml").write_text(CITY.replace("您好。请讲。", "请讲。"), encoding="utf-8")
    (city / "dialogues" / "water.json").unlink()

    result = render(city=city, out=out, load=lambda: speaker)

    assert result.made == ("prompts/greeting.wav",)
    assert result.removed == ("water/01-caller.wav",)
    assert not (out / "water/01-caller.wav").exists()


def test_only_limits_the_run_and_a_name_that_fits_nothing_is_refused(city: Path) -> None:
    result = render(city=city, out=city / "voices", only="water", load=Speaker)

    assert result.made == ("water/01-caller.wav",)
    with pytest.raises(ValueError, match="No file of the script begins with wine"):
        render(city=city, out=city / "voices", only="wine", load=Speaker)


def test_without_the_synthesiser_one_sentence_says_so_and_nothing_is_written(city: Path) -> None:
    with pytest.raises(SynthesiserMissing):
        render(city=city, out=city / "voices", only="water", load=missing)

    assert not (city / "voices" / "water").exists()


def test_a_script_that_cannot_be_read_is_named(city: Path) -> None:
    (city / "dialogues" / "water.json").write_text('{"id": "water"}', encoding="utf-8")

    with pytest.raises(ScriptError, match="cannot be read"):
        render(city=city, out=city / "voices", load=Speaker)


def test_a_text_is_spoken_sentence_by_sentence() -> None:
    assert sentences("您好，请讲。停水了吗？是的") == ("您好，请讲。", "停水了吗？", "是的")


def test_sound_above_the_telephone_band_does_not_fold_into_it() -> None:
    time = np.arange(RATE_IN) / RATE_IN
    kept = decimate(np.sin(2 * np.pi * 1000 * time).astype(np.float32))
    gone = decimate(np.sin(2 * np.pi * 5000 * time).astype(np.float32))

    assert len(kept) == RATE_OUT
    assert float(np.std(kept)) == pytest.approx(0.707, abs=0.02)
    assert float(np.std(gone[400:-400])) < 0.001


def test_silence_is_cut_to_the_asked_length_at_both_ends() -> None:
    tone = np.sin(2 * np.pi * 500 * np.arange(RATE_OUT) / RATE_OUT).astype(np.float32)
    quiet = np.zeros(RATE_OUT, dtype=np.float32)

    cut = trim(np.concatenate([quiet, tone, quiet]), edge_ms=50)

    assert len(cut) / RATE_OUT == pytest.approx(1.1, abs=0.02)


def test_speech_has_the_level_of_a_telephone_line_and_its_peaks_stay_below_minus_three() -> None:
    noise = np.random.default_rng(7).normal(0, 0.01, RATE_OUT).astype(np.float32)
    click = noise.copy()
    click[100] = 1.0

    assert active_dbfs(level(noise)) == pytest.approx(ACTIVE_DBFS, abs=0.5)
    assert float(np.abs(level(click)).max()) < 10 ** (-3 / 20)


def test_an_alaw_file_says_its_format_and_length() -> None:
    body = alaw_file(b"\0\0" * 801)

    assert struct.unpack_from("<I", body, 4)[0] == len(body) - 8
    assert struct.unpack_from("<HHI", body, 20) == (6, 1, 8000)
    assert struct.unpack_from("<I", body, 46)[0] == 801


def test_the_waiting_tune_is_quiet_and_its_end_runs_into_its_beginning() -> None:
    tune = melody()

    assert len(tune) == RATE * SECONDS
    assert float(np.abs(tune).max()) <= 0.1001
    assert abs(float(tune[0] - tune[-1])) < 0.02
