"""Each setting is taken from code, file, environment or flag, the later before the earlier; what does not fit is named."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from hotline.settings import ROLES, Settings, read_settings
from hotline.settings_checks import BadSettings

SOURCES = ("file", "environment", "flags")
FOLDERS = {"data", "run", "city", "runtime_folder"}
TABLES = {"telephony.trunks"}
"""Rows of a table, which the environment cannot say."""


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for one in fields(value):
        inner, place = getattr(value, one.name), (*path, one.name)
        if is_dataclass(inner):
            yield from leaves(inner, place)
        elif ".".join(place) not in TABLES:
            yield place


LEAVES = sorted(leaves(Settings()))


def of(settings: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        settings = getattr(settings, name)
    return settings


def tree(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value


def proposed(path: tuple[str, ...], place: int, folder: Path) -> Any:
    """Return a value that fits a setting, another one for each place."""
    default, name = of(Settings(), path), path[-1]
    match default:
        case bool():
            return default is (place == 1)
        case int():
            return 30_000 + place if name == "rtp_port_high" else 10_000 + place
        case tuple():
            return ROLES[place : place + 1]
        case _ if name in FOLDERS:
            made = folder / f"{name}{place}"
            made.mkdir(exist_ok=True)
            return str(made)
        case _ if name.endswith("host"):
            return f"127.0.0.{place + 2}"
        case _:
            return f"{name}-{place}"


def said(path: tuple[str, ...], sources: tuple[str, ...], folder: Path, given: pytest.MonkeyPatch) -> Settings:
    """Read the settings with one of them said by these sources."""
    file = folder / "hotline.toml"
    file.write_text("", encoding="utf-8")
    variable = f"HOTLINE_{'__'.join(path).upper()}"
    given.delenv(variable, raising=False)
    flags = None
    for source in sources:
        value = proposed(path, SOURCES.index(source), folder)
        plain = list(value) if isinstance(value, tuple) else value
        match source:
            case "file":
                head = "".join(f"[{table}]\n" for table in [".".join(path[:-1])] if table)
                file.write_text(f"{head}{path[-1]} = {json.dumps(plain)}\n", encoding="utf-8")
            case "environment":
                text = (
                    ",".join(value)
                    if isinstance(value, tuple)
                    else str(value).lower()
                    if value in (True, False)
                    else str(value)
                )
                given.setenv(variable, text)
            case _:
                flags = tree(path, plain)
    return read_settings(config=file, flags=flags)


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_the_later_source_wins_whichever_of_them_speak(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = [chosen for count in (1, 2, 3) for chosen in combinations(SOURCES, count)]

    found = {chosen: of(said(path, chosen, tmp_path, monkeypatch), path) for chosen in spoken}

    assert found == {chosen: proposed(path, SOURCES.index(chosen[-1]), tmp_path) for chosen in spoken}


def test_where_no_source_speaks_it_is_as_in_code(tmp_path: Path) -> None:
    file = tmp_path / "hotline.toml"
    file.write_text("", encoding="utf-8")

    found, plain = read_settings(config=file), Settings()

    differing = {path for path in LEAVES if of(found, path) != of(plain, path)}
    assert differing <= {("data",), ("runtime_folder",)}
    assert len(LEAVES) > 25


@pytest.mark.parametrize("path", [path for path in LEAVES if isinstance(of(Settings(), path), int)], ids=".".join)
def test_a_word_in_the_place_of_a_number_or_a_switch_is_named_with_its_setting(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"HOTLINE_{'__'.join(path).upper()}", "many")

    with pytest.raises(BadSettings, match=rf"a setting does not fit: .*\$\.{'.'.join(path)}`") as refused:
        read_settings()

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
@pytest.mark.parametrize("source", SOURCES)
def test_a_misspelt_name_is_refused_with_the_names_that_there_are_wherever_it_stands(
    path: tuple[str, ...], source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = (*path[:-1], f"{path[-1]}x")
    file, flags = tmp_path / "hotline.toml", None
    file.write_text("", encoding="utf-8")
    match source:
        case "file":
            head = "".join(f"[{table}]\n" for table in [".".join(wrong[:-1])] if table)
            file.write_text(f"{head}{wrong[-1]} = 1\n", encoding="utf-8")
        case "environment":
            monkeypatch.setenv(f"HOTLINE_{'__'.join(wrong).upper()}", "1")
        case _:
            flags = tree(wrong, 1)

    with pytest.raises(BadSettings, match=rf"unknown setting {'.'.join(wrong)}; known here: .*\b{path[-1]}\b"):
        read_settings(config=file, flags=flags)


@pytest.mark.parametrize("name", ["hotline.toml", "other.toml"])
def test_a_file_that_is_named_must_be_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=rf"the settings file .*{name} does not exist"):
        read_settings(config=tmp_path / name)


def test_a_file_that_is_not_named_is_read_where_it_lies_and_may_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    without = read_settings().web.port
    (tmp_path / "hotline.toml").write_text("[web]\nport = 9001\n", encoding="utf-8")

    assert (without, read_settings().web.port) == (8012, 9001)


@pytest.mark.parametrize("roles", [["desk", "kitchen"], ["Desk"], [""]])
def test_a_role_that_there_is_not_is_named(roles: list[str]) -> None:
    with pytest.raises(BadSettings, match=r"unknown role .*; roles are telephony, asr, desk"):
        read_settings(flags={"roles": roles})


def test_folders_of_the_user_are_taken_where_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runs"))
    of_the_user = read_settings()
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    of_the_home = read_settings()

    assert (of_the_user.data, of_the_user.runtime_folder) == (str(tmp_path / "kept/hotline"), str(tmp_path / "runs"))
    assert (of_the_home.data, of_the_home.runtime_folder) == (str(tmp_path / ".local/share/hotline"), "")


def test_passwords_and_addresses_with_passwords_are_not_shown_with_the_settings() -> None:
    secret = "s3cret-s3cret"
    shown = repr(
        read_settings(
            flags={
                "database": dict.fromkeys(("url", "owner_url", "reader_url"), secret),
                "nats": {"url": secret, "password": secret},
                "search": {"password": secret},
            }
        )
    )

    assert secret not in shown
