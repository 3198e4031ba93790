"""Words. Engine: jieba, behind ``tokens.Segmenter``; each segmenter has a dictionary of its own."""

import logging
from collections.abc import Iterable
from functools import cache

import jieba

_COMMON = 20_000
"""Frequency given to the knowledge base's own words, so that they stay whole."""


@cache
def _dictionary() -> tuple[dict[str, int], int]:
    """Read jieba's dictionary once a process; its own cache file in the temporary folder could be anybody's."""
    tokenizer = jieba.Tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    return frequencies, total


class JiebaSegmenter:
    """jieba's search mode with ``user_words`` added. Loading takes about half a second: do it in a worker."""

    def __init__(self, user_words: Iterable[str], /) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._tokenizer = jieba.Tokenizer()
        frequencies, self._tokenizer.total = _dictionary()
        self._tokenizer.FREQ, self._tokenizer.initialized = dict(frequencies), True
        for word in user_words:
            self._tokenizer.add_word(word, _COMMON)

    @property
    def version(self) -> str:
        """What the cut depends on besides the user dictionary: the version of jieba."""
        return f"jieba-{jieba.__version__}"

    def cut(self, text: str, /) -> list[str]:
        """Return the words of ``text``; the parts of a long word come before it."""
        return list(self._tokenizer.cut_for_search(text))

    def knows(self, word: str, /) -> bool:
        """Return whether it stands in the dictionary, jieba's or ours."""
        return bool(self._tokenizer.FREQ.get(word))
