"""Words that stand out in some texts against all texts: character n-grams by weighted log-odds."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log, sqrt
from pathlib import Path

LENGTHS = (2, 3, 4)
LEAST_TEXTS = 2
_PAUSE = ""
_HAN = re.compile(r"[\u4e00-\u9fff]+")
STOP = frozenset((Path(__file__).parent / "stop_pieces.txt").read_text(encoding="utf-8").split())


def grams(text: str, /) -> set[str]:
    """Return the 2- to 4-character pieces of runs of Han characters."""
    found: set[str] = set()
    for run in _HAN.findall(text):
        for length in LENGTHS:
            found |= {run[start : start + length] for start in range(len(run) - length + 1)}
    return found - STOP


def document_counts(texts: Iterable[str], /) -> Counter[str]:
    """Return in how many texts each piece occurs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(grams(text))
    return counts


def standing_out(texts: Sequence[str], /, *, background: Counter[str], size: int, most: int = 5) -> tuple[str, ...]:
    """Return up to ``most`` pieces that occur far more often in ``texts`` than in the ``size`` texts behind them.

    The z-score of the log-odds ratio with a 0.5 prior ranks them, longer pieces first among equals; a piece inside a
    chosen one, or holding it, is left out. Pieces that stand free come first: the others are cut out of a longer run.
    """
    inside, n = document_counts(texts), len(texts)
    least = min(LEAST_TEXTS, n)
    ranked = sorted(
        ((_z(count, n, background[gram], size), len(gram), gram) for gram, count in inside.items() if count >= least),
        reverse=True,
    )
    telling = [gram for score, _, gram in ranked if score > 0]
    free = _free(texts)
    return _apart([gram for gram in telling if gram in free], most=most) or _apart(telling, most=most)


def _apart(ranked: Sequence[str], /, *, most: int) -> tuple[str, ...]:
    chosen: list[str] = []
    for gram in ranked:
        if len(chosen) == most:
            break
        if not any(_overlap(gram, other) for other in chosen):
            chosen.append(gram)
    return tuple(chosen)


def _free(texts: Iterable[str]) -> set[str]:
    """Return the pieces that behave like words: on either side a pause, or at least two different characters."""
    before: dict[str, set[str]] = defaultdict(set)
    after: dict[str, set[str]] = defaultdict(set)
    for run in {run for text in texts for run in _HAN.findall(text)}:
        for length in LENGTHS:
            for start in range(len(run) - length + 1):
                piece, end = run[start : start + length], start + length
                before[piece].add(run[start - 1] if start else _PAUSE)
                after[piece].add(run[end] if end < len(run) else _PAUSE)
    return {piece for piece in before if _varied(before[piece]) and _varied(after[piece])}


def _varied(neighbours: set[str]) -> bool:
    return len(neighbours) > 1 or _PAUSE in neighbours


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one or one[1:] == other[:-1] or other[1:] == one[:-1]


def _z(inside: int, n: int, everywhere: int, size: int) -> float:
    outside = max(everywhere - inside, 0)
    a, b = inside + 0.5, n - inside + 0.5
    c, d = outside + 0.5, max(size - n - outside, 0) + 0.5
    return (log(a / b) - log(c / d)) / sqrt(1 / a + 1 / b + 1 / c + 1 / d) * sqrt(a)
