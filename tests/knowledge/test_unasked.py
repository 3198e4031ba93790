"""Where, who, how to reach and since when: no entry answers these, so they are neither asked nor counted."""

from functools import cache

import pytest

from knowledge.analysis.unasked import Unasked
from knowledge.places import read_places
from tests.knowledge.city_book import CITY, city_places, golden, syllables


@cache
def unasked() -> Unasked:
    return Unasked(city_places(), syllables=syllables())


def left(text: str) -> str:
    return "".join(character for character in unasked().without(text) if character.isalnum())


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("停水了，我住望湖区翠湖街道翠湖花园三号楼", "停水了"),
        ("听睡两天了。我住望湖区，催湖街道，催湖花园三号楼。", "听睡了"),
        ("我在银山区，北门街道租的房", "租的房"),
        ("工厂在工业北路", "工厂"),
        ("学府路小学门口的红绿灯", "小学门口的红绿灯"),
    ],
)
def test_an_address_is_taken_out_also_as_it_sounds(said: str, rest: str) -> None:
    assert left(said) == rest


@pytest.mark.parametrize(
    "said", ["医院里挂不上号", "路上行人路过很多", "我们小区物业不管", "校园里噪声大", "修路修了没人管"]
)
def test_what_only_resembles_a_place_stays(said: str) -> None:
    assert left(said) == said


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("我叫陈建国，电话是幺九九零零零零二七五幺，希望恢复供水", "希望恢复供水"),
        ("我叫正海电话要久久00004537希望有人来", "希望有人来"),
        ("我交无秀印，电话要999-0000-7284。", ""),
        ("孙国强，幺九九，零零零零，八四二六，不热就退费", "不热就退费"),
        ("电话是1999-0000-R751 恢复供水", "恢复供水"),
    ],
)
def test_a_name_and_a_telephone_number_are_taken_out(said: str, rest: str) -> None:
    assert left(said) == rest


@pytest.mark.parametrize("said", ["我叫他来修他不来", "我交医保卡，电话打不通", "打了多少电话都没有人来"])
def test_what_only_resembles_an_introduction_stays(said: str) -> None:
    assert left(said) == said.replace("，", "")


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("停水两天了", "停水了"),
        ("上个星期打过电话", "打过电话"),
        ("一个星期没供暖", "没供暖"),
        ("我办了年卡", "我办了年卡"),
        ("孩子上一年级", "孩子上一年级"),
        ("第二次打来了", "第二次打来了"),
    ],
)
def test_durations_and_dates_are_taken_out_and_words_with_them_stay(said: str, rest: str) -> None:
    assert left(said) == rest


def test_without_places_nothing_is_taken_for_one() -> None:
    assert "翠湖花园" in Unasked((), syllables=syllables()).without("翠湖花园停水")


def test_taking_out_twice_changes_nothing_more() -> None:
    assert golden()
    for request in golden():
        once = unasked().without(request.text)
        assert unasked().without(once) == once


def test_every_kind_of_place_is_read() -> None:
    names = read_places((CITY / "places.json").read_text(encoding="utf-8"))

    assert {"云州市", "望湖区", "翠湖街道", "翠湖花园", "解放南路"} <= names
