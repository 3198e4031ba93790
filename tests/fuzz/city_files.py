"""Files of a city folder: the first octet says which, the others are its content."""

import shutil
import tempfile
from pathlib import Path

from hotline.city_files import BadCity, catalogue, desk_choices, read_city, working_calendar
from hotline.city_telephony import telephony_settings
from vocabulary.calls import SeatTimes

CORPUS = Path(__file__).parent / "corpus" / "city_files"
_CITY = Path(__file__).resolve().parents[2] / "city"
_NAMES = (
    "city.toml",
    "units.json",
    "lines.json",
    "menu.json",
    "places.json",
    "calendar.json",
    "categories.json",
    "telephony.json",
)
_place = tempfile.TemporaryDirectory()
_folder = Path(_place.name) / "city"
_folder.mkdir()
for _name in (*_NAMES, "entries.jsonl"):
    shutil.copy(_CITY / _name, _folder / _name)
(_folder / "entries.jsonl").write_bytes(b"")


def fuzz_one(data: bytes) -> None:
    """Take one file: the city is used, or refused by one sentence."""
    name = _NAMES[data[0] % len(_NAMES)] if data else _NAMES[0]
    (_folder / name).write_bytes(data[1:])
    try:
        city = read_city(_folder)
        known = catalogue(city)
        desk_choices(city, known=known, seat_times=lambda: SeatTimes(wrap_up_s=30.0, hold_reminder_s=45.0))
        working_calendar(city)
        telephony_settings(city, version=1)
    except BadCity as error:
        _ = str(error).encode("utf-8")
    finally:
        shutil.copy(_CITY / name, _folder / name)
