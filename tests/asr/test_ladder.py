from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from asr.ladder import Ladder, Level, Steps

STEPS = Steps(lag=(500, 1000, 2000, 4000), lasting=(500, 1000, 5000, 10_000))


def climb(lags: list[int]) -> list[Level]:
    ladder = Ladder(STEPS)
    return [ladder.observe(lag_ms=lag, now_ms=250 * index) for index, lag in enumerate(lags)]


def test_a_short_peak_gives_nothing_up() -> None:
    assert climb([0, 3000, 0, 3000, 0]) == [Level.NORMAL] * 5


def test_a_backlog_that_is_caught_up_within_five_seconds_drops_no_leg() -> None:
    assert max(climb([8000 - 500 * index for index in range(16)])) <= Level.FINALS


def test_lasting_lag_gives_up_one_thing_after_the_other() -> None:
    levels = climb([6000] * 60)

    assert [levels.index(level) * 250 for level in Level if level] == [500, 1000, 5000, 10_000]


def test_it_takes_ten_calm_seconds_to_go_down_a_step() -> None:
    levels = climb([1500] * 8 + [0] * 100)

    assert levels[8 + 39] == Level.FINALS
    assert levels[8 + 45] == Level.COARSE
    assert levels[-1] == Level.NORMAL


@given(st.lists(st.integers(0, 10_000), max_size=200))
def test_a_level_is_left_one_step_at_a_time(lags: list[int]) -> None:
    levels = [Level.NORMAL, *climb(lags)]

    assert all(after >= before - 1 for before, after in pairwise(levels))
