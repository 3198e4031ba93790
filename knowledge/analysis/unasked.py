"""What callers say that no entry answers: where they live, who they are, how to reach them, since when.

It is taken out of a text before anything is asked or counted, so that an address of twenty characters does not hide
a matter of two. Recognisers spell it as it sounds: 翠湖街道 comes as 催湖街道, 幺九九 as 要久久.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from knowledge.analysis.fillers import FUNCTION_CHARACTERS
from knowledge.analysis.syllables import Syllables

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_COUNT = "[0-9零〇一二三四五六七八九十百两几半好多]"
_HOUSE = re.compile(rf"(?:{_COUNT}+|{_HAN})号楼|{_COUNT}+(?:号院?|栋|幢|单元|楼|层|室|弄)")
_WHEN = re.compile(
    rf"{_COUNT}+个?[半多来]?(?:星期|礼拜|小时|钟头|分钟|秒钟?|天(?!然|花)|年(?![级卡费])|月(?![嫂供卡租]))[半多]?"
    r"|[上下前去今昨明](?:个?(?:星期|礼拜|周|月(?![嫂供卡租]))[一二三四五六日天]?|[天年])"
)
_WHO = re.compile(
    rf"(?:免贵姓|我姓|(?:我的?|本人)(?:名字)?叫)(?![他她它你们人救师物保警客开出网车]){_HAN}{{1,4}}?"
    r"(?=[^\u3400-\u9fff]|电话|手机|号码|联系|$)"
)
_DIGIT_SOUNDS = frozenset(("yao", "yi", "er", "liang", "san", "si", "wu", "liu", "qi", "ba", "jiu", "ling"))
_DIGITS = frozenset("0123456789零〇一二三四五六七八九幺")
_DIGIT, _LIKE_DIGIT = "9", "8"
_NUMBER = re.compile(
    r"(?:联系|手机)?(?:电话|手机|号码)号?码?(?:就?是)?[-,，、。\s]*[89](?:[-,，、\sA-Za-z]*[89]){4,}"
    r"|[89](?:[-,，、\sA-Za-z]*[89]){5,}"
)
_SURE_DIGITS = 4
_NAME_BEFORE = re.compile(rf"(?:我[叫教交较]|(?<![^,，。!！?？\s])){_HAN}{{2,4}}?[,，、\s]*$")
_DWELLING = re.compile("(?:我们?|我家|家)?(?:就|是)*(?:住在?|在)$")
_SUFFIXES = (
    "街道", "大道", "大街", "公路", "花园", "花苑", "小区", "新村", "家园", "公寓",
    "区", "县", "镇", "乡", "路", "街", "巷",
)  # fmt: skip
_LONGEST, _NEAR = 8, 3
_BETWEEN = "的和跟与，,、 "


class Unasked:
    """The city's place names by their fuzzy syllables, and how people, numbers and times are told."""

    def __init__(self, names: Iterable[str], /, *, syllables: Syllables) -> None:
        self._syllables = syllables
        self._names = {syllables.fuzzy(name): name for name in names if len(name) >= 2}
        self._long = [(sounds, name) for sounds, name in self._names.items() if len(name) >= _NEAR]

    def without(self, text: str, /) -> str:
        """Return the text (NFKC) with a blank in place of all that no entry answers."""
        text = self._without_numbers(unicodedata.normalize("NFKC", text))
        text = _WHO.sub(" ", text)
        text = self._without_places(text)
        return _WHEN.sub(" ", _HOUSE.sub(" ", text))

    def _without_numbers(self, text: str) -> str:
        """Take telephone numbers out, with the name told right before them."""
        kept, done = [], 0
        for found in _NUMBER.finditer("".join(map(self._as_digit, text))):
            told = sum(character in _DIGITS for character in found.group())
            sure = sum(character in _DIGITS for character in text[found.start() : found.end()])
            if told and (sure >= _SURE_DIGITS or not found.group()[0].isdigit()):
                kept.append(_NAME_BEFORE.sub(" ", text[done : found.start()]))
                done = found.end()
        return " ".join((*kept, text[done:]))

    def _as_digit(self, character: str) -> str:
        if character in _DIGITS:
            return _DIGIT
        return _LIKE_DIGIT if self._syllables.exact(character)[0] in _DIGIT_SOUNDS else character

    def _without_places(self, text: str) -> str:
        sounds = self._syllables.fuzzy(text)
        places = list(self._alike(text, sounds))
        for start, end in sorted({*places, *self._nearly_alike(text, sounds, places)}, reverse=True):
            text = _DWELLING.sub(" ", text[:start]) + " " + text[end:]
        return text

    def _alike(self, text: str, sounds: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Give the stretches that sound like a name, the longest first; a name of two must be spelt alike."""
        start = 0
        while start < len(text):
            for end in range(min(len(text), start + _LONGEST), start + 1, -1):
                name = self._names.get(sounds[start:end])
                if name is not None and (len(name) >= _NEAR or name == text[start:end]):
                    yield start, end
                    start = end - 1
                    break
            start += 1

    def _nearly_alike(
        self, text: str, sounds: tuple[str, ...], known: list[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """Give stretches one syllable off a name with the same ending, beside a name or after 住 or 在."""
        for name_sounds, name in self._long:
            ending = next((one for one in _SUFFIXES if name.endswith(one)), "")
            stem = len(name) - len(ending)
            for start in range(len(text) - len(name) + 1) if ending and stem >= 2 else ():
                end = start + len(name)
                off = [n for n in range(len(name)) if sounds[start + n] != name_sounds[n]]
                if len(off) == 1 and off[0] < stem and text[start + off[0]] not in FUNCTION_CHARACTERS:
                    free = all(end <= first or last <= start for first, last in known)
                    if free and (_DWELLING.search(text[:start]) or _beside(text, start, end, known)):
                        known = [*known, (start, end)]
                        yield start, end


def _beside(text: str, start: int, end: int, known: list[tuple[int, int]]) -> bool:
    return any(
        not text[last:start].strip(_BETWEEN) if last <= start else end <= first and not text[end:first].strip(_BETWEEN)
        for first, last in known
    )
