"""Finds what identifies a person and has letters in it: plates, passports, WeChat ids, e-mail, misheard mobiles."""

import re
from collections.abc import Callable, Iterator

from vocabulary.digit_runs import SPOKEN

_DIGIT = f"0-9{SPOKEN}"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"([{_PROVINCES}][ ·.-]{{0,2}}[A-Za-z])[ ·.-]{{0,3}}"
    rf"([0-9A-Za-z]{{5,6}}(?![0-9A-Za-z])|[0-9A-Za-z]{{4}}[学警挂港澳]"
    rf"|[{_DIGIT}A-Za-z]{{5,6}}|[{_DIGIT}](?: [{_DIGIT}A-Za-z]){{4,5}}"
    rf"|[DFdf](?:[ ·.-]?[{_DIGIT}]){{5}}(?![ ·.-]?[{_DIGIT}]))"
)
_APART = "[ ,·.…-]{1,2}"
_PLATE_APART = re.compile(
    rf"([{_PROVINCES}][A-Za-z]){_APART}"
    rf"((?:[{_DIGIT}A-Za-z](?:{_APART}[{_DIGIT}A-Za-z]){{4,5}}|[DFdf]{_APART}[{_DIGIT}]{{5}})(?![{_DIGIT}A-Za-z]))"
)
"""A plate said sign by sign: 苏A，三，K，七，二，八."""
_PASSPORT = re.compile(
    rf"((?:护照|通行证|回乡证|台胞证|港澳证)[^。！？;*\d]{{0,8}}?)(?<![A-Za-z])([A-Za-z]{{1,2}}[ ,]?"
    rf"(?:[{_DIGIT}]{{7,10}}|[{_DIGIT}]{{4}}{_APART}[{_DIGIT}]{{4}}"
    rf"|[{_DIGIT}]{{3}}{_APART}[{_DIGIT}]{{3}}{_APART}[{_DIGIT}]{{2,3}}))"
)
_PERMIT = re.compile(rf"(台胞证[^。！？;*{_DIGIT}]{{0,8}})([{_DIGIT}]{{8}}(?![{_DIGIT}*]))")
_WECHAT = re.compile(
    r"((?:微信|威信|薇信|(?<![A-Za-z])(?:[vVwW][xX]|[vV]信))[号名是为叫我的: ]{0,5})"
    r"([A-Za-z](?:[A-Za-z0-9_-]|下划线|横?杠){5,19})"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+*@-])([A-Za-z0-9._%+-]{1,64})((?:@|艾特)(?:[A-Za-z0-9-]{1,63}(?:\.|点)){1,4}[A-Za-z]{2,10})"
)
_GROUPED = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)(\d?[ -][0-9A-Za-z]{3,4}[ -]?[0-9A-Za-z]{2,4})(?![0-9A-Za-z])")
_MISHEARD = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)([0-9OoIlSBZ]{8})(?![0-9A-Za-z])")

_FILL = rf"…{{0,2}}[^{_DIGIT}*。！？;!?\n]{{1,4}}…{{0,2}}"
_WITH_WORDS = re.compile(
    rf"(?<![{_DIGIT}*])([1一幺][3-9三四五六七八九拐勾][{_DIGIT}])({_FILL})[{_DIGIT}]{{4}}({_FILL})[{_DIGIT}]{{4}}(?![{_DIGIT}*])"
)
"""A mobile by its shape, whatever is said between its groups: 幺三八哈幺二三四哈五六七八."""
_AMOUNT = re.compile("[元块毛角万千百十亿吨度方平米里斤人户次个件辆天年月日号栋楼室路线层幢弄点分时位条字页期届%]")
_SIGNS = re.compile(r"[ \-.·/_,()+嗯呃额啊哦]*")

Span = tuple[int, int, str]
"""Start, end, and what is shown instead."""


def _digits(text: str) -> int:
    return sum(character.isdigit() or character in SPOKEN for character in text)


def _plate(found: re.Match[str]) -> Span | None:
    left_over = found.string.startswith("**", found.end())  # the head of a number that was masked before
    return (found.start(2), found.end(), "****") if _digits(found.group(2)) >= 3 and not left_over else None


def _after_its_word(found: re.Match[str]) -> Span | None:
    return found.end(1), found.end(), "****"


def _email(found: re.Match[str]) -> Span | None:
    start, end = found.span(1)
    return (start + 1, end, "***") if end - start > 3 else (start, end, "*" * (end - start))


def _with_letters(found: re.Match[str]) -> Span | None:
    rest = found.group(2)
    letters = sum(character.isalpha() for character in rest)
    return (found.end(1), found.end(), "****") if 0 < letters <= 3 and _digits(rest) >= 5 else None


def _with_words(found: re.Match[str]) -> Span | None:
    fill = found.group(2) + found.group(3)
    amounts = _AMOUNT.search(fill) or _AMOUNT.match(found.string, found.end())
    return None if amounts or _SIGNS.fullmatch(fill) else (found.end(1), found.end(), "****")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Span | None]], ...] = (
    (_EMAIL, _email),
    (_PLATE, _plate),
    (_PLATE_APART, _plate),
    (_PASSPORT, _after_its_word),
    (_PERMIT, _after_its_word),
    (_WECHAT, _after_its_word),
    (_GROUPED, _with_letters),
    (_MISHEARD, _with_letters),
    (_WITH_WORDS, _with_words),
)


def lettered_numbers(text: str, /) -> Iterator[Span]:
    """Yield the spans of a folded text (``digit_runs.folded``); spans of different kinds may overlap."""
    for pattern, shown in _KINDS:
        for found in pattern.finditer(text):
            span = shown(found)
            if span is not None:
                yield span
