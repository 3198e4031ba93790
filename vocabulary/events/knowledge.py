"""Events of room knowledge."""

from dataclasses import dataclass

from vocabulary.events.base import Event, event
from vocabulary.ids import AccountId, EntryCode
from vocabulary.suggestions import Suggestions, SuggestionUse


@event("knowledge.suggestions-changed.v1", durable=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsChanged(Event):
    """Whole list now before the agent."""

    suggestions: Suggestions


@event("knowledge.suggestions-shown.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsShown(Event):
    """Which entries an agent saw, best first, with their versions; no words of the caller."""

    entries: tuple[EntryCode, ...]
    versions: tuple[int, ...]


@event("knowledge.suggestion-used.v1", durable=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionUsed(Event):
    """An agent acted on a suggestion."""

    entry: EntryCode
    version: int
    use: SuggestionUse
    agent: AccountId
