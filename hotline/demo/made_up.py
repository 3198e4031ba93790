"""Thirty made-up days of the city, with one planted burst that a briefing must name."""

import json
from datetime import datetime, timedelta

from analytics import Matter, Spot, load_history
from hotline.city_files import CityFiles, catalogue
from runtime.postgres import Database
from simulation.history import Burst, made_up_days
from vocabulary.ids import CategoryCode
from work_orders import LimitUnit

BURST_LEAF, BURST_PLACE = "停水", "翠湖花园"
WORKDAY_H = 24


async def load_made_up(database: Database, city: CityFiles, /, *, now: datetime) -> int:
    """Load the history and return how many contacts were made; 0 when it is there already."""
    matters, spots = _matters(city), _spots(city)
    burst = Burst(
        matter=next((matter for matter in matters if matter.path[-1] == BURST_LEAF), matters[0]),
        spot=next((spot for spot in spots if spot.place == BURST_PLACE), spots[0]),
    )
    lines = [row["name"] for row in city.lines]
    days = made_up_days(
        end=now - timedelta(minutes=5), zone=city.zone, matters=matters, spots=spots, lines=lines, burst=burst
    )
    return await load_history(database, days)


def _matters(city: CityFiles) -> list[Matter]:
    known, said = catalogue(city), _said(city)
    matters = []
    for code, category in known.categories.items():
        phrases = said.get(code)
        if phrases:
            hours = category.limit.amount * (1 if category.limit.unit is LimitUnit.HOURS else WORKDAY_H)
            matters.append(
                Matter(
                    category=code,
                    path=category.path,
                    kinds=tuple(sorted(category.kinds)),
                    unit=category.unit,
                    unit_name=known.unit_name(category.unit),
                    limit_hours=hours,
                    phrases=phrases,
                )
            )
    return matters


def _said(city: CityFiles) -> dict[CategoryCode, tuple[str, ...]]:
    """Return what callers say of each category: the colloquial questions of its entries."""
    said: dict[CategoryCode, tuple[str, ...]] = {}
    for line in (city.folder / "entries.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        code = CategoryCode(entry["category"])
        said[code] = (*said.get(code, ()), *entry["similar_questions"])
    return said


def _spots(city: CityFiles) -> list[Spot]:
    return [
        Spot(district=row["name"], place=place)
        for row in city.places["districts"]
        for place in (*(community["name"] for community in row["communities"]), *row["roads"])
    ]
