"""Takes out of a text who asked, for people who want to stay unknown (保密): names said in the talk, and numbers.

A name is found where it is introduced (“我叫…”, “我姓…”, “我是…”, “…先生”), and then hidden wherever it stands.
In doubt a word too many is hidden rather than a name left.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from vocabulary.masking import masked_text

SOMEBODY, HIDDEN = "诉求人", "*"
_HAN = "\u4e00-\u9fff"
_ROWS = (Path(__file__).parent / "family_names.txt").read_text(encoding="utf-8").splitlines()
_ALIKE = {
    char: "".join(row.split()) for row in _ROWS if not row.startswith("#") for char in row.split() if len(char) == 1
}
"""Family names by the characters that sound like them, themselves included."""
_DOUBLE = tuple(name for row in _ROWS if not row.startswith("#") for name in row.split() if len(name) == 2)
_FAMILY = f"(?:{'|'.join(_DOUBLE)}|[{''.join(sorted(_ALIKE))}])"
_GAP = "[ \u3000，,、]?"
_CALLED = re.compile(
    rf"(?:(?:我|本人|俺)(?:的)?(?:名字|姓名|全名|真名|大名)?(?:就|是){{0,2}}叫+(?:做|作|个)?|(?<![{_HAN}])叫(?:做|作)|名叫|叫我"
    rf"|(?:名字|姓名|全名|真名|大名|联系人|诉求人|来电人)(?:是|叫|为)?[:：]?){_GAP}([{_HAN}](?:{_GAP}[{_HAN}·]){{0,15}})"
)
_ENDS = re.compile(
    "电话|手机|号码|联系|住|是|在|家|我|想|要|反映|来|的|今年|身份|呃|啊|嗯|吧|就|这|那|有|他|她|你|您|请|投诉|举报|咨询|和|跟|也|啦|了|呢|什么|不|"
    "先生|女士|小姐|说|把|对"
)
_SURNAME = re.compile(rf"(?:免贵|我|本人|俺|敝|^|[，。,、 ])姓({_FAMILY}|(?!名|什么)[{_HAN}])(?!名)")
_AM = re.compile(
    rf"(?:(?:我|本人|俺|这里|这边)就?是|本人)({_FAMILY}[{_HAN}]{{1,2}})(?=$|[^{_HAN}]|电话|手机|号码|住|家住|我|啊|呀|叫|身份证)"
)
_ADDRESSED = re.compile(rf"({_FAMILY})(先生|女士|小姐|师傅|大姐|大哥|阿姨|大爷|同志)")
_SPELT = re.compile(
    r"(?:弓长张|立早章|木子李|耳东陈|双口吕|古月胡|言午许|口天吴|走肖赵|人可何|三横一竖王|单名一?个?[\u4e00-\u9fff]字?)"
)
_PLACES = "区县市镇乡村街路巷"
_NO_NAMES = frozenset((Path(__file__).parent / "not_names.txt").read_text(encoding="utf-8").split())
_OTHERS = "我你您他她它谁啥什这那"
"""No name begins so: “我叫他们…”."""


def said_names(text: str, /) -> frozenset[str]:
    """Return the names by which somebody in ``text`` is introduced, family names that were said alone included."""
    found: set[str] = set()
    for match in _CALLED.finditer(text):
        found |= _candidates(_run(match.group(1)))
    found |= {match.group(1) for match in _SURNAME.finditer(text)}
    found |= {
        said for match in _AM.finditer(text) if (said := match.group(1)) not in _NO_NAMES and said[-1] not in _PLACES
    }
    found |= {match.group(1) for match in _ADDRESSED.finditer(text)}
    return frozenset(found)


def unnamed(text: str, /, *, names: Iterable[str] = (), numbers: Iterable[str] = ()) -> str:
    """Return ``text`` without who asked: ``names`` known from the form or the talk, the names said here, all numbers.

    A name becomes 诉求人, a family name alone ``*`` where it stands for a person.
    """
    known = {name.strip() for name in names} - {""} | said_names(text)
    for number in numbers:
        if number:
            text = text.replace(number, "****")
    text = _SPELT.sub(HIDDEN, text)
    whole = {name for name in known if len(name) > 1 and name not in _DOUBLE}
    for name in sorted(whole, key=len, reverse=True):
        text = re.sub(_GAP.join(_sounds(char, first=at == 0) for at, char in enumerate(name)), SOMEBODY, text)
    for family in sorted(known - whole | {_family_of(name) for name in whole}, key=len, reverse=True):
        text = _without_family(text, family)
    for char in {char for name in whole for char in name[1:]}:
        text = re.sub(rf"[{_HAN}]{{0,2}}{char}[{_HAN}]{{0,2}}的{char}(?:字)?", HIDDEN, text)
    return masked_text(text)


def _run(said: str) -> str:
    """Return the characters that may be the name; a pause ends it, unless only its first character was said."""
    first, *rest = re.split("[ \u3000，,、]", said)
    return first if len(first) > 1 or not rest else first + rest[0]


def _candidates(run: str) -> set[str]:
    """Return what of the characters after “我叫” may be the name: all when they are few, else the beginnings."""
    if run[0] in _OTHERS:
        return set()
    if "·" in run:
        return {_before_end(run)}
    run = _before_end(run)
    half = len(run) // 2
    if len(run) in {4, 6} and run[:half] == run[half:]:
        return {run[:half]}
    if len(run) > 2 and run[0] == run[1]:
        return {run[:4], run[:3], run[1:3], run[1:4]}
    if run[:2] in _DOUBLE:
        return {run[:4], run[:3]}
    return {run[:3], run[:2]} if run else set()


def _before_end(run: str) -> str:
    end = _ENDS.search(run, 1)
    return run[: end.start()] if end else run


def _sounds(char: str, /, *, first: bool) -> str:
    return f"[{_ALIKE.get(char, char)}]" if first else re.escape(char)


def _family_of(name: str) -> str:
    return name[:2] if name[:2] in _DOUBLE else name[:1]


def _without_family(text: str, family: str) -> str:
    """Hide a family name where it stands for a person: 姓周, 周先生, 老周 said of somebody."""
    alike = f"(?:{family}|[{_ALIKE.get(family, family[:1])}])" if len(family) == 1 else family
    text = re.sub(rf"姓{alike}", f"姓{HIDDEN}", text)
    return re.sub(rf"{alike}(?=先生|女士|小姐|师傅|大姐|大哥|阿姨|大爷|同志)", HIDDEN, text)
