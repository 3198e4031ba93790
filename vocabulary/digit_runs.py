"""Finds digits in a text however they are written: ASCII, full-width, spoken (一 幺 两 洞 拐 勾), in groups or singly.

Who dictates says words between the groups (后面是, 那个), corrects what was said (不对), and says 三个零 for 000.
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
_ONE = f"[0-9{SPOKEN}]"
_TIMES = "2-6两二三四五六"
_BLOCK = re.compile(f"(?:[{_TIMES}]个{_ONE}|{_ONE})+")
_GROUP = re.compile(
    f"([{_TIMES}])个({_ONE})|[0-9]+?(?=[{_TIMES}]个{_ONE})|[0-9]+|[{SPOKEN}]+?(?=[{_TIMES}]个{_ONE})|[{SPOKEN}]+"
)
_CORRECTED = "不对|不是|[哦噢]?不|等等下|等等|[说记搞报讲]?错了|应该是|更正"
_ORDERED = "哎呀|那个|然后|接着|后面是?|中间是?|最后是?|[前后]数位是?|横?杠|再|稍等|我[看想]{1,2}啊?"
_BETWEEN = f"{_CORRECTED}|{_ORDERED}|好的?|对的?|[您你](?:接着|继续)?说|[您你]?继续|收到|明白|记[下好]了"
_SIGNS = r"[ \-.·/_,()+…嗯呃额啊哦]{0,6}"
_AGENT = "(?:坐席|座席|话务员|接线员|客服):"
CALLER = "(?:市民|来电人|诉求人|群众|用户|客户):"
_TURN = f"。?{_AGENT}{_SIGNS}(?:(?:{_BETWEEN}){_SIGNS}){{0,2}}[。!?]?{CALLER}"
"""Who listens says 嗯, and the one who dictates goes on."""
_GAP = re.compile(f"{_SIGNS}(?:(?:{_BETWEEN}|{_TURN}){_SIGNS}){{0,2}}")
TURN = re.compile(_TURN)
CORRECTION = re.compile(_CORRECTED)
WORDS_BETWEEN = re.compile(_BETWEEN)
_NO_DIGIT = re.compile(
    f"(?<=[前后]){_ONE}(?=位)|(?<=等)一(?=下)|(?<!{_ONE})一(?=[遍会])|(?<=[,。])[一二两三四五六七八九](?=个月)"
)
"""后四位, 等一下, 再说一遍, 三个月: what would be a digit counts or is part of a word."""
_ANY = f"[0-9{SPOKEN}要腰妖]"
_MISHEARD_ONE = re.compile(
    f"[要腰妖](?=[ ,-]?[3-9三四五六七八九](?:[ ,-]?{_ANY}){{9}}(?!{_ONE}))|(?<={_ONE}{{3}})[要腰妖](?={_ONE}{{3}})"
)
"""A recogniser's 要 for 幺, at the head of a mobile or among digits."""


_ONE_WAY = re.compile(f"[0-9]+|[{SPOKEN}]+")
_LONGEST_LEFT, _LONGEST_HEAD, _LONGEST_TAIL = 9, 6, 4
"""How many digits masking leaves together: 0086 and an area code, an identity card's region, the last of a card."""


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without anything between them, all written in one way; ``value`` is their ASCII form.

    三个零 is a group of its own, 000.
    """

    start: int
    end: int
    value: str
    repeated: bool = False

    @property
    def places(self) -> list[int]:
        """Where each digit stands; those of 三个零 all stand at its last character."""
        usual = range(self.start, self.end)
        return list(usual) if len(self.value) == len(usual) and not self.repeated else [self.end - 1] * len(self.value)


def folded(text: str, /) -> str:
    """Return ``text``, as long as before, with full-width forms, dashes, spaces and 、 as their ASCII ones.

    Words that only look like digits are none in it, and what recognisers hear for 幺 is 幺.
    """
    return _MISHEARD_ONE.sub("幺", _NO_DIGIT.sub(_no_digit, text.translate(_FOLD)))


def _no_digit(found: re.Match[str]) -> str:
    return "等" if found.string[found.start() - 1] == "等" else "数"


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
                run.append(_group(found))
    if run:
        yield tuple(run)


def _group(found: re.Match[str]) -> Group:
    times, digit = found.groups()
    if times is None:
        return Group(*found.span(), found.group().translate(_TO_DIGIT))
    return Group(*found.span(), digit.translate(_TO_DIGIT) * int(times.translate(_TO_DIGIT)), repeated=True)


def _is_left_over(text: str, start: int, end: int) -> bool:
    long = end - start
    if text[start - 1 : start] == "*" or text[end : end + 1] == "*":
        return long <= _LONGEST_LEFT or not _ONE_WAY.fullmatch(text, start, end)
    in_brackets = text[end : end + 2] == ")*" or (long <= _LONGEST_TAIL and text[start - 2 : start] == "*)")
    return long <= _LONGEST_HEAD and in_brackets
