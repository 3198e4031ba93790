"""Finds digits in a text however they are written: ASCII, full-width, spoken (一 幺 两 洞 拐 勾), in groups or singly.

One pass, time linear in the length. Positions are those of the text itself: folding never changes its length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPOKEN = {
    "零〇○洞": "0",
    "一幺壹": "1",
    "二两贰": "2",
    "三叁": "3",
    "四肆": "4",
    "五伍": "5",
    "六陆": "6",
    "七拐柒": "7",
    "八捌": "8",
    "九勾玖": "9",
}
SPOKEN = "".join(_SPOKEN)
_TO_DIGIT = str.maketrans({word: digit for words, digit in _SPOKEN.items() for word in words})
_DASHES = "-‐‑‒–—―−－"
_FOLD = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000\t", " ")
    | dict.fromkeys("、", ",")
    | dict.fromkeys("•・", "·")
)
_BLOCK = re.compile(f"[0-9{SPOKEN}]+")
_GROUP = re.compile(f"[0-9]+|[{SPOKEN}]+")
_GAP = re.compile(r"[ \-.·/_,()+嗯呃额啊哦]{0,4}")


_LONGEST_LEFT, _LONGEST_HEAD, _LONGEST_TAIL = 9, 6, 4
"""How many digits masking leaves together: 0086 and an area code, an identity card's region, the last of a card."""


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without anything between them, all written in one way; ``value`` is their ASCII form."""

    start: int
    end: int
    value: str


def folded(text: str, /) -> str:
    """Return ``text``, as long as before, with full-width forms, dashes, spaces and 、 as their ASCII ones."""
    return text.translate(_FOLD)


def digit_runs(text: str, /) -> Iterator[tuple[Group, ...]]:
    """Yield the runs of a folded text: groups with at most four separators (spaces, dashes, commas, 嗯 …) between.

    Groups that touch ``*`` are what an earlier masking left; they end a run and are not given, unless they are longer
    than anything that masking leaves.
    """
    run: list[Group] = []
    for block in _BLOCK.finditer(text):
        start, end = block.span()
        left_over = _is_left_over(text, start, end)
        if run and (left_over or not _GAP.fullmatch(text, run[-1].end, start)):
            yield tuple(run)
            run = []
        if not left_over:
            for found in _GROUP.finditer(text, start, end):
                run.append(Group(*found.span(), found.group().translate(_TO_DIGIT)))
    if run:
        yield tuple(run)


def _is_left_over(text: str, start: int, end: int) -> bool:
    long = end - start
    if long <= _LONGEST_LEFT and (text[start - 1 : start] == "*" or text[end : end + 1] == "*"):
        return True
    in_brackets = text[end : end + 2] == ")*" or (long <= _LONGEST_TAIL and text[start - 2 : start] == "*)")
    return long <= _LONGEST_HEAD and in_brackets
