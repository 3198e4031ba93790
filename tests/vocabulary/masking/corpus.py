"""Reads the sentences and draws made-up numbers into them (see README.md)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from vocabulary.luhn import check_digit
from work_orders.numbers import order_no

HERE = Path(__file__).parent
_HOLE = re.compile(r"\{(\w+)([=+]?)\|([^}]+)\}")
_WAYS = {
    "#": "0123456789",
    "&": "０１２３４５６７８９",
    "%": "零幺二三四五六七八九",
    "$": "〇一二三四五六七八九",
    "~": "洞幺两三四五六拐八勾",
}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = ("320102", "410105", "130102", "110105", "510104", "650102")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """``text`` with its numbers drawn; ``frame`` is what stands around them, piece by piece."""

    kind: str
    template: str
    text: str
    frame: tuple[str, ...]
    numbers: tuple[str, ...]


def _some(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def identity(random: Random, *, ends_in_x: bool = False) -> str:
    """Return 18 characters with a right check character (GB 11643)."""
    while True:
        born = date(1940, 1, 1).toordinal() + random.randrange(27_000)
        body = f"{random.choice(_REGIONS)}{date.fromordinal(born):%Y%m%d}{_some(random, 3)}"
        last = "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
        if (last == "X") == ends_in_x:
            return body + last


def _identity_15(random: Random) -> str:
    whole = identity(random)
    return whole[:6] + whole[8:17]


def _card(random: Random, count: int) -> str:
    body = f"62{_some(random, count - 3)}"
    return f"{body}{check_digit(body)}"


def _mobile(random: Random) -> str:
    return f"1{random.choice('3456789')}{_some(random, 9)}"


def _order(random: Random) -> str:
    return order_no(day=date(2026, 1, 1 + random.randrange(31)), number=random.randrange(1, 999_999))


DRAWN: dict[str, Callable[[Random, int], str]] = {
    "mobile": lambda random, _: _mobile(random),
    "mobiles": lambda random, _: _mobile(random) + _mobile(random),
    "misheard": lambda random, count: (_mobile(random) + _some(random, 1))[:count],
    "id18": lambda random, _: identity(random),
    "id18x": lambda random, _: identity(random, ends_in_x=True)[:17],
    "id15": lambda random, _: _identity_15(random),
    "bank16": lambda random, _: _card(random, 16),
    "bank17": lambda random, _: _card(random, 17),
    "bank18": lambda random, _: _card(random, 18),
    "bank19": lambda random, _: _card(random, 19),
    "fixed": lambda random, count: random.choice("35678") + _some(random, count - 1),
    "order": lambda random, _: _order(random),
    "any": lambda random, count: (random.choice("123456789") + _some(random, count))[:count],
    "any0": _some,
    "said": lambda _, __: "",
}


def drawn(line: str, /, *, random: Random) -> Sentence:
    """Return one line of a file with numbers drawn by ``random``."""
    kind, template = line.split("\t")
    frame, numbers, at = [], [], 0
    whole, left = "", ""
    for hole in _HOLE.finditer(template):
        frame.append(template[at : hole.start()])
        name, follows, pattern = hole.groups()
        ways = {} if name == "said" else _WAYS
        count, at = sum(character in ways for character in pattern), hole.end()
        if follows != "+":
            assert not left, f"{template}: more digits than places"
            left = whole = whole if follows else DRAWN[name](random, count)
        digits, left = iter(left[:count]), left[count:]
        numbers.append("".join(ways[way][int(next(digits))] if way in ways else way for way in pattern))
    assert not left, f"{template}: more digits than places"
    frame.append(template[at:])
    text = "".join(part for pair in zip(frame, [*numbers, ""], strict=True) for part in pair)
    return Sentence(kind=kind, template=template, text=text, frame=tuple(frame), numbers=tuple(numbers))


def lines(name: str, /) -> list[str]:
    """Return the lines of one file."""
    return (HERE / name).read_text(encoding="utf-8").splitlines()
