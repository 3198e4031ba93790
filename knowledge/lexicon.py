"""Words that callers use for what entries call otherwise, found by sound: 公鸡金 → 公积金, 拉肚子 → 食物中毒.

What is found is added to a query; it never replaces what was said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.analysis.fillers import content
from knowledge.analysis.tokens import Analyzer

_LONGEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``heard`` are words of callers, ``means`` the words of entries."""

    heard: tuple[str, ...]
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A word found at [start, end) of a run. ``word`` is how the lexicon spells it, ``means`` what it stands for."""

    start: int
    end: int
    word: str = field(repr=False)
    means: tuple[str, ...] = field(repr=False)


def read_rows(text: str, /) -> tuple[Row, ...]:
    """Return the rows ``words of callers = words of entries`` of a text; ``#`` begins a remark."""
    rows = []
    for line in text.splitlines():
        heard, equals, means = line.partition("#")[0].partition("=")
        if equals:
            rows.append(Row(heard=tuple(heard.split()), means=tuple(means.split())))
    return tuple(rows)


class Lexicon:
    """Rows and the knowledge base's own keywords, by their fuzzy syllables."""

    def __init__(self, *, rows: Iterable[Row], keywords: Iterable[str], analyzer: Analyzer) -> None:
        self._analyzer, syllables = analyzer, analyzer.syllables
        means: dict[str, list[str]] = {word: [] for word in keywords}
        for row in rows:
            for word in row.heard:
                means.setdefault(word, []).extend(meant for meant in row.means if meant != word)
        self._words: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        for word, meant in means.items():
            unique = tuple(dict.fromkeys(meant))
            self._words.setdefault(syllables.fuzzy(word), []).append((word, unique))

    def heard_in(self, run: str, /) -> list[Heard]:
        """Return every word of the lexicon that a Chinese run contains, by its sound where that is safe."""
        sounds = self._analyzer.syllables.fuzzy(run)
        found = []
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + _LONGEST) + 1):
                for word, means in self._words.get(sounds[start:end], ()):
                    if sounds_like(run[start:end], word, analyzer=self._analyzer):
                        found.append(Heard(start=start, end=end, word=word, means=means))
        return found


def sounds_like(said: str, word: str, /, *, analyzer: Analyzer) -> bool:
    """Return whether ``said``, of the same fuzzy syllables, may stand for ``word``.

    Three syllables may be spelt in any way; two must share a character (一滴 is not 异地) unless what was said is no
    word at all (听睡 is 停水); one must be the same.
    Function characters alone (的个) stand for nothing but themselves.
    """
    if said == word:
        return True
    if not content(said):
        return False
    if len(word) >= 3:
        return True
    if len(word) < 2:
        return False
    shared = any(mine == theirs for mine, theirs in zip(said, word, strict=True))
    return shared or (content(said) == content(word) == 2 and analyzer.is_misheard(said, word=word))
