"""Who may see what of a contact: the one table that every way to a number, a word or a sound asks."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import assert_never

from vocabulary.ids import AccountId
from vocabulary.people import Principal, Role


class What(StrEnum):
    """What of a contact somebody wants."""

    HEAD = "head"
    """That it took place: when, on which line, by whom it was answered."""
    WORDS = "words"
    """Transcript, suggestions, proposals, saved form, history."""
    FORM = "form"
    """To fill the form, to make the order, to act on suggestions."""
    SOUND = "sound"
    NUMBER = "number"
    """The caller's number in full, with a reason."""


class Sight(Enum):
    """How much of it they get. MASKED: no number, no name, and in confidence nothing of who asked."""

    NOTHING = 0
    MASKED = 1
    FULL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What a decision rests on. ``agents`` took part, or are being rung: people, whatever seat they have now."""

    agents: frozenset[AccountId]
    unanswered: bool
    """All its calls are over and nobody spoke with the caller: it belongs to nobody."""
    at_hand: bool
    """The talk goes on, or its after-call work."""
    open_form: bool
    """A form was begun and no order is made yet."""
    in_hands: bool
    """The person took the call-back, or accepted an order of the contact that is still open."""
    confidential: bool


def may(principal: Principal, facts: ContactFacts, what: What, /) -> Sight:
    """Return how much a person sees of a contact."""
    match what:
        case What.HEAD:
            return Sight.MASKED if _knows(principal, facts) else Sight.NOTHING
        case What.WORDS:
            return _words(principal, facts)
        case What.FORM:
            return Sight.FULL if own(principal, facts) else Sight.NOTHING
        case What.SOUND:
            return _sound(principal, facts)
        case What.NUMBER:
            return _number(principal, facts)
        case _:
            assert_never(what)


def own(principal: Principal, facts: ContactFacts, /) -> bool:
    """Return whether the person took part."""
    takes_calls = principal.role in {Role.AGENT, Role.ADMIN}
    return takes_calls and not facts.unanswered and principal.account in facts.agents


def _knows(principal: Principal, facts: ContactFacts) -> bool:
    if principal.role is Role.AGENT:
        return own(principal, facts) or facts.in_hands or facts.unanswered
    return principal.role is not Role.UNIT


def _words(principal: Principal, facts: ContactFacts) -> Sight:
    if own(principal, facts):
        return Sight.FULL if facts.at_hand or facts.open_form else Sight.MASKED
    return Sight.MASKED if principal.role in {Role.ANALYST, Role.ADMIN} else Sight.NOTHING


def _sound(principal: Principal, facts: ContactFacts) -> Sight:
    """A voice cannot be masked: of a confidential contact only its agent hears it, until the order is made."""
    if facts.confidential:
        return Sight.FULL if own(principal, facts) and (facts.at_hand or facts.open_form) else Sight.NOTHING
    allowed = own(principal, facts) or principal.role in {Role.ANALYST, Role.ADMIN}
    return Sight.FULL if allowed else Sight.NOTHING


def _number(principal: Principal, facts: ContactFacts) -> Sight:
    mine = own(principal, facts)
    if facts.confidential:
        return Sight.FULL if mine and facts.at_hand else Sight.NOTHING
    needed = mine and (facts.at_hand or facts.open_form)
    calls_back = principal.role is Role.AGENT and facts.in_hands
    return Sight.FULL if needed or calls_back or principal.role is Role.ADMIN else Sight.NOTHING
