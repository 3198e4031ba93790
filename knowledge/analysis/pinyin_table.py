"""The table of readings. Engine: pypinyin (its PINYIN_DICT, first reading of each character)."""

import unicodedata
from functools import cache

from pypinyin.constants import PINYIN_DICT

from knowledge.analysis.syllables import Syllables


def _toneless(readings: str) -> str:
    letters = unicodedata.normalize("NFD", readings.split(",", 1)[0]).replace("u\u0308", "v")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def load_syllables() -> Syllables:
    """Return the readings of some 40,000 characters; made once a process (0.1 s)."""
    return Syllables({chr(point): _toneless(readings) for point, readings in PINYIN_DICT.items()})
