"""What makes an entry of the knowledge base valid."""

from datetime import date

import pytest

from knowledge.entries import Script, check_all, faults, read_entries
from runtime.codec import encode
from tests.knowledge.city_book import city_entries, city_leaves, entry
from vocabulary.errors import FieldError
from vocabulary.ids import CategoryCode


def test_the_citys_entries_are_valid() -> None:
    check_all(city_entries(), categories=frozenset(city_leaves()))


@pytest.mark.parametrize(
    ("changes", "field", "word"),
    [
        ({"title": " "}, "title", "标题不能为空"),
        ({"title": "长" * 129}, "title", "最多128个字"),
        ({"standard_question": ""}, "standard_question", "标准问"),
        ({"script": Script()}, "script", "可以直接念给来电人"),
        ({"material_type": "小说"}, "material_type", "小说"),
        ({"keywords": ()}, "keywords", "至少填一个"),
        ({"keywords": ("字" * 21,)}, "keywords", "1到20个字"),
        ({"title": "路灯", "keywords": ("路灯",)}, "keywords", "不能与标题相同"),
        ({"effective_to": date(2025, 12, 31)}, "effective_to", "早于生效日期"),
        ({"review_due": date(2025, 12, 31)}, "review_due", "早于生效日期"),
        ({"category": CategoryCode("999999")}, "category", "不是现有的末级类目"),
    ],
)
def test_a_fault_names_its_field_in_chinese(changes: dict[str, object], field: str, word: str) -> None:
    found = faults(entry(**changes), categories=frozenset({CategoryCode("030201")}))

    assert set(found) == {field}
    assert word in found[field]


def test_every_fault_of_every_entry_is_named_at_once() -> None:
    twin = entry("K2", title=entry("K1").title)
    with pytest.raises(FieldError) as raised:
        check_all([entry("K1"), twin, entry("K1", title="另一条", keywords=())])

    assert set(raised.value.fields) == {"K2.title", "K1.code", "K1.keywords"}


def test_an_entry_is_in_force_from_its_first_to_its_last_day() -> None:
    one = entry(effective_from=date(2026, 2, 1), effective_to=date(2026, 3, 31))

    assert [one.in_force(date(2026, *day)) for day in ((1, 31), (2, 1), (3, 31), (4, 1))] == [False, True, True, False]
    assert entry().in_force(date(2999, 1, 1))


def test_the_checksum_changes_with_any_word() -> None:
    assert entry().checksum == entry().checksum
    assert entry().checksum != entry(fee="不收费").checksum


def test_a_line_that_is_no_entry_is_named_by_its_number() -> None:
    text = encode(entry()).decode() + '\n\n{"code": 3}\n'
    with pytest.raises(FieldError, match="第3行"):
        read_entries(text)
