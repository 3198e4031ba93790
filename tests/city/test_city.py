"""The made-up city is whole: every name that one file uses is found in the file that defines it."""

import hashlib
import itertools
import json
import struct
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CITY = Path(__file__).resolve().parents[2] / "city"
MATERIAL_TYPES = {"办事指南", "热点问答", "日常咨询", "通知公告", "业务指引", "话术"}
KINDS = {"咨询", "投诉", "求助", "举报", "建议"}
WRITTEN_ON = "2026-06-01"
"""A day on which the city's entries are judged: after the two old notices, before the review."""


@cache
def read(name: str) -> Any:
    return json.loads((CITY / name).read_text(encoding="utf-8"))


@cache
def read_lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CITY / name).read_text(encoding="utf-8").splitlines()]


@cache
def settings() -> dict[str, Any]:
    return tomllib.loads((CITY / "city.toml").read_text(encoding="utf-8"))


@cache
def dialogues() -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((CITY / "dialogues").glob("*.json"))]


def units() -> dict[str, dict[str, Any]]:
    return {unit["code"]: unit for unit in read("units.json")}


def categories() -> dict[str, dict[str, Any]]:
    return {category["code"]: category for category in read("categories.json")}


def entries() -> dict[str, dict[str, Any]]:
    return {entry["code"]: entry for entry in read_lines("entries.jsonl")}


def in_force(entry: dict[str, Any], /) -> bool:
    return entry["effective_from"] <= WRITTEN_ON and (
        entry["effective_to"] is None or entry["effective_to"] >= WRITTEN_ON
    )


def queue_names() -> set[str]:
    return {queue["name"] for queue in settings()["queues"]}


def seconds(name: str) -> float:
    return float(read("voices/manifest.json")[f"prompts/{name}.wav"]["seconds"])


def test_the_city_has_78_units_and_every_child_has_a_parent_of_the_level_above() -> None:
    assert len(units()) == len(read("units.json")) == 78
    assert len({unit["name"] for unit in units().values()}) == 78
    for unit in units().values():
        assert unit["kind"] in {"department", "district", "enterprise", "town"}
        assert (unit["level"] == 2) == (unit["parent"] is None), unit["name"]
        assert unit["parent"] is None or units()[unit["parent"]]["level"] == 2, unit["name"]
        assert all(unit[role] for role in ("leader", "office", "handler", "phone")), unit["name"]


def test_eleven_numbers_lead_to_queues_that_exist_and_one_of_them_is_the_dedicated_entry() -> None:
    lines = read("lines.json")

    assert len({line["number"] for line in lines}) == len(lines) == 11
    assert {line["queue"] for line in lines} <= queue_names()
    assert [line["queue"] for line in lines].count("one-number") == 1
    assert settings()["main_line"] in {line["number"] for line in lines}


def test_the_menu_has_one_level_and_silence_waits_on_in_the_queue_of_the_line() -> None:
    menu = read("menu.json")

    assert menu["keys"]["0"]["queue"] == "general"
    assert menu["keys"]["1"]["queue"] == "one-number"
    assert menu["silence"] is None
    assert {choice["queue"] for choice in menu["keys"].values()} <= queue_names()
    assert {menu["greeting"], menu["question"]} <= set(settings()["prompts"])


def test_every_district_and_street_has_its_unit_and_every_community_its_street() -> None:
    districts = read("places.json")["districts"]

    assert len(districts) >= 5
    for district in districts:
        streets = {street["name"] for street in district["streets"]}
        assert len(streets) >= 6
        assert len(district["communities"]) >= 8
        assert len(district["roads"]) >= 8
        assert units()[district["unit"]]["kind"] == "district"
        assert all(units()[street["unit"]]["parent"] == district["unit"] for street in district["streets"])
        assert {community["street"] for community in district["communities"]} <= streets
    names = [place["name"] for district in districts for place in (*district["streets"], *district["communities"])]
    assert len(names) == len(set(names))


def test_every_category_has_three_levels_a_unit_that_exists_and_a_limit_by_its_danger() -> None:
    assert len(categories()) == len(read("categories.json")) >= 40
    for category in categories().values():
        assert len(category["code"]) == 6
        assert len(category["path"]) == 3
        assert category["unit"] in units()
        assert category["kinds"]
        assert set(category["kinds"]) <= KINDS
        assert category["keywords"]
        limit = (category["limit"]["amount"], category["limit"]["unit"])
        assert limit in {(2, "hours"), (24, "hours"), (3, "working_days"), (7, "working_days")}
        assert category["urgent"] or limit[0] != 2, "two hours are for danger to life"
    for shorter in (2, 4):
        groups: dict[str, set[str]] = {}
        for category in categories().values():
            groups.setdefault(category["code"][:shorter], set()).add("/".join(category["path"][: shorter // 2]))
        assert {code: names for code, names in groups.items() if len(names) > 1} == {}


def test_at_least_sixty_entries_are_in_force_and_two_expired_ones_lie_in_wait() -> None:
    assert len(entries()) == len(read_lines("entries.jsonl")) >= 70
    assert sum(in_force(entry) for entry in entries().values()) >= 60
    assert sum(entry["effective_to"] == "2026-03-31" for entry in entries().values()) == 2


def test_every_entry_can_be_shown_and_stands_under_a_leaf_of_the_tree() -> None:
    titles = [entry["title"] for entry in entries().values()]

    assert len(titles) == len(set(titles))
    for entry in entries().values():
        assert entry["category"] in categories(), entry["code"]
        assert entry["owner_unit"] in units(), entry["code"]
        assert entry["material_type"] in MATERIAL_TYPES, entry["code"]
        assert len(entry["title"]) <= 128
        assert len(entry["similar_questions"]) >= 3, entry["code"]
        assert 80 <= len(entry["script"]["answer"]) <= 250, entry["code"]
        assert entry["script"]["verify"]
        assert entry["script"]["closing"]
        assert set(entry["collections"]) <= {"一号答"}
        assert all(len(word) <= 20 and word != entry["title"] for word in entry["keywords"]), entry["code"]


def test_no_two_entries_share_more_than_six_tenths_of_their_character_pairs() -> None:
    pairs = {}
    for code, entry in entries().items():
        text = "".join(char for char in entry["title"] + entry["script"]["answer"] if char.isalnum())
        pairs[code] = set(itertools.pairwise(text))
    alike = {
        (one, other): share
        for one, other in itertools.combinations(pairs, 2)
        if (share := len(pairs[one] & pairs[other]) / len(pairs[one] | pairs[other])) > 0.6
    }

    assert alike == {}


def test_forty_spoken_requests_name_an_entry_in_force_and_ten_name_none() -> None:
    golden = read_lines("golden.jsonl")
    asked = [row for row in golden if row["entry"]]

    assert len({row["id"] for row in golden}) == len({row["text"] for row in golden}) == 50
    assert len(asked) == 40
    for row in golden:
        assert 15 <= len(row["text"]) <= 60, row["id"]
    for row in asked:
        entry = entries()[row["entry"]]
        assert in_force(entry), row["id"]
        assert row["text"] not in {*entry["similar_questions"], entry["standard_question"], entry["title"]}


def test_at_least_eight_dialogues_hold_facts_that_the_other_files_know() -> None:
    districts = {district["name"]: district for district in read("places.json")["districts"]}

    assert len(dialogues()) >= 8
    for dialogue in dialogues():
        expect = dialogue["expect"]
        said = "".join(turn["text"] for turn in dialogue["turns"] if turn["party"] == "CALLER")
        assert 4 <= len(dialogue["turns"]) <= 8
        assert dialogue["line"] in {line["number"] for line in read("lines.json")}
        if not said:
            assert {*expect.values()} == {None}
            continue
        assert dialogue["kind"] == expect["kind"]
        assert expect["kind"] in categories()[expect["category"]]["kinds"], dialogue["id"]
        assert in_force(entries()[expect["entry"]]), dialogue["id"]
        district = districts[expect["district"]]
        known = {place["name"] for place in (*district["streets"], *district["communities"])} | set(district["roads"])
        assert expect["place"] in known, dialogue["id"]
        assert expect["place"] in said, dialogue["id"]
        assert expect["district"] in said, dialogue["id"]
        assert dialogue["caller"]["name"] in said, dialogue["id"]
        spelled = dialogue["caller"]["phone"].translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
        assert spelled in said, dialogue["id"]


def test_consultations_are_closed_at_once_and_nothing_else_is() -> None:
    assert {dialogue["kind"] for dialogue in dialogues()} >= {"咨询", "投诉", "求助", "建议", None}
    for dialogue in dialogues():
        assert dialogue["order"]["direct"] == (dialogue["kind"] == "咨询"), dialogue["id"]


def test_every_spoken_file_exists_and_is_the_one_in_the_manifest() -> None:
    manifest = read("voices/manifest.json")
    turns = {turn["wav"]: turn["text"] for dialogue in dialogues() for turn in dialogue["turns"]}
    prompts = {f"prompts/{name}.wav": text for name, text in settings()["prompts"].items()}

    for name, text in {**turns, **prompts}.items():
        assert manifest[name]["text"] == text, f"{name}: run hotline voices render"
    assert set(manifest) == {*turns, *prompts, "prompts/moh.wav", "prompts/browser_mic.wav"}
    for name, row in manifest.items():
        assert hashlib.sha256((CITY / "voices" / name).read_bytes()).hexdigest() == row["sha256"], name


def test_every_spoken_file_is_alaw_at_8_khz_in_one_channel_and_as_long_as_the_manifest_says() -> None:
    manifest = read("voices/manifest.json")
    assert manifest
    for name, row in manifest.items():
        body = (CITY / "voices" / name).read_bytes()
        tag, channels, rate, octets, block, bits = struct.unpack_from("<HHIIHH", body, 20)
        assert (body[:4], body[8:16], body[38:42]) == (b"RIFF", b"WAVEfmt ", b"fact"), name
        assert (tag, channels, rate, octets, block, bits) == (6, 1, 8000, 8000, 1, 8), name
        assert struct.unpack_from("<I", body, 46)[0] == struct.unpack_from("<I", body, 54)[0]
        assert struct.unpack_from("<I", body, 54)[0] / 8000 == pytest.approx(row["seconds"], abs=0.001), name


def test_the_greeting_and_the_question_leave_time_for_a_person_within_fifteen_seconds() -> None:
    digits = max(seconds(f"digit_{digit}") for digit in range(10))

    assert seconds("greeting") <= 5.8
    assert seconds("question") <= 2.2
    assert seconds("intro_number") + 3 * digits + seconds("intro_service") <= 2.5
    assert "录音" in settings()["prompts"]["greeting"]


def test_a_dialogue_lasts_long_enough_to_be_followed_and_not_longer_than_a_minute() -> None:
    manifest = read("voices/manifest.json")
    assert dialogues()
    for dialogue in dialogues():
        assert 25 <= sum(manifest[turn["wav"]]["seconds"] for turn in dialogue["turns"]) <= 50, dialogue["id"]


def test_every_phone_number_of_the_city_is_made_up() -> None:
    assert units()
    for unit in units().values():
        assert unit["phone"].startswith("0999-")
    for dialogue in dialogues():
        assert dialogue["caller"]["phone"].startswith("1990000")
