"""What the desk needs from its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.desk_requests import RecordingStretch, SeatDone, SeatVerb
from vocabulary.ids import AccountId, CategoryCode, ContactId, EntryCode, SeatNo
from vocabulary.orders import OrderBrief, OrderRequest
from vocabulary.people import Principal
from vocabulary.requesters import Requester
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryGuess:
    """A category that the words point to; ``confidence`` in 0..1, ``matched`` = the words."""

    category: CategoryCode
    confidence: float
    matched: tuple[str, ...] = field(repr=False)


class Telephony(Protocol):
    """Seats, calls and recordings, on whatever host they are."""

    async def act(self, verb: SeatVerb, /) -> SeatDone: ...

    async def line(self, *, seat: SeatNo, agent: AccountId, offer_sdp: str) -> str: ...

    async def seats(self) -> tuple[SeatSnapshot, ...]: ...

    async def calls(self) -> tuple[CallSnapshot, ...]: ...

    async def recording(self, *, host: str, name: str, first_sample: int, samples: int) -> RecordingStretch: ...

    async def test_call(self, *, dialogue: str, seat: SeatNo | None) -> None: ...


class Knowledge(Protocol):
    """Which entry and which category fit the talk."""

    async def suggest(
        self, utterances: Sequence[Utterance], /, *, contact: ContactId, partial: str, revision: int
    ) -> Suggestions: ...

    async def category_guesses(self, text: str, /) -> tuple[CategoryGuess, ...]: ...

    async def syllables(self, text: str, /) -> tuple[str, ...]:
        """Return one toneless pinyin syllable for each character, the character itself where it has none."""
        ...

    async def has_entry(self, code: EntryCode, /, *, version: int) -> bool:
        """Return whether the entry ever was published in that version."""
        ...

    async def forget(self, contact: ContactId, /) -> None:
        """Drop what was remembered of a contact's suggestions."""
        ...


class Orders(Protocol):
    """Work orders of a contact or a person."""

    async def accept(self, request: OrderRequest, /, *, principal: Principal) -> OrderBrief: ...

    async def of_contacts(self, contacts: Sequence[ContactId], /) -> tuple[OrderBrief, ...]:
        """Return the orders of contacts, for each contact in the order in which they were made."""
        ...

    async def of_requester(self, requester: Requester, /, *, open_only: bool) -> tuple[OrderBrief, ...]: ...

    async def in_hands(self, contact: ContactId, /, *, account: AccountId) -> bool:
        """Return whether the person accepted an order of the contact that is still open."""
        ...
