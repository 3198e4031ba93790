"""Traditional → simplified characters; Whisper base writes traditional ones a third of the time. Engine: OpenCC."""

from functools import cache

import opencc


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _traditional(character: str) -> bool:
    return bool(_converter().convert(character) != character)


def simplify(text: str, /) -> str:
    """Return ``text`` in simplified characters.

    Text without a traditional character is left alone: the phrase table would take 坏 for 坯 in 一坏.
    """
    if not any(_traditional(character) for character in text):
        return text
    result: str = _converter().convert(text)
    return result
