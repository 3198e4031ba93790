"""How surprising a count is against what was usual: Poisson surprise, adjusted for how busy the days were."""

from dataclasses import dataclass
from enum import StrEnum
from math import log

PRIOR = 0.15


class Level(StrEnum):
    """Warning levels (预警等级); shown by word and number, never by colour alone."""

    NONE = "none"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"


LEVEL_ZH = {Level.NONE: "平稳", Level.BLUE: "蓝色关注", Level.YELLOW: "黄色预警", Level.ORANGE: "橙色预警"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What was seen before: ``count`` over a time in which ``exposure`` contacts of all kinds came."""

    count: int
    exposure: int


def expected(usual: Usual, /, *, exposure: int) -> float:
    """Return how many would be usual among ``exposure`` contacts; a small prior keeps it above zero."""
    share = usual.count / usual.exposure if usual.exposure else 0.0
    return share * exposure + PRIOR


def growth(n: int, /, *, usual: Usual, exposure: int) -> float:
    """Return n against what is ``expected``, rounded half up to hundredths as whole numbers, as SQL does it too."""
    seen, whole = (usual.count, usual.exposure) if usual.exposure else (0, 1)
    part = 100 * seen * exposure + round(100 * PRIOR) * whole
    return (20_000 * n * whole + part) // (2 * part) / 100


def surprise(n: int, /, *, usual: float) -> float:
    """Return n·ln(n/λ) − (n − λ) for n above λ, else 0 (the log-likelihood ratio of a Poisson count)."""
    return n * log(n / usual) - (n - usual) if n > usual else 0.0


def level(n: int, /, *, surprise: float, callers: int) -> Level:
    """Return the warning level: blue from surprise 8 and five contacts, yellow from 12, orange from thirty callers."""
    if n < 5 or surprise < 8:
        return Level.NONE
    if callers >= 30:
        return Level.ORANGE
    return Level.YELLOW if surprise >= 12 else Level.BLUE
