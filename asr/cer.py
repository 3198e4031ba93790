"""Character error rate: NFKC, simplified, digits as 汉字, no punctuation, no spaces. Pure."""

import re
import unicodedata
from collections.abc import Callable
from itertools import product

_HANZI = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_ARABIC = re.compile(r"\d+")
_SAME = str.maketrans({"〇": "零", "幺": "一"})


def cardinal(digits: str, /) -> str:
    """Read Arabic ``digits`` as a number up to 99,999,999 (``120`` → 一百二十); longer ones digit by digit."""
    value = int(digits)
    if len(digits) > 8 or digits.startswith("0"):
        return spelt(digits)
    high, low = divmod(value, 10_000)
    text = (_below_ten_thousand(high) + "万" if high else "") + ("零" if high and 0 < low < 1000 else "")
    text += _below_ten_thousand(low) if low else ""
    return text[1:] if text.startswith("一十") else text or "零"


def _below_ten_thousand(value: int) -> str:
    text, zero = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + _HANZI[digit] + _UNITS[place]
        zero = not digit
    return text


def spelt(digits: str, /) -> str:
    """Read Arabic ``digits`` one by one (``120`` → 一二零)."""
    return "".join(_HANZI[int(digit)] for digit in digits)


def canonical(text: str, *, simplify: Callable[[str], str], read: Callable[[str], str] = spelt) -> str:
    """Return only letters and characters: NFKC, simplified, lower case, digits read by ``read``."""
    plain = simplify(unicodedata.normalize("NFKC", text)).lower()
    plain = _ARABIC.sub(lambda run: read(unicodedata.normalize("NFKC", run.group())), plain).translate(_SAME)
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LN")


def distance(a: str, b: str, /) -> int:
    """Levenshtein distance of two strings in characters."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def error_rate(reference: str, hypothesis: str, *, simplify: Callable[[str], str]) -> float:
    """Return edits per character of ``reference``: the least over both readings of Arabic digits on either side.

    An engine writes ``12345`` whether one said 一二三四五 or 一万两千…; the kinder reading is taken. An empty reference
    gives 0.0 for an empty hypothesis, else 1.0. May exceed 1.
    """
    rates = []
    for read_a, read_b in product((spelt, cardinal), repeat=2):
        wanted = canonical(reference, simplify=simplify, read=read_a)
        got = canonical(hypothesis, simplify=simplify, read=read_b)
        rates.append(distance(wanted, got) / len(wanted) if wanted else float(bool(got)))
    return min(rates)
