"""Reads the city folder: plain files that a real city copies and changes."""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent_desk import CategoryChoice, CityInfo, DeskChoices, DialogueChoice, DistrictChoice, Leaf
from telephony import TelephonySettings
from telephony import settings as rows
from vocabulary.errors import Permanent
from vocabulary.ids import CategoryCode, UnitCode
from vocabulary.orders import KIND_ZH, RequestKind
from work_orders import Catalogue, Category, Limit, LimitUnit, Unit, WorkingCalendar

_KINDS = {label: kind for kind, label in KIND_ZH.items()}


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
    """Read all files; BadCity names the first that is missing or not what it should be."""
    try:
        head = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
        names = ("units", "categories", "lines", "menu", "places", "calendar")
        parts = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names}
        dialogues = [
            json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "dialogues").glob("*.json"))
        ]
    except FileNotFoundError as error:
        raise BadCity(f"the city folder lacks {error.filename}; compare it with the folder `city`") from None
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCity(f"a file of the city folder {folder} cannot be read: {error}") from None
    return CityFiles(folder=folder, head=head, dialogues=dialogues, **parts)


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
