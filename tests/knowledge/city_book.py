"""The made-up city's knowledge base, and a small one, for tests."""

from datetime import date
from functools import cache
from pathlib import Path

from knowledge.analysis.syllables import Syllables
from knowledge.analysis.tokens import Analyzer
from knowledge.book import Book
from knowledge.categories import Leaf, read_leaves
from knowledge.entries import Entry, PublishedEntry, Script, read_entries
from knowledge.evaluate import GoldenRequest, read_golden
from knowledge.places import read_places
from knowledge.shelf import make_book
from vocabulary.ids import CategoryCode, EntryCode, UnitCode

CITY = Path(__file__).resolve().parents[2] / "city"
DAY = date(2026, 11, 23)
ENDED = date(2026, 3, 31)
"""Two entries of the city ended on this day."""


@cache
def city_entries() -> tuple[Entry, ...]:
    return read_entries((CITY / "entries.jsonl").read_text(encoding="utf-8"))


@cache
def city_leaves() -> dict[CategoryCode, Leaf]:
    return {leaf.code: leaf for leaf in read_leaves((CITY / "categories.json").read_text(encoding="utf-8"))}


@cache
def golden() -> tuple[GoldenRequest, ...]:
    return read_golden((CITY / "golden.jsonl").read_text(encoding="utf-8"))


@cache
def city_places() -> frozenset[str]:
    return read_places((CITY / "places.json").read_text(encoding="utf-8"))


@cache
def city_book() -> Book:
    published = {one.code: PublishedEntry(entry=one, version=1) for one in city_entries()}
    return make_book(published, city_leaves(), places=city_places())


def analyzer() -> Analyzer:
    return city_book().analyzer


def syllables() -> Syllables:
    return analyzer().syllables


def entry(code: str = "K1", **changes: object) -> Entry:
    """A valid entry, with changes."""
    fields: dict[str, object] = {
        "code": EntryCode(code),
        "title": f"路灯不亮怎么报修{code}",
        "category": CategoryCode("030201"),
        "material_type": "热点问答",
        "region": "云州市",
        "owner_unit": UnitCode("U001"),
        "standard_question": "路灯坏了找谁修",
        "script": Script(answer="我为您登记，由路灯管理单位在二十四小时内修复。"),
        "effective_from": date(2026, 1, 1),
        "keywords": ("路灯",),
    }
    return Entry(**(fields | changes))  # type: ignore[arg-type]  # a test's changes are what it says
