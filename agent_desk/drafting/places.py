"""Finds a district and a place of the city in what was said, also when the recogniser wrote other characters."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """A name of the gazetteer with its toneless syllables. A district's own entry has ``name == district``."""

    name: str
    district: str
    syllables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFound:
    """A name found at characters [start, end) of the text; ``exact`` tells whether the characters agree."""

    place: PlaceName
    start: int
    end: int
    exact: bool
    said: str = field(repr=False)


def find_places(text: str, /, *, syllables: Sequence[str], gazetteer: Sequence[PlaceName]) -> list[PlaceFound]:
    """Return the places in ``text``, longest and exact first, none overlapping another.

    ``syllables`` has one entry for each character of ``text``. By sound only names of three or more syllables
    count: shorter ones sound like ordinary words too often.
    """
    hits: list[PlaceFound] = []
    for place in gazetteer:
        hits += _exact(text, place) or _by_sound(text, syllables, place)
    hits.sort(key=lambda hit: (-(hit.end - hit.start), not hit.exact, hit.start))
    chosen: list[PlaceFound] = []
    for hit in hits:
        if all(hit.end <= other.start or hit.start >= other.end for other in chosen):
            chosen.append(hit)
    return chosen


def _exact(text: str, place: PlaceName) -> list[PlaceFound]:
    start = text.find(place.name)
    if start < 0:
        return []
    end = start + len(place.name)
    return [PlaceFound(place=place, start=start, end=end, exact=True, said=text[start:end])]


def _by_sound(text: str, syllables: Sequence[str], place: PlaceName) -> list[PlaceFound]:
    length = len(place.syllables)
    if length < 3:
        return []
    for start in range(len(syllables) - length + 1):
        if tuple(syllables[start : start + length]) == place.syllables:
            end = start + length
            return [PlaceFound(place=place, start=start, end=end, exact=False, said=text[start:end])]
    return []
