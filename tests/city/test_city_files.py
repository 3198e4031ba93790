"""Whatever value of a city's files is changed, what follows is a city or one sentence that names the file."""

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from hotline import city_rows
from hotline.city_files import (
    BadCity,
    catalogue,
    city_faults,
    desk_choices,
    leaves,
    place_names,
    read_city,
    working_calendar,
)
from hotline.city_telephony import telephony_settings as settings_of
from telephony.settings import BadTelephonySettings, Destination, Limits, Prompts, checked
from vocabulary.calls import SeatTimes
from vocabulary.orders import KIND_ZH

CITY = Path(__file__).resolve().parents[2] / "city"
NAMES = ("units", "categories", "lines", "menu", "places", "calendar", "telephony")
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 10**40, 1.5, 1e308, "", "x", "a\x00b", "\u202e", "字" * 5000, [], {}, [[]], {"a": 1}, ["x"],
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (*CITY.glob("*.json*"), CITY / "city.toml", *CITY.glob("dialogues/*.json")):
        copy = tmp_path / path.relative_to(CITY)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


def used_wholly(folder: Path) -> None:
    """Do with the folder all that ``serve`` and ``demo`` do."""
    city = read_city(folder)
    known = catalogue(city)
    working_calendar(city)
    desk_choices(city, known=known, seat_times=lambda: SeatTimes(wrap_up_s=30.0, hold_reminder_s=45.0))
    assert place_names(city)
    assert leaves(known)
    checked(settings_of(city, version=1))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def changed(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    copy = json.loads(json.dumps(value))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return copy


def mutations(value: Any, random: Random, count: int) -> Iterator[Any]:
    found = [path for path in places(value) if path]
    for _ in range(count):
        other = random.choice(VALUES)
        path = random.choice(found)
        if random.random() < 0.2:
            yield changed(value, path, lambda holder, key: holder.pop(key))
        else:
            yield changed(value, path, lambda holder, key, other=other: holder.__setitem__(key, other))


def refusal(folder: Path) -> str | None:
    """Use the folder; the sentence by which it was refused."""
    try:
        used_wholly(folder)
    except (BadCity, BadTelephonySettings) as error:
        return str(error)
    return None


def is_named(folder: Path, name: str) -> bool:
    """Whether the folder was refused, which only a sentence that names the file may do."""
    sentence = refusal(folder)
    if sentence is None:
        return False
    assert name in sentence
    assert "\n" not in sentence
    return True


@pytest.mark.parametrize("name", [*(f"{name}.json" for name in NAMES), "dialogues/water-outage.json"])
def test_a_changed_value_is_taken_or_refused_by_a_sentence_that_names_its_file(folder: Path, name: str) -> None:
    path, random = folder / name, Random(12345)
    value = json.loads(path.read_text(encoding="utf-8"))
    refused = 0
    for other in mutations(value, random, 90):
        path.write_text(json.dumps(other), encoding="utf-8")
        refused += is_named(folder, path.name)

    assert refused >= 30


def test_a_changed_entry_is_taken_or_refused_by_its_row(folder: Path) -> None:
    path, random = folder / "entries.jsonl", Random(12345)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:3]
    refused = 0
    for other in mutations(rows[1], random, 60):
        path.write_text("\n".join(json.dumps(row) for row in (rows[0], other, rows[2])), encoding="utf-8")
        refused += is_named(folder, "entries.jsonl, row 2")

    assert refused >= 20


def test_a_changed_line_of_the_toml_file_is_taken_or_refused_by_its_name(folder: Path) -> None:
    path, random = folder / "city.toml", Random(12345)
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(90):
        at = random.randrange(len(lines))
        key = lines[at].partition("=")[0]
        other = f"{key}= {random.choice(['1', '-1', 'nan', '[]', '{}', 'true', '2026-01-01', '9' * 5000, '[' * 3000])}"
        path.write_text("\n".join([*lines[:at], other, *lines[at + 1 :]]), encoding="utf-8")
        is_named(folder, "city.toml")

    path.write_text("\n".join(lines).replace('zone = "Asia/Shanghai"', 'zone = "../../etc/passwd"'), encoding="utf-8")
    assert is_named(folder, "city.toml")


@pytest.mark.parametrize("name", [*(f"{name}.json" for name in NAMES), "city.toml", "entries.jsonl"])
@pytest.mark.parametrize("octets", [b"", b"\xff\xfe\x00", b"[" * 100_000, b"\x00" * 64, "云州".encode("gbk"), b"{}"])
def test_a_file_that_is_no_text_of_its_kind_is_named(folder: Path, name: str, octets: bytes) -> None:
    (folder / name).write_bytes(octets)

    if (name, octets) not in {("entries.jsonl", b""), ("telephony.json", b"{}")}:
        assert is_named(folder, name)


def test_a_sentence_says_row_field_and_what_was_expected(folder: Path) -> None:
    rows = json.loads((folder / "units.json").read_text(encoding="utf-8"))
    rows[3]["level"] = "two"
    (folder / "units.json").write_text(json.dumps(rows), encoding="utf-8")

    with pytest.raises(BadCity, match=r"units\.json, row 4, field level: Expected `int`, got `str`"):
        read_city(folder)


@pytest.mark.parametrize("text", ["a\x00b", "\u202eabc", "字" * 21_000])
def test_text_that_cannot_be_shown_is_refused_in_fields_that_no_type_judges_too(folder: Path, text: str) -> None:
    rows = json.loads((folder / "units.json").read_text(encoding="utf-8"))
    rows[2]["phone"] = text
    (folder / "units.json").write_text(json.dumps(rows), encoding="utf-8")

    assert is_named(folder, "units.json")


@pytest.mark.parametrize(("file", "field"), [("categories", "unit"), ("lines", "queue"), ("units", "parent")])
def test_a_name_that_no_file_defines_is_refused(folder: Path, file: str, field: str) -> None:
    path = folder / f"{file}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    rows[0][field] = "nobody"
    path.write_text(json.dumps(rows), encoding="utf-8")

    with pytest.raises(BadCity, match=f"{file}.json, row 1, field {field}: 'nobody' is not in"):
        read_city(folder)


def test_missing_files_and_folders_in_the_place_of_files_are_named(folder: Path) -> None:
    (folder / "menu.json").unlink()
    assert is_named(folder, "menu.json")
    (folder / "menu.json").mkdir()
    assert is_named(folder, "menu.json")


def test_the_whole_city_is_read_and_the_labels_of_kinds_are_those_of_the_house(folder: Path) -> None:
    used_wholly(folder)

    assert set(get_args(city_rows.KindZh)) == set(KIND_ZH.values())
    assert tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))["name"] == read_city(folder).info.name


def write(folder: Path, file: str, change: Callable[[Any], Any]) -> None:
    value = json.loads((folder / file).read_text(encoding="utf-8"))
    change(value)
    (folder / file).write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("telephony.json", lambda it: it["limits"].update(ring_s=0), "telephony.json, field limits.ring_s: must be a number above 0"),
        ("telephony.json", lambda it: it["limits"].update(wrap_up_s="30"), "telephony.json, field limits.wrap_up_s: must be a number above 0"),
        ("telephony.json", lambda it: it["limits"].update(queue_limit_s=86401), "telephony.json, field limits.queue_limit_s: must be a number above 0 and not above 86400"),
        ("telephony.json", lambda it: it["limits"].update(rng_s=5), "telephony.json, field 'limits.rng_s': there is none; known here are max_calls, ring_s"),
        ("telephony.json", lambda it: it["limits"].update(max_calls=2.5), "telephony.json, field limits.max_calls: must be a whole number above 0"),
        ("telephony.json", lambda it: it["prompts"].update(apology="sorry"), "telephony.json, field prompts.apology: 'sorry' is no prompt of city.toml"),
        ("telephony.json", lambda it: it["prompts"].update(intro_digit="n_"), "telephony.json, field prompts.intro_digit: 'n_0' is no prompt"),
        ("telephony.json", lambda it: it.update(menu={}), "telephony.json, field 'menu': there is none"),
        ("menu.json", lambda it: it["keys"]["1"].update(action="queue"), "menu.json, field 'keys.1.action': there is none; known here are queue"),
        ("menu.json", lambda it: it.update(silence={"queue": "nobody"}), "menu.json, field silence.queue: 'nobody' is not in city.toml"),
        ("menu.json", lambda it: it.update(question="what"), "menu.json, field question: 'what' is no prompt of city.toml"),
        ("lines.json", lambda it: it[2].update(queue="nobody"), "lines.json, row 3, field queue: 'nobody' is not in city.toml"),
        ("lines.json", lambda it: it.append(it[0]), "lines.json, field number: '12345' occurs twice"),
        ("lines.json", lambda it: it.clear(), "lines.json: there must be at least one line"),
    ],
)  # fmt: skip
def test_a_value_of_the_telephony_that_cannot_be_is_named_with_file_and_field(
    folder: Path, file: str, change: Callable[[Any], Any], said: str
) -> None:
    write(folder, file, change)

    assert [said in fault for fault in city_faults(folder)] == [True]
    assert is_named(folder, file)


def test_all_that_is_wrong_is_said_at_once(folder: Path) -> None:
    write(folder, "menu.json", lambda it: it.update(question=1))
    write(folder, "telephony.json", lambda it: it.update(limits=6))
    (folder / "lines.json").unlink()

    faults = city_faults(folder)

    assert len(faults) == 3
    assert [name in "\n".join(faults) for name in ("menu.json", "telephony.json", "lines.json")] == [True] * 3


def test_the_file_names_every_limit_and_prompt_and_what_it_says_is_in_the_settings(folder: Path) -> None:
    said = json.loads((folder / "telephony.json").read_text(encoding="utf-8"))
    assert set(said["limits"]) == set(Limits.__dataclass_fields__)
    assert set(said["prompts"]) == set(Prompts.__dataclass_fields__)

    write(
        folder, "telephony.json", lambda it: (it["limits"].update(wrap_up_s=45), it["prompts"].update(music="question"))
    )
    write(folder, "menu.json", lambda it: it.update(silence={"queue": "one-number"}))
    settings = settings_of(read_city(folder), version=7)

    assert settings.limits == replace(Limits(), wrap_up_s=45.0)
    assert settings.prompts == replace(Prompts(), music="question")
    assert settings.menu.silence == Destination(queue="one-number")


def test_a_folder_without_the_file_has_the_limits_and_prompts_of_the_code(folder: Path) -> None:
    (folder / "telephony.json").unlink()

    settings = settings_of(read_city(folder), version=1)

    assert (settings.limits, settings.prompts) == (Limits(), Prompts())


def test_seats_of_which_queues_help_and_when_is_said_in_the_file(folder: Path) -> None:
    assert [queue.overflow for queue in settings_of(read_city(folder), version=1).queues] == [
        ("one-number",),
        ("general",),
    ]
    path = folder / "city.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('title = "综合受理"\n', 'title = "综合受理"\noverflow = []\noverflow_after_s = 9\n'),
        encoding="utf-8",
    )

    first = settings_of(read_city(folder), version=1).queues[0]

    assert (first.overflow, first.overflow_after_s) == ((), 9.0)
