"""What a city's files say of its telephony: lines, queues, menu, limits and prompts."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from hotline import city_rows
from runtime.codec import decode, encode
from telephony import TelephonySettings
from telephony import settings as rows

DIGITS = "0123456789"
LARGEST_LIMIT = 86_400
"""Of a count, and of a time in seconds: a day."""
MELODY = "moh"
"""The music that `hotline voices render` makes beside the rendered prompts."""
_MENU, _CHOICE, _TELEPHONY, _PROMPTS = (
    kind.__dataclass_fields__
    for kind in (city_rows.MenuRow, city_rows.ChoiceRow, city_rows.TelephonyRow, city_rows.PromptsRow)
)
_LIMITS = rows.Limits.__dataclass_fields__
_COUNTS = frozenset(name for name, field in _LIMITS.items() if field.type is int)
_OVERFLOW_AFTER_S = rows.Queue(name="", title="").overflow_after_s


class CityParts(Protocol):
    """What telephony takes of a city's files, each as its row in ``hotline.city_rows`` says."""

    @property
    def folder(self) -> Path:
        """Where they lie."""
        ...

    @property
    def head(self) -> dict[str, Any]:
        """``city.toml``."""
        ...

    @property
    def lines(self) -> list[dict[str, Any]]:
        """``lines.json``."""
        ...

    @property
    def menu(self) -> dict[str, Any]:
        """``menu.json``."""
        ...

    @property
    def telephony(self) -> dict[str, Any]:
        """``telephony.json``."""
        ...


def telephony_settings(city: CityParts, /, *, version: int) -> TelephonySettings:
    """Return the snapshot that the switch works by."""
    menu = city.menu
    return TelephonySettings(
        version=version,
        lines=tuple(rows.DialledLine(number=row["number"], name=row["name"], queue=row["queue"]) for row in city.lines),
        queues=tuple(_queue(row, city.head["queues"]) for row in city.head["queues"]),
        menu=rows.Menu(
            greeting=menu["greeting"],
            question=menu["question"],
            open_question_seconds=float(menu["open_question_seconds"]),
            keys={key: rows.Destination(**choice) for key, choice in menu["keys"].items()},
            silence=rows.Destination(**menu["silence"]) if menu.get("silence") is not None else None,
        ),
        prompts=_prompts(city),
        limits=decode(encode(_limits(city)), rows.Limits),
    )


def _prompts(city: CityParts) -> rows.Prompts:
    return decode(encode(city.telephony.get("prompts", {})), rows.Prompts)


def _limits(city: CityParts) -> dict[str, Any]:
    found: dict[str, Any] = city.telephony.get("limits", {})
    return found


def _queue(row: Mapping[str, Any], all_queues: Iterable[Mapping[str, Any]]) -> rows.Queue:
    others = tuple(other["name"] for other in all_queues if other["name"] != row["name"])
    given = row.get("overflow")
    return rows.Queue(
        name=row["name"],
        title=row["title"],
        overflow=others if given is None else tuple(given),
        overflow_after_s=float(row.get("overflow_after_s", _OVERFLOW_AFTER_S)),
    )


def telephony_faults(city: CityParts, /) -> Iterator[str]:
    """Say what the types of single files cannot judge: names that nothing has, rows that are missing or doubled."""
    unknown = list(_unknown_names(city))
    yield from unknown
    if not unknown:
        yield from _queue_faults(city)
        yield from _prompt_faults(city)
    if not city.lines:
        yield f"{city.folder / 'lines.json'}: there must be at least one line"
    if not unknown:
        yield from _limit_faults(city)


def _limit_faults(city: CityParts) -> Iterator[str]:
    for name, value in _limits(city).items():
        is_count = name in _COUNTS
        kinds = (int,) if is_count else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value <= LARGEST_LIMIT:
            wanted = "a whole number" if is_count else "a number"
            yield (
                f"{city.folder / 'telephony.json'}, field limits.{name}: "
                f"must be {wanted} above 0 and not above {LARGEST_LIMIT}"
            )


def _unknown_names(city: CityParts) -> Iterator[str]:
    """Where a name that is passed over would leave a default in force without a word."""
    menu = city.menu
    places: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        ("menu.json", menu, _MENU),
        *((f"menu.json keys.{key}", choice, _CHOICE) for key, choice in menu["keys"].items()),
        ("menu.json silence", menu.get("silence") or {}, _CHOICE),
        ("telephony.json", city.telephony, _TELEPHONY),
        ("telephony.json limits", _limits(city), _LIMITS),
        ("telephony.json prompts", city.telephony.get("prompts", {}), _PROMPTS),
    ]
    for place, given, known in places:
        file, _, inside = place.partition(" ")
        for name in given:
            if name not in known:
                field = f"{inside}.{name}" if inside else name
                yield f"{city.folder / file}, field {field[:80]!a}: there is none; known here are {', '.join(known)}"


def _queue_faults(city: CityParts) -> Iterator[str]:
    names = [row["name"] for row in city.head["queues"]]
    menu = city.menu
    used = [("lines.json", f", row {number}, field queue", row["queue"]) for number, row in enumerate(city.lines, 1)]
    used += [("menu.json", f", field keys.{key}.queue", row["queue"]) for key, row in menu["keys"].items()]
    if menu.get("silence") is not None:
        used.append(("menu.json", ", field silence.queue", menu["silence"]["queue"]))
    for number, row in enumerate(city.head["queues"], 1):
        used += [("city.toml", f", queue {number}, field overflow", name) for name in row.get("overflow") or ()]
    for file, where, name in used:
        if name not in names:
            yield f"{city.folder / file}{where}: {name!a} is not in city.toml"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{city.folder / 'city.toml'}, field queues: {name!a} occurs twice"


def _prompt_faults(city: CityParts) -> Iterator[str]:
    menu, prompts = city.menu, _prompts(city)
    used: list[tuple[str, str, tuple[str, ...]]] = [
        ("menu.json", name, (menu[name],)) for name in ("greeting", "question")
    ]
    for name in _PROMPTS:
        value = getattr(prompts, name)
        spoken = tuple(f"{value}{digit}" for digit in DIGITS) if name == "intro_digit" else value
        used.append(("telephony.json", f"prompts.{name}", (spoken,) if isinstance(spoken, str) else spoken))
    for file, field, names in used:
        missing = next((name for name in names if not _is_spoken(city, name)), None)
        if missing is not None:
            yield f"{city.folder / file}, field {field}: {missing!a} is no prompt of city.toml nor a file"


def _is_spoken(city: CityParts, name: str) -> bool:
    if name in city.head["prompts"] or name == MELODY:
        return True
    return name.isidentifier() and (city.folder / "voices" / "prompts" / f"{name}.wav").is_file()
