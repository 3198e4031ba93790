from hypothesis import given
from hypothesis import strategies as st

from asr.timemap import TimeMap

STRETCHES = st.lists(st.tuples(st.booleans(), st.integers(0, 50_000), st.integers(1, 20_000)), max_size=20)


def filled(stretches) -> tuple[TimeMap, list[tuple[int, int]]]:
    times, at, expected = TimeMap(), 0, []
    for heard, pause, length in stretches:
        if heard:
            at += pause
            expected += [(times.fed, at), (times.fed + length - 1, at + length - 1)]
            times.heard(at, length)
            at += length
        else:
            times.injected(length)
    return times, expected


@given(STRETCHES)
def test_every_heard_sample_comes_back_at_its_call_time(stretches) -> None:
    times, expected = filled(stretches)

    assert [(fed, times.call_sample(fed)) for fed, _ in expected] == expected


@given(STRETCHES, st.lists(st.integers(0, 500_000), max_size=20))
def test_call_time_never_runs_backwards(stretches, probes) -> None:
    times, _ = filled(stretches)

    mapped = [times.call_sample(probe) for probe in sorted(probes)]
    assert mapped == sorted(mapped)


def test_injected_noise_stands_at_the_end_of_what_was_heard() -> None:
    times = TimeMap()
    times.heard(8000, 1600)
    times.injected(9600)
    times.heard(40_000, 1600)

    assert times.call_sample(1600) == 9600
    assert times.call_sample(5000) == 9600
    assert times.call_sample(1600 + 9600 + 80) == 40_080


@given(STRETCHES, st.integers(0, 200_000))
def test_forgetting_the_past_changes_nothing_after_it(stretches, limit) -> None:
    times, expected = filled(stretches)

    times.forget_before(limit)

    assert all(times.call_sample(fed) == call for fed, call in expected if fed >= limit)


def test_nothing_fed_maps_to_zero() -> None:
    assert TimeMap().call_sample(77) == 0
