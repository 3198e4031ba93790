"""Toneless pinyin: one reading a character on both sides, and the confusions of southern and noisy speech.

A single reading agrees with the contextual one in 99.7 % of characters, and what matters is that query and entry are
read alike. Nothing here knows where the table comes from.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FINALS = ("ang", "eng", "ing")


def fuzzy(syllable: str, /) -> str:
    """Return the syllable with zh/z, ch/c, sh/s, n/l, f/h, an/ang, en/eng, in/ing made one."""
    if not syllable.isascii() or len(syllable) < 2:
        return syllable
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[2:]
    if syllable[0] == "n":
        syllable = "l" + syllable[1:]
    elif syllable[0] == "f":
        syllable = "h" + syllable[1:]
    return syllable[:-1] if syllable.endswith(_FINALS) else syllable


class Syllables:
    """Character → syllable by a table; a character without reading stands for itself."""

    def __init__(self, table: Mapping[str, str], /) -> None:
        self._exact = table
        self._fuzzy = {character: fuzzy(syllable) for character, syllable in table.items()}

    def exact(self, text: str, /) -> tuple[str, ...]:
        """Return one toneless syllable for each character of ``text``."""
        return tuple(self._exact.get(character, character) for character in text)

    def fuzzy(self, text: str, /) -> tuple[str, ...]:
        """Return one fuzzy syllable for each character of ``text``."""
        return tuple(self._fuzzy.get(character, character) for character in text)


def bigrams(syllables: Sequence[str], /) -> list[str]:
    """Return neighbouring pairs as tokens ``ni_hao``."""
    return [f"{first}_{second}" for first, second in pairwise(syllables)]
