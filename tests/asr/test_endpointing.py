from hypothesis import given
from hypothesis import strategies as st

from asr.endpointing import Began, Endpointer, Endpointing, Over, Stretch, frames_of
from vocabulary.audio import FRAME_SAMPLES

STREAMING = Endpointing()
WHOLE = Endpointing(pause=600, chunk=None, longest=12_000)


def play(pattern: str, settings: Endpointing = STREAMING, levels: list[int] | None = None):
    machine, found = Endpointer(settings), []
    for index, mark in enumerate(pattern):
        found += machine.frame(
            index * FRAME_SAMPLES, bytes([index % 256]) * 320, voiced=mark == "#", level=levels[index] if levels else 0
        )
    return machine, found


def test_speech_begins_after_100_ms_and_ends_400_ms_after_its_last_voiced_frame() -> None:
    _, found = play("." * 30 + "#" * 20 + "." * 30)

    assert [step for step in found if isinstance(step, Began)] == [Began(30 * 160)]
    assert [step for step in found if isinstance(step, Over)] == [Over(30 * 160, 50 * 160)]


def test_300_ms_before_the_first_voiced_frame_are_fed() -> None:
    _, found = play("." * 30 + "#" * 20 + "." * 30)

    first = next(step for step in found if isinstance(step, Stretch))
    assert first.first_sample <= 30 * 160 - 2400


def test_a_click_of_60_ms_is_no_speech() -> None:
    assert play("." * 20 + "###" + "." * 40)[1] == []


def test_a_pause_below_the_hangover_stays_inside_the_utterance() -> None:
    _, found = play("#" * 20 + "." * 15 + "#" * 20 + "." * 30)

    assert len([step for step in found if isinstance(step, Over)]) == 1


def test_what_is_cut_at_a_gap_is_ended_at_its_last_voiced_frame() -> None:
    machine, _ = play("#" * 20)

    assert machine.cut()[-1] == Over(0, 20 * 160)
    assert machine.cut() == []


def test_an_utterance_of_12_s_is_cut_at_its_quietest_spot() -> None:
    levels = [900] * 700
    levels[560] = 10

    _, found = play("#" * 650, WHOLE, levels)

    overs = [step for step in found if isinstance(step, Over)]
    assert overs == [Over(0, 560 * 160)]
    assert Began(560 * 160) in found


def test_after_eight_seconds_a_short_pause_is_enough() -> None:
    _, found = play("#" * 450 + "." * 12 + "#" * 10, WHOLE)

    assert [step for step in found if isinstance(step, Over)] == [Over(0, 450 * 160)]


@given(st.text("#.", max_size=900), st.sampled_from([STREAMING, WHOLE]))
def test_what_is_fed_never_overlaps_and_every_begin_has_its_end(pattern: str, settings: Endpointing) -> None:
    machine, found = play(pattern, settings)
    found += machine.cut()

    position, speaking = 0, False
    for step in found:
        if isinstance(step, Began):
            assert not speaking
            speaking = True
        elif isinstance(step, Stretch):
            assert speaking
            assert step.first_sample >= position
            position = step.first_sample + len(step.pcm) // 2
        else:
            assert speaking
            assert step.start < step.end
            speaking = False
    assert not speaking


@given(st.text("#.", max_size=600))
def test_every_voiced_frame_of_an_utterance_is_fed(pattern: str) -> None:
    machine, found = play(pattern)
    found += machine.cut()
    fed = set()
    for step in found:
        if isinstance(step, Stretch):
            fed |= {sample for sample, _ in frames_of(step.first_sample, step.pcm)}
    voiced = [i * 160 for i, mark in enumerate(pattern) if mark == "#"]
    spans = [(step.start, step.end) for step in found if isinstance(step, Over)]

    assert {at for at in voiced if any(start <= at < end for start, end in spans)} <= fed
