"""Reads the city folder: plain files that a real city copies and changes."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent_desk import DeskChoices, Leaf, replies
from hotline import city_rows
from hotline.city_telephony import telephony_faults
from knowledge import Entry
from runtime.codec import MalformedMessage, decode, encode
from vocabulary.calls import SeatTimes
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
    "telephony": city_rows.TelephonyRow,
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
    telephony: dict[str, Any]
    places: dict[str, Any]
    calendar: dict[str, Any]
    dialogues: list[dict[str, Any]]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of days and hours."""
        return ZoneInfo(self.head["zone"])

    @property
    def info(self) -> replies.CityInfo:
        """Name and sign of the city."""
        return replies.CityInfo(name=self.head["name"], short_name=self.head["short_name"], zone=self.head["zone"])


def read_city(folder: Path, /) -> CityFiles:
    """Read and check all files; BadCity names the first file, row and field that is not what it should be."""
    city, faults = _judged(folder)
    if city is None or faults:
        raise BadCity(faults[0])
    return city


def city_faults(folder: Path, /) -> list[str]:
    """Return a sentence for each thing that is wrong with the folder: a first one of each file, all of their names."""
    return _judged(folder)[1]


def _judged(folder: Path) -> tuple[CityFiles | None, list[str]]:
    faults: list[str] = []

    def read(path: Path, kind: Any, octets: Callable[[Path], bytes] = _octets) -> Any:
        try:
            return _checked(octets(path), kind, path)
        except BadCity as error:
            faults.append(str(error))
            return None

    head = read(folder / "city.toml", city_rows.HeadRow, _from_toml)
    parts = {name: read(folder / f"{name}.json", kind, _OPTIONAL.get(name, _octets)) for name, kind in _TYPES.items()}
    paths = sorted((folder / "dialogues").glob("*.json"))
    dialogues = [read(path, city_rows.DialogueRow) for path in paths]
    faults += _entry_faults(folder / "entries.jsonl")
    if faults:
        return None, faults
    city = CityFiles(folder=folder, head=head, dialogues=dialogues, **parts)
    return city, [*_name_faults(city), *telephony_faults(city)]


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


def _octets_if_any(path: Path) -> bytes:
    """Return the file's octets, those of an empty object when there is no such file."""
    return _octets(path) if path.exists() else b"{}"


_OPTIONAL = {"telephony": _octets_if_any}
"""Files that a folder may lack: what they would say is then as in code."""


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


def _name_faults(city: CityFiles) -> Iterator[str]:
    """Judge what one file says of another: zone, units, queues; codes occur once."""
    try:
        _ = city.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"{city.folder / 'city.toml'}, field zone: {city.head['zone']!r} is no IANA time zone"
    units = {row["code"] for row in city.units}
    used = [("units.json", number, "parent", row["parent"]) for number, row in enumerate(city.units, 1)]
    used += [("categories.json", number, "unit", row["unit"]) for number, row in enumerate(city.categories, 1)]
    for file, number, field, name in used:
        if name not in units and name is not None:
            yield f"{city.folder / file}, row {number}, field {field}: {name!a} is not in units.json"
    unique = (("units", "code", city.units), ("categories", "code", city.categories), ("lines", "number", city.lines))
    for file, name, found in unique:
        for code, times in Counter(row[name] for row in found).items():
            if times > 1:
                yield f"{city.folder / file}.json, field {name}: {code!r} occurs twice"


def _entry_faults(path: Path) -> list[str]:
    faults = []
    try:
        for number, line in enumerate(_octets(path).splitlines(), 1):
            try:
                if line.strip():
                    _checked(line, Entry, path, row=f", row {number}")
            except BadCity as error:
                faults.append(str(error))
    except BadCity as error:
        faults.append(str(error))
    return faults


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


def desk_choices(
    city: CityFiles, /, *, known: Catalogue, seat_times: Callable[[], SeatTimes], demo: bool = False
) -> DeskChoices:
    """Return what forms offer; ``seat_times`` tells those of the city that runs."""
    order = list(RequestKind)
    return DeskChoices(
        city=city.info,
        categories=tuple(
            replies.CategoryChoice(
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
            replies.DistrictChoice(name=row["name"], streets=tuple(street["name"] for street in row["streets"]))
            for row in city.places["districts"]
        ),
        dialogues=tuple(
            replies.DialogueChoice(id=row["id"], title=row["title"], kind=row["kind"] or "") for row in city.dialogues
        ),
        demo=demo,
        seat_times=seat_times,
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
