"""What a run of digits is: a mobile, an identity card, a bank card, a landline, or nothing of a person's.

The rules look at the digits, at how they are grouped, and at the words within reach: 电话, 身份证, 卡号 before them,
元, 吨, 号楼 behind them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from vocabulary.digit_runs import CORRECTION, SPOKEN, WORDS_BETWEEN
from vocabulary.luhn import checks

_REGIONS = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY_18 = re.compile(rf"{_REGIONS}\d{{4}}(?:19|20)\d\d{_DAY}\d{{3}}[\dX]")
_IDENTITY_15 = re.compile(rf"{_REGIONS}\d{{6}}{_DAY}\d{{3}}")
_DATE = re.compile(rf"(?:19|20)\d\d{_DAY}")
_ORDER = re.compile(rf"20\d\d{_DAY}\d{{7}}")
_MOBILE = re.compile(r"(?:0086|86|0)?(1[3-9]\d{9})")
_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2,4}")
_AREA = re.compile(r"(?:(?:0086|86)0?|0)(10(?=\d{8}\Z)|2\d(?=\d{7,8}\Z)|[3-9]\d\d(?=\d{7,8}\Z))\d+")
_CARD = re.compile(r"(?:62|60|68|4|5[1-6]|9[0-9]|3[0-9])\d+")
_SERVICE = re.compile(r"1[02]\d{3}|9[56]\d{3,4}|[48]00\d{7}")

_IDENTITY_BEGINS = re.compile(rf"{_REGIONS}\d{{4}}(?:19|20)\d\d{_DAY}")
_MOBILE_BEGINS = re.compile(r"(?:0086|86|0)?1[3-9]")
_AREA_BEGINS = re.compile(r"(?:(?:0086|86)0?|0)(?:10|2\d|[3-9]\d\d)")
_BEGINS = re.compile("|".join(one.pattern for one in (_IDENTITY_BEGINS, _MOBILE_BEGINS, _AREA_BEGINS)))
_EVERYBODYS_BEGINS = re.compile(rf"1[02]|9[56]|[48]00|20\d\d{_DAY}")

_WORD = re.compile(f"[^{SPOKEN} ,.()+嗯呃-]")
_PHONE_WORDS = re.compile(
    r"(?i)电话|手机|座机|固话|小灵通|办公室|传真|号码|号很?好记|联系|热线|区号|tel|phone|(?:打|拨|找|回).?$"
)
_IDENTITY_WORDS = re.compile(r"身份|证件号|证号")
_CARD_WORDS = re.compile(r"卡号|[账帐][号户]|银行卡|工资卡|信用卡|储蓄卡|借记卡|社保卡|行卡|存折|汇到|转到|打到")
_ACCOUNT_WORDS = re.compile(
    r"(?i)(?:qq|扣扣|球球|加[我个]?q|q号|企鹅号?|微信|威信|薇信|vx|v信)[号码群是为叫我的:, 嗯呃额啊]{0,6}$"
)
_OTHER_WORDS = re.compile(
    r"单号|工单|订单|编号|户号|表号|验证码|取件|批号|代码|编码|文号|案号|型号|注册|发票|流水|序列|快递|运单|条码|坐标|经度|纬度|读数"
)
_MONEY = re.compile(r"(?:\.\d+)? ?(?:元|块|万元|万块|亿|美元|港币|人民币)")
_UNIT = re.compile(
    r"(?:\.\d+)? ?(?:元|块|万|亿|千|百|吨|度|方|立方|平|米|公里|斤|公斤"
    r"|千克|人|户|次|个|件|辆|天|年|月|日|号楼|栋|楼|室|路|线|%|‰|℃|字)"
)


class Words:
    """What the words within reach before a number say that it is; ``text`` is what stands there."""

    __slots__ = ("account", "card", "identity", "other", "phone", "said", "text")

    def __init__(self, text: str, /) -> None:
        """Look for words of every kind."""
        self.text = text
        self.said = said = bool(_WORD.search(text))
        self.phone = said and bool(_PHONE_WORDS.search(text))
        self.identity = said and bool(_IDENTITY_WORDS.search(text))
        self.card = said and bool(_CARD_WORDS.search(text))
        self.account = said and bool(_ACCOUNT_WORDS.search(text))
        self.other = said and bool(_OTHER_WORDS.search(text))


@dataclass(frozen=True, slots=True)
class Start:
    """Where numbers of several lengths may begin: the digits from there on, and how many the first group has."""

    digits: str
    first: int
    words: Words
    corrected: bool = False
    """Whether who spoke took something back further on: 幺三八不对幺三九."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Groups that may be one number. ``sizes`` are their lengths, ``gaps`` all that stands between them."""

    digits: str
    sizes: tuple[int, ...]
    gaps: str
    words: Words
    after: str

    @property
    def values(self) -> list[str]:
        """The digits of each group."""
        ends = list(accumulate(self.sizes))
        return [self.digits[end - size : end] for end, size in zip(ends, self.sizes, strict=True)]

    @property
    def is_even(self) -> bool:
        """Whether it is written as numbers are: without gaps, digit by digit, or in groups of three or more."""
        return not self.gaps or set(self.sizes) == {1} or min(self.sizes) >= 3

    @property
    def is_counted(self) -> bool:
        """Whether a unit or a sign of money says that it is an amount."""
        return bool(_UNIT.match(self.after)) or self.words.text.endswith(("¥", "￥", "$"))

    @property
    def is_of_a_ticket(self) -> bool:
        """Whether the words before it say that it, in groups, is the number of a thing."""
        return self.words.other and not self.words.phone and len(self.sizes) not in {1, len(self.digits)}

    @property
    def is_money(self) -> bool:
        """Whether it is a sum."""
        return bool(_MONEY.match(self.after)) or self.words.text.endswith(("¥", "￥", "$"))


@dataclass(frozen=True, slots=True)
class Found:
    """A number of a person: digits ``first`` to the last are masked but for ``head`` and ``tail`` digits."""

    first: int
    head: int
    tail: int
    stars: str = "****"


def everybodys(digits: str, ends: Callable[[int], bool], /) -> int:
    """Return how many digits of a number that is nobody's begin here: an order's, 12345, 95588; 0 when none does.

    ``ends`` says whether groups end behind so many digits.
    """
    if not _EVERYBODYS_BEGINS.match(digits):
        return 0
    for long in (5, 6, 10):
        if ends(long) and _SERVICE.fullmatch(digits, 0, long):
            return long
    return 15 if ends(15) and _ORDER.fullmatch(digits, 0, 15) and checks(digits[:15]) else 0


def may_begin(start: Start, /) -> bool:
    """Tell whether a number of any kind may begin at a place."""
    return start.words.said or start.first >= 4 or bool(_BEGINS.match(start.digits))


def _identity(number: Candidate) -> Found | None:
    named = number.words.identity
    digits, long = number.digits, len(number.digits)
    if 11 in number.sizes and _MOBILE.match(digits, sum(number.sizes[: number.sizes.index(11)])):
        return None
    if _IDENTITY_18.fullmatch(digits) or (named and long in {17, 18, 19}):
        return Found(0, 6, 4, "*" * (long - 10))
    if long == 20:
        return Found(0, 6, 4, "*" * 10) if named and _IDENTITY_18.fullmatch(digits[:18]) else None
    if (_IDENTITY_15.fullmatch(digits) and (named or number.sizes in {(15,), (6, 6, 3)})) or (
        named and long in {14, 15, 16}
    ):
        return Found(0, 6, 3)
    return None


def _corrected(number: Candidate) -> Found | None:
    """A number that was begun, taken back and said again: all of it goes."""
    said = CORRECTION.search(number.gaps)
    if not said or number.is_counted or number.words.other or max(number.sizes) > 19:
        return None
    if number.words.identity:
        return Found(0, 6, 0)
    if number.words.card:
        return Found(0, 0, 4)
    return Found(0, 3, 0)


def _mobile(number: Candidate) -> Found | None:
    digits = number.digits
    found = _MOBILE.fullmatch(digits)
    unusual = number.is_of_a_ticket and number.sizes not in {(3, 4, 4), (3, 8)}
    if not found or number.is_money or unusual:
        return None
    if max(number.sizes) > 8 and WORDS_BETWEEN.search(number.gaps):
        return None
    if not number.is_even and (_is_list(number) or number.is_counted):
        return None
    if "." in number.gaps and number.sizes[-1] > 4 and len(number.sizes) == 2:
        return None  # 130.12345678 is a longitude
    if len(number.sizes) > 1 and all(value.endswith("00") for value in number.values):
        return None  # 1300 1500 800: round amounts
    return Found(found.start(1), 3, 4)


def _is_list(number: Candidate) -> bool:
    """Tell 13、14、15 and 13.5 from a number said in groups of two."""
    if "," in number.gaps and min(number.sizes[:-1]) < 2:
        return True
    if max(number.sizes) > 4 or "." in number.gaps or "/" in number.gaps:
        return True
    values = [int(value) for value in number.values[:-1]]
    return all(0 < high - low < 3 for low, high in pairwise(values))


def _mobiles(number: Candidate) -> Found | None:
    return Found(0, 3, 4) if len(number.sizes) == 1 and _MOBILES.fullmatch(number.digits) else None


def _bank_card(number: Candidate) -> Found | None:
    if number.is_money or number.words.other:
        return None
    if number.words.card and not number.is_counted:
        return Found(0, 0, 4)
    plain = len(number.sizes) == 1 or (min(number.sizes[:-1]) >= 4 and "." not in number.gaps)
    likely = plain and 15 < len(number.digits) < 20 and _CARD.fullmatch(number.digits) and checks(number.digits)
    return Found(0, 0, 4) if likely else None


def _landline(number: Candidate) -> Found | None:
    found = _AREA.fullmatch(number.digits)
    if not found or number.is_counted or (number.sizes[0] < 2 and set(number.sizes) != {1}):
        return None
    if len(number.sizes) > 5 and set(number.sizes) != {1}:
        return None
    if number.is_of_a_ticket and len(number.sizes) > 2:
        return None  # 单号二零二四，零七幺九，零零…
    area = found.end(1)
    apart = number.sizes[0] == area and WORDS_BETWEEN.match(number.gaps.lstrip(" ,"))
    return Found(area, 0, 3) if apart else Found(0, area, 3)


def _local(number: Candidate) -> Found | None:
    if number.sizes not in {(7,), (8,), (4, 4), (3, 4), (4, 3), (1,) * 7, (1,) * 8, (2, 2, 2, 2)}:
        return None
    usual = number.digits[0] in "23456789" and not _DATE.fullmatch(number.digits)
    if not usual or number.is_counted or number.words.other or "." in number.gaps:
        return None
    return Found(0, 0, 3) if number.words.phone else None


def _account(number: Candidate) -> Found | None:
    return Found(0, 0, 0) if number.words.account and not number.is_counted else None


def _misheard(number: Candidate) -> Found | None:
    """A telephone number with a digit too few or too many, by the word before it."""
    amounts = len(number.sizes) > 1 and min(number.sizes) >= 5  # 13800, 15600: nobody says a telephone number so
    usual = number.is_even and not number.is_counted and not _DATE.match(number.digits) and not amounts
    if not usual or number.words.other or not number.words.phone:
        return None
    return Found(0, 3, 0) if _MOBILE_BEGINS.match(number.digits) else None


def _may_be_identity(start: Start) -> bool:
    return start.words.identity or start.first in {6, 15} or bool(_IDENTITY_BEGINS.match(start.digits))


def _may_be_corrected(start: Start) -> bool:
    named = start.words.identity or start.words.card
    return start.corrected and (named or _may_be_mobile(start) or _may_be_landline(start))


def _may_be_mobile(start: Start) -> bool:
    return bool(_MOBILE_BEGINS.match(start.digits))


def _may_be_mobiles(start: Start) -> bool:
    return start.first in {22, 33, 44}


def _may_be_card(start: Start) -> bool:
    return start.words.card or (start.first >= 4 and bool(_CARD.match(start.digits)))


def _may_be_landline(start: Start) -> bool:
    return bool(_AREA_BEGINS.match(start.digits))


def _may_be_local(start: Start) -> bool:
    return start.words.phone and start.digits[0] in "23456789"


def _may_be_account(start: Start) -> bool:
    return start.words.account


def _may_be_misheard(start: Start) -> bool:
    return start.words.phone and _may_be_mobile(start)


@dataclass(frozen=True, slots=True)
class Kind:
    """``rule`` is asked for numbers of these ``lengths``, in this order, where ``may_begin`` says that one may begin.

    That is asked once a place, and ``shape``, which the digits must have, before a candidate is made: texts of nothing
    but digits stay cheap.
    """

    lengths: tuple[int, ...]
    may_begin: Callable[[Start], bool]
    rule: Callable[[Candidate], Found | None]
    shape: re.Pattern[str] | None = None

    def asked(self, start: Start, /) -> list[int]:
        """Return the lengths for which the rule is asked at a place."""
        if not self.may_begin(start):
            return []
        shape = self.shape
        return [long for long in self.lengths if shape is None or shape.fullmatch(start.digits, 0, long)]


KINDS = (
    Kind(tuple(range(40, 10, -1)), _may_be_corrected, _corrected),
    Kind((18, 20, 15, 17, 19, 16, 14), _may_be_identity, _identity),
    Kind((11, 13, 15, 12), _may_be_mobile, _mobile, _MOBILE),
    Kind((22, 33, 44), _may_be_mobiles, _mobiles),
    Kind(tuple(range(19, 11, -1)), _may_be_card, _bank_card),
    Kind((14, 13, 12, 11, 10), _may_be_landline, _landline, _AREA),
    Kind((8, 7), _may_be_local, _local),
    Kind(tuple(range(12, 4, -1)), _may_be_account, _account),
    Kind((13, 12, 10, 9), _may_be_misheard, _misheard),
)
"""In the order in which they are asked."""
SHORTEST, LONGEST = 5, 40
"""How many digits in several groups are looked at together."""
