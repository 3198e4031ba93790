"""The knowledge base in service: suggestions during a call, the agent's own search, categories, entries."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from knowledge.analysis.syllables import Syllables
from knowledge.book import Book
from knowledge.catalogue import Catalogue, Publication
from knowledge.categories import CategoryGuess
from knowledge.classify import Classifier
from knowledge.confusion import Confusion
from knowledge.engine.failover import FailoverEngine
from knowledge.engine.protocol import EngineAway, Hit, SearchEngine
from knowledge.entries import Entry, PublishedEntry
from knowledge.evaluate import GoldenRequest, evaluate
from knowledge.hysteresis import Card, settle
from knowledge.indexing import IndexUpdate, update_index
from knowledge.matching import Shape, shape_of
from knowledge.question import Question, question
from knowledge.routes import knowledge_routes
from knowledge.shelf import CityNames, make_book
from knowledge.suggest import LOOKED_AT, MOST, NOTHING_FOUND, Judged, choose, found_by_hand, judge
from knowledge.window import Span, span_of, window
from runtime.clock import Clock
from runtime.telemetry import get_logger
from runtime.web import NotFound, Route
from runtime.workers import Workers
from vocabulary.ids import ContactId, EntryCode
from vocabulary.speech import Utterance
from vocabulary.suggestions import Suggestion, Suggestions

CONTACTS_REMEMBERED = 1000
"""Talks whose cards are kept steady; the one longest silent is forgotten first."""
SHAPES_REMEMBERED = 2000
FAR_CHECK_S = 30.0
log = get_logger(__name__)


class KnowledgeService:
    """One a process; made by ``open_knowledge``. Blocking work runs in ``workers``."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        engine: SearchEngine,
        city: CityNames,
        clock: Clock,
        zone: ZoneInfo,
        workers: Workers,
    ) -> None:
        self._catalogue, self._engine, self._city = catalogue, engine, city
        self._clock, self._zone, self._workers = clock, zone, workers
        self._changing = asyncio.Lock()
        self._cards: OrderedDict[ContactId, tuple[Card, ...]] = OrderedDict()
        self._book: Book | None = None
        self._classifier: Classifier | None = None
        self._shape = lru_cache(maxsize=SHAPES_REMEMBERED)(self._shape_of)

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of /api/knowledge/*."""
        return knowledge_routes(self)

    async def refresh(self) -> IndexUpdate:
        """Read the published entries and bring the index up to date with them."""
        async with self._changing:
            published = await self._catalogue.published()
            book = await self._workers.run(self._make_book, published)
            classifier = await self._workers.run(Classifier, book)
            done = await update_index(self._engine, book=book)
            self._book, self._classifier = book, classifier
            self._shape.cache_clear()
        log.info("knowledge base ready", entries=len(book.entries), rebuilt=done.rebuilt, put=done.put)
        return done

    async def publish(self, entries: Sequence[Entry], /) -> Publication:
        """Publish entries and make them visible; FieldError (Chinese) when one is invalid."""
        categories = frozenset(self._city.leaves)
        done = await self._catalogue.publish(entries, categories=categories, at=self._clock.now())
        if done.written:
            await self.refresh()
        return done

    async def suggest(
        self,
        utterances: Sequence[Utterance],
        /,
        *,
        contact: ContactId | None = None,
        partial: str = "",
        revision: int = 0,
    ) -> Suggestions:
        """Return what to lay before the agent after this much talk; ``contact`` keeps its cards from flickering."""
        began = self._clock.monotonic()
        fresh, reason = await self._fresh(window(utterances, partial=partial, unasked=self._ready[0].unasked))
        items = fresh if contact is None else self._steady(contact, fresh)
        return Suggestions(
            items=items, reason="" if items else reason, revision=revision, took_ms=self._ms_since(began)
        )

    async def search(self, q: str, /) -> Suggestions:
        """Return the best entries for words an agent typed: same engine and reasons, without the gates of a call."""
        began = self._clock.monotonic()
        judged, _ = await self._judged([span_of(q)])
        items = found_by_hand(judged)
        return Suggestions(
            items=items, reason="" if items else NOTHING_FOUND, revision=0, took_ms=self._ms_since(began)
        )

    async def classify(self, text: str, /) -> tuple[CategoryGuess, ...]:
        """Return at most three categories with confidence and the words behind them."""
        return await self._workers.run(self._ready[1].guesses, text)

    async def category_guesses(self, text: str, /) -> tuple[CategoryGuess, ...]:
        """Return ``classify(text)``; the name the desk's port uses."""
        return await self.classify(text)

    async def entry(self, code: EntryCode, /, *, version: int | None = None) -> PublishedEntry:
        """Return an entry as it is, or as version ``version`` was; NotFound when there is none."""
        if version is None:
            found = self._ready[0].entries.get(code)
        else:
            found = await self._catalogue.version(code, version)
        if found is None:
            raise NotFound(f"知识库中没有条目{code}" + ("" if version is None else f"的第{version}版"))
        return found

    async def has_entry(self, code: EntryCode, /, *, version: int) -> bool:
        """Return whether the entry ever was published in that version."""
        return await self._catalogue.version(code, version) is not None

    async def syllables(self, text: str, /) -> tuple[str, ...]:
        """Return one toneless syllable for each character, the character itself where it has none."""
        return self._syllables.exact(text)

    async def forget(self, contact: ContactId, /) -> None:
        """Drop what was remembered of a contact's cards."""
        self._cards.pop(contact, None)

    async def evaluate(
        self, golden: Sequence[GoldenRequest], /, *, rate: float = 0.0, seeds: Sequence[int] = (0,)
    ) -> dict[str, object]:
        """Return the report of ``knowledge.evaluate`` over the engine in service."""

        async def suggest(text: str) -> Suggestions:
            items, reason = await self._fresh([span_of(text, unasked=self._ready[0].unasked)])
            return Suggestions(items=items, reason=reason, revision=0)

        confusion = Confusion(syllables=self._syllables)
        return await evaluate(golden, suggest=suggest, confusion=confusion, rate=rate, seeds=seeds)

    async def keep_far_in_step(self) -> None:
        """Bring the far engine up to date, now and every 30 s; runs until cancelled."""
        engine = self._engine
        while isinstance(engine, FailoverEngine):
            try:
                async with self._changing:
                    done = await update_index(engine.far, book=self._ready[0])
                    engine.far_ready = True
                if done.changed:
                    log.info("search engine up to date", rebuilt=done.rebuilt, put=done.put, deleted=done.deleted)
            except EngineAway as error:
                log.warning("search engine away, the embedded one answers", error=str(error))
            await asyncio.sleep(FAR_CHECK_S)

    @property
    def _ready(self) -> tuple[Book, Classifier]:
        if self._book is None or self._classifier is None:
            message = "refresh() comes first"
            raise RuntimeError(message)
        return self._book, self._classifier

    @property
    def _syllables(self) -> Syllables:
        return self._ready[0].analyzer.syllables

    @property
    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def _ms_since(self, began: float) -> float:
        return round((self._clock.monotonic() - began) * 1000, 3)

    def _make_book(self, published: Mapping[EntryCode, PublishedEntry]) -> Book:
        return make_book(published, self._city.leaves, places=self._city.places)

    def _shape_of(self, published: PublishedEntry) -> Shape:
        return shape_of(published.entry, syllables=self._syllables)

    async def _fresh(self, spans: Sequence[Span]) -> tuple[tuple[Suggestion, ...], str]:
        judged, asked = await self._judged(spans)
        return choose(judged, asked=asked)

    async def _judged(self, spans: Sequence[Span]) -> tuple[tuple[Judged, ...], Question]:
        book = self._ready[0]
        asked = await self._workers.run(_ask, spans, book)
        hits = await self._engine.search(asked.query, on=self._today, limit=LOOKED_AT)
        return await self._workers.run(self._judge, hits, asked, book), asked

    def _judge(self, hits: Sequence[Hit], asked: Question, book: Book) -> tuple[Judged, ...]:
        return judge(hits, asked=asked, book=book, shape=self._shape)

    def _steady(self, contact: ContactId, fresh: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
        cards = settle(self._cards.pop(contact, ()), fresh, most=MOST, still_valid=self._still_valid)
        self._cards[contact] = cards
        while len(self._cards) > CONTACTS_REMEMBERED:
            self._cards.popitem(last=False)
        return tuple(card.suggestion for card in cards)

    def _still_valid(self, suggestion: Suggestion) -> bool:
        published = self._ready[0].entries.get(suggestion.entry)
        current = published is not None and published.version == suggestion.version
        return current and published is not None and published.entry.in_force(self._today)


def _ask(spans: Sequence[Span], book: Book) -> Question:
    return question(spans, book=book)
