"""Phrases of a caller that tell what kind of request it is, since when, what is wanted, and who speaks."""

import re
from dataclasses import dataclass, field

from vocabulary.orders import RequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What was concluded from which words; ``confidence`` in 0..1."""

    value: str = field(repr=False)
    said: str = field(repr=False)
    confidence: float


_KIND_WORDS: tuple[tuple[RequestKind, float, str], ...] = (
    (RequestKind.REPORT, 0.85, "举报|揭发"),
    (
        RequestKind.COMPLAINT,
        0.85,
        "投诉|太不像话|没人管|没有人管|态度(?:很|太|特别)?(?:差|恶劣)|扰民|吵得|噪音|不给(?:退|换|修)|多次反映",
    ),
    (RequestKind.SUGGESTION, 0.85, "建议|提个意见|能不能(?:增|加)设|希望(?:能)?(?:增|加)设"),
    (RequestKind.HELP, 0.75, "停水|没水|停电|没电|停气|不亮|坏了|漏水|堵了|积水|帮(?:我|我们|忙)|求助|救"),
    (
        RequestKind.CONSULT,
        0.7,
        "咨询|请问|想问|问一下|怎么(?:办|申请|办理|弄)|需要(?:什么|哪些)|要带什么|什么条件|多少钱|在哪(?:里|儿)?办",
    ),
)
_NUMBER = "(?:[一二两三四五六七八九十半几]+|\\d+)(?:多)?"
_OCCURRED = re.compile(
    rf"(?:从|自)?(?:(?:今天|昨天|前天|上周[一二三四五六日天]?|上个月|这个月|这几天|最近)(?:早上|上午|中午|下午|晚上|夜里|凌晨|半夜)?"
    rf"(?:{_NUMBER}点(?:半|多)?)?(?:开始|起)?|{_NUMBER}(?:个)?(?:小时|天|星期|礼拜|周|月|年)(?:了|以前|之前|前)?"
    rf"|每天(?:早上|晚上|夜里|凌晨|半夜)?|(?:今天)?(?:早上|晚上|凌晨|半夜){_NUMBER}点(?:半|多)?)"
)
_WISH = re.compile(r"(?:希望|要求|请你们|麻烦(?:你们)?|能不能|什么时候能|尽快)[^，。？！,?!]{2,40}")
_NAME = (
    (re.compile(r"我(?:的)?(?:名字)?叫([\u4e00-\u9fff]{2,3})(?=[，。,.]|$|电话|手机|住|是)"), 0.75),
    (re.compile(r"(?:我|免贵)姓([\u4e00-\u9fff])(?![\u4e00-\u9fff]名)"), 0.7),
)
_FILLERS = re.compile(r"(?:^|(?<=[，。,\s]))(?:喂|嗯|呃|啊|哎|那个|就是说?|你好|您好|是这样的?)[，。,\s]*")


def request_kind(text: str, /) -> Phrase | None:
    """Return the nature the words point to; a stronger word beats a weaker one, whatever the order."""
    for kind, confidence, pattern in _KIND_WORDS:
        found = re.search(pattern, text)
        if found:
            return Phrase(value=kind.value, said=found.group(), confidence=confidence)
    return None


def occurred(text: str, /) -> Phrase | None:
    """Return since when, in the caller's own words; the longest phrase wins."""
    found = max(_OCCURRED.finditer(text), key=lambda match: len(match.group()), default=None)
    return Phrase(value=found.group(), said=found.group(), confidence=0.7) if found else None


def wish(text: str, /) -> Phrase | None:
    """Return what the caller wants, the last such phrase."""
    found = list(_WISH.finditer(text))
    return Phrase(value=found[-1].group(), said=found[-1].group(), confidence=0.65) if found else None


def person_name(text: str, /) -> Phrase | None:
    """Return the name by which the caller introduced himself; a family name alone stays alone."""
    for pattern, confidence in _NAME:
        found = pattern.search(text)
        if found:
            return Phrase(value=found.group(1), said=found.group(), confidence=confidence)
    return None


def without_fillers(text: str, /) -> str:
    """Return ``text`` without words that only fill."""
    return _FILLERS.sub("", text).strip(" ，,")


HOUSE_NUMBER = re.compile(r"(?:(?:[零〇一二两三四五六七八九十百幺\d]{1,6}(?:号楼?|栋|幢|单元|室|弄|楼|期))){1,4}")
