from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.media import g711
from telephony.media.concealment import FADE
from telephony.media.g711 import Law
from telephony.media.jitter import Frame
from telephony.media.mixer import Mixer, Slot
from telephony.media.playlist import Playlist
from telephony.media.sending import Histogram
from telephony.media.speech import SpeechGate
from vocabulary.g711 import ALAW_TO_LINEAR, ULAW_TO_LINEAR, decode


class Script:
    """A source that says what it is told to."""

    def __init__(self, *frames: bytes | Frame, law: Law = Law.ALAW) -> None:
        self.law, self.frames = law, list(frames)

    def take(self) -> bytes | Frame:
        return self.frames.pop(0) if self.frames else Frame.WAITING


def octets(value: int) -> bytes:
    return bytes([value]) * 160


def test_two_that_listen_to_each_other_get_each_others_octets_and_a_third_gets_silence() -> None:
    mixer = Mixer()
    a, b, c = (Slot(Script(octets(value)), law=Law.ALAW) for value in (1, 2, 3))
    for slot in (a, b, c):
        mixer.add(slot)
    a.listens_to, b.listens_to = (b,), (a,)
    mixer.rewire()
    mixer.mix()

    assert [mixer.payload(slot) for slot in (a, b, c)] == [octets(2), octets(1), b"\xd5" * 160]


def test_who_hears_several_hears_their_sum_and_a_sum_that_is_too_loud_is_cut() -> None:
    mixer = Mixer()
    quiet, loud = 0xD4, 0xAA  # A-law of 8 and of the largest magnitude
    a, b, c = (Slot(Script(octets(value)), law=Law.ALAW) for value in (quiet, loud, loud))
    for slot in (a, b, c):
        mixer.add(slot)
    a.listens_to, b.listens_to, c.listens_to = (b, c), (a, c), (a, b)
    mixer.rewire()
    mixer.mix()

    assert (mixer.told[0] == 2**15 - 1).all()
    assert (mixer.told[1] == min(2**15 - 1, ALAW_TO_LINEAR[quiet] + ALAW_TO_LINEAR[loud])).all()
    mixer.remove(b)
    mixer.mix()
    assert (a.listens_to, c.listens_to) == ((c,), (a,))


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=6, max_size=6), st.integers(0, 255))
def test_whoever_hears_whom_each_row_told_is_the_sum_of_the_rows_heard(hears: list[list[bool]], first: int) -> None:
    mixer = Mixer()
    slots = [Slot(Script(octets((first + 7 * number) % 256)), law=Law.ALAW) for number in range(6)]
    for slot in slots:
        mixer.add(slot)
    for row, slot in enumerate(slots):
        slot.listens_to = tuple(other for other, heard in zip(slots, hears[row], strict=True) if heard)
    mixer.rewire()
    mixer.mix()
    heard = [ALAW_TO_LINEAR[(first + 7 * number) % 256] for number in range(6)]
    sums = [sum(sound for sound, wanted in zip(heard, row, strict=True) if wanted) for row in hears]

    assert [int(row[0]) for row in mixer.told] == [max(-(2**15), min(2**15 - 1, total)) for total in sums]
    assert all((row == row[0]).all() for row in mixer.told)


def test_who_listened_to_a_slot_that_left_hears_silence_and_rows_move_up() -> None:
    mixer = Mixer()
    a, b, c = (Slot(Script(*[octets(value)] * 3), law=Law.ALAW) for value in (1, 2, 3))
    for slot in (a, b, c):
        mixer.add(slot)
    a.listens_to, b.listens_to, c.listens_to = (b,), (a,), (b,)
    mixer.rewire()
    mixer.mix()
    mixer.remove(a)
    mixer.mix()

    assert (mixer.payload(b), mixer.payload(c)) == (b"\xd5" * 160, octets(2))
    assert (a.row, b.row, c.row) == (-1, 0, 1)


def test_a_law_on_either_side_is_its_own() -> None:
    mixer = Mixer()
    a, b = Slot(Script(octets(9), law=Law.ULAW), law=Law.ALAW), Slot(Script(), law=Law.ULAW)
    mixer.add(a)
    mixer.add(b)
    b.listens_to = (a,)
    mixer.rewire()
    mixer.mix()

    assert mixer.payload(b) == octets(9)
    assert mixer.heard[0].tobytes() == decode(octets(9), ULAW_TO_LINEAR)


def test_missing_frames_repeat_the_last_one_fading_out_and_waiting_is_silence() -> None:
    mixer = Mixer()
    mixer.add(Slot(Script(octets(1), *[Frame.LOST] * 6, octets(2), Frame.WAITING), law=Law.ALAW))
    rows = []
    for _ in range(9):
        mixer.mix()
        rows.append(int(mixer.heard[0][0]))

    loud = ALAW_TO_LINEAR[1]
    assert rows[1:6] == [int(np.float32(loud) * gain) for gain in FADE]
    assert rows[6] == rows[8] == 0
    assert rows[7] == ALAW_TO_LINEAR[2]


def test_a_prompt_covers_what_one_listens_to_and_its_end_is_reported_once() -> None:
    mixer = Mixer()
    a, b = Slot(Script(*[octets(1)] * 4), law=Law.ALAW), Slot(Script(), law=Law.ALAW)
    mixer.add(a)
    mixer.add(b)
    b.listens_to = (a,)
    mixer.rewire()
    b.playlist = Playlist(play_id=UUID(int=1), sounds=(np.full(200, 1000, dtype=np.int16),), loop=False)
    told = []
    ended = []
    for _ in range(4):
        ended.append(len(mixer.mix()))
        told.append(mixer.told[1].copy())

    assert (told[0] == 1000).all()
    assert (told[1][:40] == 1000).all()
    assert (told[1][40:] == 0).all()
    assert (told[2] == ALAW_TO_LINEAR[1]).all()
    assert ended == [0, 0, 1, 0]


@given(st.lists(st.integers(0, 500), max_size=4), st.booleans())
def test_a_playlist_plays_all_sounds_without_a_seam(lengths: list[int], loop: bool) -> None:  # noqa: FBT001
    whole = np.arange(sum(lengths), dtype=np.int16)
    cuts = np.split(whole, np.cumsum(lengths))[:-1] if lengths else []
    playlist = Playlist(play_id=UUID(int=1), sounds=tuple(cuts), loop=loop)
    frames = []
    while (frame := playlist.next_frame()) is not None and len(frames) < 20:
        frames.append(frame)

    played = np.concatenate(frames) if frames else np.zeros(0, dtype=np.int16)
    if loop and whole.size:
        assert (played == np.resize(whole, played.size)).all()
    else:
        assert (played[: whole.size] == whole[: played.size]).all()
        assert not played[whole.size :].any()
        assert played.size < whole.size + 160 or played.size == 20 * 160


@pytest.mark.parametrize("law", list(Law))
def test_the_tables_agree_with_the_vocabulary(law: Law) -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 256)
    rows = np.array([law], dtype=np.intp)
    linear = g711.decode(every, rows)

    assert linear[0].tolist() == list((ALAW_TO_LINEAR, ULAW_TO_LINEAR)[law])
    assert (g711.decode(g711.encode(linear, rows), rows) == linear).all()


def test_speech_begins_after_four_voiced_frames_and_ends_after_half_a_second() -> None:
    gate = SpeechGate()
    verdicts = [False] * 10 + [True] * 20 + [False] * 40
    changes = [gate.feed(voiced=voiced, at_ms=20 * n) for n, voiced in enumerate(verdicts)]

    assert [(change.speaking, change.at_ms) for change in changes if change] == [(True, 200), (False, 600)]


def test_a_click_is_no_speech() -> None:
    gate = SpeechGate()

    assert not any(gate.feed(voiced=n in {5, 6, 30}, at_ms=20 * n) for n in range(60))


def test_a_histogram_knows_percentiles_rate_and_the_longest() -> None:
    histogram = Histogram()
    for _ in range(99):
        histogram.add(0.020)
    histogram.add(0.5)

    assert histogram.percentile(0.5) == pytest.approx(20.1, abs=0.11)
    assert histogram.percentile(1.0) == pytest.approx(200.1, abs=0.2)
    assert histogram.longest_ms == pytest.approx(500)
    histogram.clear()
    assert (histogram.percentile(0.5), histogram.mean_rate) == (0.0, 0.0)
