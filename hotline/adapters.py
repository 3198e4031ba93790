"""Where a provider's words differ from a port's: small classes that translate, nothing more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent_desk import CategoryGuess
from telephony import TelephonyClient
from vocabulary.calls import CallSnapshot, SeatSnapshot
from vocabulary.desk_requests import (
    RecordingAsked,
    RecordingStretch,
    SeatDone,
    SeatLine,
    SeatVerb,
    TestCallAsked,
)
from vocabulary.ids import AccountId, ContactId, EntryCode, SeatNo
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestions

if TYPE_CHECKING:
    from knowledge import KnowledgeService


class KnowledgeForDesk:
    """The desk's port ``Knowledge`` over the knowledge room."""

    def __init__(self, service: "KnowledgeService", /) -> None:
        self._service = service

    async def suggest(
        self, utterances: Sequence[Utterance], /, *, contact: ContactId, partial: str, revision: int
    ) -> Suggestions:
        """Return what fits the talk now."""
        return await self._service.suggest(utterances, contact=contact, partial=partial, revision=revision)

    async def category_guesses(self, text: str, /) -> tuple[CategoryGuess, ...]:
        """Return categories the words point to, best first."""
        return tuple(
            CategoryGuess(category=guess.category, confidence=guess.confidence, matched=guess.matched)
            for guess in await self._service.classify(text)
        )

    async def syllables(self, text: str, /) -> tuple[str, ...]:
        """Return one toneless syllable a character."""
        return await self._service.syllables(text)

    async def has_entry(self, code: EntryCode, /, *, version: int) -> bool:
        """Return whether there is such an entry."""
        return await self._service.has_entry(code, version=version)

    async def forget(self, contact: ContactId, /) -> None:
        """Drop what was remembered of a contact's cards."""
        await self._service.forget(contact)


class TelephonyForDesk:
    """The desk's port ``Telephony`` over the client of the switch."""

    def __init__(self, client: TelephonyClient, /) -> None:
        self._client = client

    async def act(self, verb: SeatVerb, /) -> SeatDone:
        """Do what an agent wants at a seat."""
        return await self._client.act(verb)

    async def line(self, *, seat: SeatNo, agent: AccountId, offer_sdp: str) -> str:
        """Open the seat's line."""
        answer = await self._client.line(SeatLine(seat=seat, agent=agent, offer_sdp=offer_sdp))
        return answer.answer_sdp

    async def seats(self) -> tuple[SeatSnapshot, ...]:
        """Return all seats."""
        return (await self._client.seats()).seats

    async def calls(self) -> tuple[CallSnapshot, ...]:
        """Return all live calls."""
        return (await self._client.calls()).calls

    async def recording(self, *, host: str, name: str, first_sample: int, samples: int) -> RecordingStretch:
        """Return a stretch of a recording."""
        asked = RecordingAsked(name=name, first_sample=first_sample, samples=samples)
        return await self._client.recording(asked, host=host)

    async def test_call(self, *, dialogue: str, seat: SeatNo | None) -> None:
        """Let a simulated caller dial."""
        await self._client.test_call(TestCallAsked(dialogue=dialogue, seat=seat))
