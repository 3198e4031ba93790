"""An entry of the knowledge base (知识条目): its fields, what makes it valid, when it is in force.

Required fields and limits follow DB32/T 4452-2023 appendix A and the import format in use by cities (2021): titles
unique and at most 128 characters, material type one of a closed list, an existing leaf category.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from runtime.codec import MalformedMessage, decode, encode
from vocabulary.errors import FieldError
from vocabulary.ids import CategoryCode, EntryCode, UnitCode

T = TypeVar("T")

MATERIAL_TYPES = frozenset({"办事指南", "法律法规", "热点问答", "日常咨询", "通知公告", "业务指引", "审批", "话术"})
TITLE_LIMIT = 128
KEYWORD_LIMIT = 20
FIELD_ZH = {
    "code": "编码",
    "title": "标题",
    "category": "类目",
    "material_type": "材料性质",
    "region": "适用区域",
    "owner_unit": "发文单位",
    "standard_question": "标准问",
    "similar_questions": "相似问",
    "script": "答复口径",
    "keywords": "关键字",
    "effective_from": "生效日期",
    "effective_to": "失效日期",
    "review_due": "复审日期",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the agent asks first, answers, and says at the end."""

    verify: str = ""
    answer: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as editors write it. Dates are days of the city; ``effective_to`` is the last day in force."""

    code: EntryCode
    title: str
    category: CategoryCode
    material_type: str
    region: str
    owner_unit: UnitCode
    standard_question: str
    script: Script
    effective_from: date
    effective_to: date | None = None
    review_due: date | None = None
    collections: tuple[str, ...] = ()
    similar_questions: tuple[str, ...] = ()
    key_points: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    time_limit: str = ""
    fee: str = ""
    channels: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    law_basis: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    def in_force(self, day: date, /) -> bool:
        """Return whether the entry may be laid before an agent on ``day``."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    @property
    def checksum(self) -> str:
        """Digest of the whole content, hex: two entries of one checksum are the same version."""
        return hashlib.sha256(encode(self)).hexdigest()

    @property
    def head(self) -> str:
        """What callers ask: title, questions, keywords."""
        return "。".join((self.title, self.standard_question, *self.similar_questions, *self.keywords))

    @property
    def body(self) -> str:
        """What is answered: script, points, materials, steps."""
        script = (self.script.answer, self.script.verify)
        return "。".join((*script, *self.key_points, *self.materials, *self.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEntry:
    """An entry with the number of its published version, which never changes again."""

    entry: Entry
    version: int


def faults(entry: Entry, /, *, categories: frozenset[CategoryCode] | None = None) -> dict[str, str]:
    """Return field → sentence for everything that is wrong; ``categories`` None leaves the category unchecked."""
    found: dict[str, str] = {}
    for name in ("code", "title", "category", "region", "owner_unit", "standard_question"):
        if not str(getattr(entry, name)).strip():
            found[name] = f"{FIELD_ZH[name]}不能为空"
    if not entry.script.answer.strip():
        found["script"] = "答复口径不能为空：请写出可以直接念给来电人的答复"
    if len(entry.title) > TITLE_LIMIT:
        found["title"] = f"标题最多{TITLE_LIMIT}个字，现有{len(entry.title)}个字"
    if entry.material_type not in MATERIAL_TYPES:
        found["material_type"] = f"材料性质“{entry.material_type}”不在规定之列：{'、'.join(sorted(MATERIAL_TYPES))}"
    if categories is not None and entry.category and entry.category not in categories:
        found["category"] = f"类目“{entry.category}”不是现有的末级类目"
    return found | _keyword_faults(entry) | _date_faults(entry)


def _keyword_faults(entry: Entry) -> dict[str, str]:
    if not entry.keywords:
        return {"keywords": "关键字至少填一个"}
    for keyword in entry.keywords:
        if not keyword.strip() or len(keyword) > KEYWORD_LIMIT:
            return {"keywords": f"关键字每个1到{KEYWORD_LIMIT}个字，“{keyword}”不符合"}
        if keyword == entry.title:
            return {"keywords": "关键字不能与标题相同"}
    return {}


def _date_faults(entry: Entry) -> dict[str, str]:
    found = {}
    if entry.effective_to is not None and entry.effective_to < entry.effective_from:
        found["effective_to"] = f"失效日期{entry.effective_to}早于生效日期{entry.effective_from}"
    if entry.review_due is not None and entry.review_due < entry.effective_from:
        found["review_due"] = f"复审日期{entry.review_due}早于生效日期{entry.effective_from}"
    return found


def check_all(entries: Iterable[Entry], /, *, categories: frozenset[CategoryCode] | None = None) -> None:
    """Raise FieldError naming every fault of every entry, also codes and titles that occur twice."""
    found: dict[str, str] = {}
    codes: set[str] = set()
    titles: dict[str, str] = {}
    for entry in entries:
        for name, sentence in faults(entry, categories=categories).items():
            found[f"{entry.code}.{name}"] = f"{entry.code}：{sentence}"
        if entry.code in codes:
            found[f"{entry.code}.code"] = f"{entry.code}：编码重复"
        if entry.title in titles:
            found[f"{entry.code}.title"] = f"{entry.code}：标题与{titles[entry.title]}相同，请合并或改名"
        codes.add(entry.code)
        titles.setdefault(entry.title, entry.code)
    if found:
        raise FieldError(found)


def read_lines(text: str, kind: type[T], /) -> tuple[T, ...]:
    """Return the values of a JSON Lines text, a value of ``kind`` a line; FieldError names each line that is none."""
    values: list[T] = []
    wrong: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                values.append(decode(line, kind))
            except MalformedMessage as error:
                wrong[f"line {number}"] = f"第{number}行无法读取：{error}"
    if wrong:
        raise FieldError(wrong)
    return tuple(values)


def read_entries(text: str, /) -> tuple[Entry, ...]:
    """Return the entries of a JSON Lines text, see ``read_lines``."""
    return read_lines(text, Entry)
