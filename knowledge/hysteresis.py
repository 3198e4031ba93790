"""Cards that do not flicker: a card that was shown leaves only when it is missing twice running."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vocabulary.suggestions import Suggestion

PATIENCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A suggestion before the agent and how often running it was not found again."""

    suggestion: Suggestion
    missing: int = 0


def settle(
    shown: Sequence[Card],
    fresh: Sequence[Suggestion],
    /,
    *,
    most: int,
    still_valid: Callable[[Suggestion], bool],
) -> tuple[Card, ...]:
    """Return the cards to show now, fresh ones first; a lingering card takes the place of the last newcomer.

    A card whose entry has gone out of force or has a newer version (``still_valid``) leaves at once.
    """
    found = {one.entry for one in fresh}
    lingering = [
        Card(suggestion=card.suggestion, missing=card.missing + 1)
        for card in shown
        if card.suggestion.entry not in found and card.missing + 1 < PATIENCE and still_valid(card.suggestion)
    ]
    known = {card.suggestion.entry for card in shown}
    room = max(0, most - len(lingering))
    kept = list(fresh)
    while len(kept) > room:
        newcomer = next((one for one in reversed(kept) if one.entry not in known), kept[-1])
        kept.remove(newcomer)
    return (*(Card(suggestion=one) for one in kept), *lingering)[:most]
