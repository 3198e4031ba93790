"""The place names of a city folder's places.json."""

from dataclasses import dataclass

from runtime.codec import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _District:
    name: str
    streets: tuple[_Named, ...]
    communities: tuple[_Named, ...]
    roads: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    city: str
    districts: tuple[_District, ...]


def read_places(text: str, /) -> frozenset[str]:
    """Return the names of city, districts, streets, communities and roads; MalformedMessage."""
    read = decode(text, _Places)
    names = {read.city}
    for district in read.districts:
        named = (*district.streets, *district.communities)
        names |= {district.name, *district.roads, *(one.name for one in named)}
    return frozenset(names)
