"""What the house needs of a search engine. No engine sees text: tokens in, codes and scores out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from knowledge.analysis.tokens import BODY_WEIGHT, CHANNEL_WEIGHT, HEAD_WEIGHT, Channel, TokenQuery, Tokens
from vocabulary.errors import Transient
from vocabulary.ids import EntryCode

OPEN_END = 99_991_231
"""The last day of an entry without end."""
HEAD, BODY = "head", "body"
PART_WEIGHT: Mapping[str, float] = {HEAD: HEAD_WEIGHT, BODY: BODY_WEIGHT}


class EngineAway(Transient):
    """The engine cannot be used now: not reachable, too slow, or its folder is in use by another process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One entry as engines index it; days are numbers yyyymmdd, both inclusive."""

    code: EntryCode
    version: int
    head: Tokens
    body: Tokens
    first_day: int
    last_day: int = OPEN_END

    def fields(self) -> Iterator[tuple[str, list[str]]]:
        """Give name and tokens of each of the eight fields."""
        for channel in Channel:
            yield field_name(channel, HEAD), self.head[channel]
            yield field_name(channel, BODY), self.body[channel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry found; ``score`` is the weighted sum of BM25 over fields, alike in every engine."""

    code: EntryCode
    version: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """What an engine holds: the analysis it was made with (empty = nothing yet), and entry → version."""

    analysis: str
    entries: Mapping[EntryCode, int]


class SearchEngine(Protocol):
    """An index of entries. Every method may raise EngineAway."""

    async def state(self) -> EngineState:
        """Return what is indexed."""
        ...

    async def rebuild(self, documents: Iterable[Document], /, *, analysis: str) -> None:
        """Replace the whole index in one step; searches go on in the old one until then."""
        ...

    async def apply(self, *, upserts: Sequence[Document], deletes: Sequence[EntryCode]) -> None:
        """Change single entries; on return searches see the change."""
        ...

    async def search(self, query: TokenQuery, /, *, on: date, limit: int) -> tuple[Hit, ...]:
        """Return the best ``limit`` entries in force on the day ``on``, best first; equal scores by code."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


def field_name(channel: Channel, part: str, /) -> str:
    """Return the field of a channel in head or body, such as ``w_head``."""
    return f"{channel.value}_{part}"


def day_number(day: date, /) -> int:
    """Return the day as yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def field_terms(query: TokenQuery, /) -> Iterator[tuple[str, float, Mapping[str, float]]]:
    """Give each field that a query touches, with its weight and its weighted tokens."""
    for channel, terms in query.terms.items():
        if terms:
            for part, weight in PART_WEIGHT.items():
                yield field_name(channel, part), CHANNEL_WEIGHT[channel] * weight, terms


def ordered(hits: Iterable[Hit], /) -> tuple[Hit, ...]:
    """Return hits best first, equal ones by code."""
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.code)))
