"""Reads the city folder: plain files that a real city copies and changes."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent_desk import CategoryChoice, CityInfo, DeskChoices, DialogueChoice, DistrictChoice, Leaf
from hotline import city_rows
from knowledge import Entry
from runtime.codec import MalformedMessage, decode, encode
from telephony import TelephonySettings
from telephony import settings as rows
from vocabulary.errors import Permanent
from vocabulary.ids import CategoryCode, UnitCode
from vocabulary.orders import KIND_ZH, RequestKind
from vocabulary.text import text_fault
from work_orders import Catalogue, Category, Limit, LimitUnit, Unit, WorkingCalendar

_KINDS = {label: kind for kind, label in KIND_ZH.items()}
_ANYTHING: Any = Any
_LONGEST = 16 * 1024 * 1024
"""Largest file of the folder in bytes."""
_TYPES: dict[str, Any] = {
    "units": tuple[city_rows.UnitRow, ...],
    "categories": tuple[city_rows.CategoryRow, ...],
    "lines": tuple[city_rows.LineRow, ...],
    "menu": city_rows.MenuRow,
    "places": city_rows.PlacesRow,
    "calendar": city_rows.CalendarRow,
}


class BadCity(Permanent):
    """A file of the city folder that cannot be used; the text names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityFiles:
    """The parsed files of one city."""

    folder: Path
    head: dict[str, Any]
    units: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    menu: dict[str, Any]
    places: dict[str, Any]
    calendar: dict[str, Any]
    dialogues: list[dict[str, Any]]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of days and hours."""
        return ZoneInfo(self.head["zone"])

    @property
    def info(self) -> CityInfo:
        """Name and sign of the city."""
        return CityInfo(name=self.head["name"], short_name=self.head["short_name"], zone=self.head["zone"])


def read_city(folder: Path, /) -> CityFiles:
    """Read and check all files; BadCity names the first file, row and field that is not what it should be."""
    head = _checked(_from_toml(folder / "city.toml"), city_rows.HeadRow, folder / "city.toml")
    parts: dict[str, Any] = {}
    for name, kind in _TYPES.items():
        path = folder / f"{name}.json"
        parts[name] = _checked(_octets(path), kind, path)
    dialogues = [
        _checked(_octets(path), city_rows.DialogueRow, path) for path in sorted((folder / "dialogues").glob("*.json"))
    ]
    city = CityFiles(folder=folder, head=head, dialogues=dialogues, **parts)
    _check_names(city)
    _check_entries(folder / "entries.jsonl")
    return city


def _octets(path: Path) -> bytes:
    """Return the file's octets, which are UTF-8 and not too many."""
    try:
        if path.stat().st_size > _LONGEST:
            raise BadCity(f"{path} is larger than {_LONGEST} bytes; is it a file of the city folder?")
        data = path.read_bytes()
        data.decode("utf-8")
    except FileNotFoundError:
        raise BadCity(f"the city folder lacks {path}; compare it with the folder `city`") from None
    except OSError as error:
        raise BadCity(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadCity(f"{path}, line {line}: must be UTF-8, octet 0x{error.object[error.start]:02X} is none") from None
    return data


def _from_toml(path: Path) -> bytes:
    """Return a TOML file in the form of JSON, so that one set of types judges both."""
    try:
        return encode(tomllib.loads(_octets(path).decode("utf-8")))
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadCity(f"{path}: must be TOML: {error}") from None


def _checked(data: bytes, kind: Any, path: Path, *, row: str = "") -> Any:
    """Return the file as dicts and lists after its types and its text have been judged."""
    try:
        decode(data, kind)
        read = decode(data, _ANYTHING)
    except MalformedMessage as error:
        raise BadCity(f"{path}{row}{_where(str(error))}") from None
    for place, text in _texts(read, ""):
        fault = text_fault(text)
        if fault is not None:
            raise BadCity(f"{path}{row}, field {place.lstrip('.')[:80]!a}: {fault}")
    return read


def _where(fault: str) -> str:
    """Turn ``Expected `int`, got `str` - at `$[3].limit``` into ``, row 4, field limit: expected …``."""
    said, _, place = fault.partition(" - at `$")
    found = re.fullmatch(r"(?:\[(\d+)\])?\.?(.*)`", place)
    row = f", row {int(found[1]) + 1}" if found and found[1] else ""
    field = f", field {found[2]}" if found and found[2] else ""
    return f"{row}{field}: {said[:300]}"


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield place, name
            yield from _texts(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for row, inner in enumerate(value, 1):
            yield from _texts(inner, f"{place}[row {row}]")


def _check_names(city: CityFiles) -> None:
    """Judge what one file says of another: zone, units, queues; codes occur once."""
    try:
        _ = city.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCity(f"{city.folder / 'city.toml'}, field zone: {city.head['zone']!r} is no IANA time zone") from None
    units, queues = {row["code"] for row in city.units}, {row["name"] for row in city.head["queues"]}
    choices = [*city.menu["keys"].values(), city.menu["silence"]]
    used = [("units.json", "parent", row["parent"]) for row in city.units if row["parent"] is not None]
    used += [("categories.json", "unit", row["unit"]) for row in city.categories]
    used += [("lines.json", "queue", row["queue"]) for row in city.lines]
    used += [("menu.json", "queue", row["queue"]) for row in choices]
    for file, field, name in used:
        known, where = (queues, "city.toml") if field == "queue" else (units, "units.json")
        if name not in known:
            raise BadCity(f"{city.folder / file}, field {field}: {name!a} is not in {where}")
    for file, name, found in (("units", "code", city.units), ("categories", "code", city.categories)):
        codes = [row[name] for row in found]
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice is not None:
            raise BadCity(f"{city.folder / file}.json, field {name}: {twice!r} occurs twice")


def _check_entries(path: Path) -> None:
    for number, line in enumerate(_octets(path).splitlines(), 1):
        if line.strip():
            _checked(line, Entry, path, row=f", row {number}")


def catalogue(city: CityFiles, /) -> Catalogue:
    """Return categories and units."""
    units = tuple(
        Unit(
            code=UnitCode(row["code"]),
            name=row["name"],
            level=row["level"],
            parent=UnitCode(row["parent"]) if row["parent"] else None,
            leader=row["leader"],
            office=row["office"],
            handler=row["handler"],
        )
        for row in city.units
    )
    categories = tuple(
        Category(
            code=CategoryCode(row["code"]),
            path=tuple(row["path"]),
            kinds=frozenset(_KINDS[kind] for kind in row["kinds"]),
            unit=UnitCode(row["unit"]),
            limit=Limit(amount=row["limit"]["amount"], unit=LimitUnit(row["limit"]["unit"])),
            urgent=row["urgent"],
        )
        for row in city.categories
    )
    return Catalogue(categories=categories, units=units)


def working_calendar(city: CityFiles, /) -> WorkingCalendar:
    """Return holidays and make-up workdays."""
    return WorkingCalendar(
        holidays=frozenset(date.fromisoformat(day) for day in city.calendar["holidays"]),
        extra_workdays=frozenset(date.fromisoformat(day) for day in city.calendar["extra_workdays"]),
    )


def desk_choices(city: CityFiles, /, *, known: Catalogue, demo: bool = False) -> DeskChoices:
    """Return what forms offer."""
    order = list(RequestKind)
    return DeskChoices(
        city=city.info,
        categories=tuple(
            CategoryChoice(
                code=category.code,
                path=category.path,
                kinds=tuple(sorted(category.kinds, key=order.index)),
                unit=category.unit,
                unit_name=known.unit_name(category.unit),
                limit_text=category.limit.text,
            )
            for category in known.categories.values()
        ),
        districts=tuple(
            DistrictChoice(name=row["name"], streets=tuple(street["name"] for street in row["streets"]))
            for row in city.places["districts"]
        ),
        dialogues=tuple(
            DialogueChoice(id=row["id"], title=row["title"], kind=row["kind"] or "") for row in city.dialogues
        ),
        demo=demo,
        wrap_up_seconds=rows.Limits().wrap_up_s,
    )


def place_names(city: CityFiles, /) -> list[tuple[str, str]]:
    """Return (name, district) of every district, street, community and road."""
    names: list[tuple[str, str]] = []
    for row in city.places["districts"]:
        district = row["name"]
        names.append((district, district))
        names += [(street["name"], district) for street in row["streets"]]
        names += [(community["name"], district) for community in row["communities"]]
        names += [(road, district) for road in row["roads"]]
    return names


def leaves(known: Catalogue, /) -> dict[CategoryCode, Leaf]:
    """Return the categories as drafting knows them."""
    return {code: Leaf(name=row.path[-1], kinds=row.kinds) for code, row in known.categories.items()}


def telephony_settings(city: CityFiles, /, *, version: int) -> TelephonySettings:
    """Return the snapshot that the switch works by."""
    menu = city.menu
    return TelephonySettings(
        version=version,
        lines=tuple(rows.Line(number=row["number"], name=row["name"], queue=row["queue"]) for row in city.lines),
        queues=tuple(
            rows.Queue(
                name=row["name"],
                title=row["title"],
                overflow=tuple(other["name"] for other in city.head["queues"] if other["name"] != row["name"]),
            )
            for row in city.head["queues"]
        ),
        menu=rows.Menu(
            greeting=menu["greeting"],
            question=menu["question"],
            open_question_seconds=menu["open_question_seconds"],
            keys={key: rows.Choice(**choice) for key, choice in menu["keys"].items()},
            silence=rows.Choice(**menu["silence"]),
        ),
    )
