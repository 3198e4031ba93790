"""A press counts once however it is signalled; a silent peer is asked, and given up in the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.calls.absence import PROBE_EVERY_S, Absence, Remedy
from telephony.ivr.keys import PAIRED_WITHIN_MS, KeyPresses, KeySource
from telephony.media_protocol import Direction

RTP, INFO = KeySource.RTP, KeySource.INFO
PRESSES = st.lists(
    st.tuples(st.sampled_from("0123456789*#"), st.integers(min_value=PAIRED_WITHIN_MS + 1, max_value=9000))
)


@given(PRESSES, st.integers(min_value=-200, max_value=PAIRED_WITHIN_MS))
def test_a_key_signalled_by_both_sources_is_one_press(presses: list[tuple[str, int]], later: int) -> None:
    keys, at, counted = KeyPresses(), 0, []
    for digit, pause in presses:
        at += pause
        counted += [
            digit for source, when in ((RTP, at), (INFO, at + later)) if keys.is_new(digit, source=source, at_ms=when)
        ]

    assert counted == [digit for digit, _ in presses]


@given(st.lists(st.sampled_from("01"), max_size=12), st.sampled_from([RTP, INFO]))
def test_quick_presses_of_one_source_all_count(digits: list[str], source: KeySource) -> None:
    keys = KeyPresses()

    assert [digit for at, digit in enumerate(digits) if keys.is_new(digit, source=source, at_ms=at * 150)] == digits


def test_two_quick_presses_of_one_key_by_both_sources_are_two() -> None:
    keys = KeyPresses()
    signals = [(RTP, 0), (INFO, 160), (RTP, 300), (INFO, 460)]

    assert [keys.is_new("1", source=source, at_ms=at) for source, at in signals] == [True, False, True, False]


def looked(absence: Absence, direction: Direction, until: int, limit_s: float = 120.0) -> list[tuple[int, Remedy]]:
    found = [(second, absence.look(direction, now=float(second), limit_s=limit_s)) for second in range(until)]
    return [(second, remedy) for second, remedy in found if remedy is not Remedy.NOTHING]


@pytest.mark.parametrize("direction", [Direction.SENDONLY, Direction.INACTIVE])
def test_a_caller_on_hold_is_asked_each_half_minute_and_ended_at_the_limit(direction: Direction) -> None:
    seen = looked(Absence(), direction, 121)

    assert seen == [(30, Remedy.PROBE), (60, Remedy.PROBE), (90, Remedy.PROBE), (120, Remedy.END)]


@pytest.mark.parametrize("direction", [Direction.SENDRECV, Direction.RECVONLY])
def test_a_caller_who_is_heard_is_never_asked(direction: Direction) -> None:
    assert looked(Absence(), direction, 1000) == []


def test_a_caller_of_whom_media_heard_nothing_is_asked_at_once_and_left_alone_when_heard() -> None:
    absence = Absence()
    absence.silent(now=10.0)

    assert absence.look(Direction.SENDRECV, now=10.0, limit_s=120.0) is Remedy.PROBE
    assert absence.look(Direction.SENDRECV, now=10.0 + PROBE_EVERY_S - 1, limit_s=120.0) is Remedy.NOTHING
    absence.heard()
    assert absence.look(Direction.SENDRECV, now=500.0, limit_s=120.0) is Remedy.NOTHING


def test_a_caller_who_is_silent_for_good_is_asked_each_half_minute_and_ended_at_the_limit() -> None:
    absence, seen = Absence(), list[tuple[int, Remedy]]()
    for second in range(130):
        if second >= 5 and second % 30 == 5:
            absence.silent(now=float(second))
        remedy = absence.look(Direction.SENDRECV, now=float(second), limit_s=120.0)
        seen += [(second, remedy)] if remedy is not Remedy.NOTHING else []

    assert seen[:4] == [(5, Remedy.PROBE), (35, Remedy.PROBE), (65, Remedy.PROBE), (95, Remedy.PROBE)]
    assert (125, Remedy.END) in seen


def test_a_caller_who_is_heard_again_is_left_alone_without_a_word_of_media() -> None:
    absence = Absence()
    absence.silent(now=10.0)
    absence.look(Direction.SENDRECV, now=10.0, limit_s=120.0)

    assert [absence.look(Direction.SENDRECV, now=float(second), limit_s=120.0) for second in range(60, 500)] == [
        Remedy.NOTHING
    ] * 440
