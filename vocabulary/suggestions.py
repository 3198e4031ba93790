"""Suggestions: which entry of the knowledge base fits what is being said, and why."""

from dataclasses import dataclass, field
from enum import StrEnum

from vocabulary.ids import CategoryCode, EntryCode


class Band(StrEnum):
    """How sure a suggestion is, for people; never shown by colour alone."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


class SuggestionUse(StrEnum):
    """What an agent did with a suggestion."""

    OPENED = "opened"
    INSERTED = "inserted"
    USEFUL = "useful"
    NOT_USEFUL = "not-useful"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One entry laid before the agent: ``matched`` = the caller words behind it, ``why`` = one Chinese sentence."""

    entry: EntryCode
    version: int
    title: str
    answer: str
    category: CategoryCode
    band: Band
    score: float
    matched: tuple[str, ...] = field(repr=False)
    why: str = field(repr=False)
    key_points: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    effective_to: str | None = None
    """ISO date after which the entry is no longer in force; None = open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """At most three, best first; when empty, ``reason`` says in Chinese why nothing is shown."""

    items: tuple[Suggestion, ...]
    reason: str
    revision: int
    took_ms: float = 0.0
