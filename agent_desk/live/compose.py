"""Computes suggestions and proposals for the talks that changed, one after another, at most every 300 ms."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from agent_desk.drafting.places import PlaceName
from agent_desk.drafting.propose import Leaf, Said, caller_text, propose
from agent_desk.live.board import Board, LiveContact
from agent_desk.ports import Knowledge
from runtime.clock import Clock
from runtime.ids import new_id
from runtime.telemetry import get_logger
from vocabulary.errors import HotlineError
from vocabulary.events import Event
from vocabulary.events.agent_desk import DraftProposed
from vocabulary.events.knowledge import SuggestionsChanged
from vocabulary.ids import CategoryCode, ContactId, EventId
from vocabulary.orders import DraftField
from vocabulary.suggestions import Suggestions

DEBOUNCE_S = 0.3
MOST_WAITING = 500
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What drafting knows of the city."""

    gazetteer: Sequence[PlaceName]
    leaves: Mapping[CategoryCode, Leaf]


class Composer:
    """Turns changed talks into SuggestionsChanged and DraftProposed, handed to ``tell``."""

    def __init__(
        self,
        *,
        board: Board,
        knowledge: Knowledge,
        city: City,
        clock: Clock,
        tell: Callable[[Event], Awaitable[None]],
    ) -> None:
        self._board = board
        self._knowledge = knowledge
        self._city = city
        self._clock = clock
        self._tell = tell
        self._dirty: dict[ContactId, None] = {}
        self._wake = asyncio.Event()

    def changed(self, contact: ContactId, /) -> None:
        """Note that a talk has new words; beyond 500 waiting talks the oldest wish is dropped."""
        self._dirty.setdefault(contact)
        if len(self._dirty) > MOST_WAITING:
            del self._dirty[next(iter(self._dirty))]
        self._wake.set()

    async def run(self) -> None:
        """Compute until cancelled. A talk that fails is logged and left until its next word."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(DEBOUNCE_S)
            self._wake.clear()
            waiting, self._dirty = list(self._dirty), {}
            for contact in waiting:
                talk = self._board.contacts.get(contact)
                if talk is None:
                    continue
                try:
                    await self._suggest(talk)
                    await self._draft(talk)
                except HotlineError as error:
                    _log.warning("proposals failed", contact=str(contact), cause=type(error).__name__)

    async def _suggest(self, talk: LiveContact) -> None:
        if talk.ended:
            await self._knowledge.forget(talk.contact)
            return
        found = await self._knowledge.suggest(
            talk.utterances,
            contact=talk.contact,
            partial=talk.caller_partial,
            revision=talk.suggestions.revision + 1,
        )
        if _cards(found) != _cards(talk.suggestions) or found.reason != talk.suggestions.reason:
            await self._tell(
                SuggestionsChanged(
                    event_id=EventId(new_id()), occurred_at=self._clock.now(), contact=talk.contact, suggestions=found
                )
            )

    async def _draft(self, talk: LiveContact) -> None:
        text = caller_text(talk.utterances)
        if not text:
            return
        spoken = Said(
            utterances=talk.utterances,
            syllables=await self._knowledge.syllables(text),
            guesses=await self._knowledge.category_guesses(text),
            caller=talk.caller,
        )
        fields: tuple[DraftField, ...] = propose(spoken, gazetteer=self._city.gazetteer, leaves=self._city.leaves)
        if fields != talk.proposed:
            await self._tell(
                DraftProposed(
                    event_id=EventId(new_id()),
                    occurred_at=self._clock.now(),
                    contact=talk.contact,
                    revision=talk.draft_revision + 1,
                    fields=fields,
                )
            )


def _cards(found: Suggestions) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(item.entry, item.version, item.matched) for item in found.items]
