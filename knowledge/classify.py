"""Which category a request belongs to: the same search over leaves instead of entries, and the words behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.book import Book
from knowledge.categories import CategoryGuess, Leaf
from knowledge.engine.bm25 import Bm25Index
from knowledge.engine.protocol import OPEN_END, Document
from knowledge.entries import Entry
from knowledge.matching import Piece, Shape, pieces, shape_of_texts
from knowledge.question import question
from knowledge.window import span_of
from vocabulary.ids import CategoryCode, EntryCode

GUESSES = 3
LEAST_CONTENT = 2.0
_CLEAR_EVIDENCE = 12.0
"""Rarity (nats) of words at which only the neighbours' scores make a guess doubtful."""
_WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    """What is said about a leaf: keywords and path; questions of its entries."""

    head: str
    body: str


class Classifier:
    """Made once for a book; pure after that."""

    def __init__(self, book: Book, /) -> None:
        profiles = _profiles(book.leaves.values(), (published.entry for published in book.entries.values()))
        self._book = book
        self._index = Bm25Index(_document(code, profile, book) for code, profile in profiles.items())
        syllables = book.analyzer.syllables
        self._shapes: dict[str, Shape] = {
            code: shape_of_texts(head=profile.head, body=profile.body, syllables=syllables)
            for code, profile in profiles.items()
        }

    def guesses(self, text: str, /) -> tuple[CategoryGuess, ...]:
        """Return at most three leaves, most likely first; none when nothing in the text speaks for any."""
        span = span_of(text, unasked=self._book.unasked)
        if span.content < LEAST_CONTENT:
            return ()
        asked = question([span], book=self._book)
        hits = self._index.search(asked.query, day=OPEN_END - 1, limit=GUESSES + 2)
        total = sum(hit.score**2 for hit in hits)
        made = []
        for hit in hits[:GUESSES]:
            found = pieces([span], shape=self._shapes[hit.code], book=self._book)
            if found:
                confidence = hit.score**2 / total * min(1.0, _evidence(found) / _CLEAR_EVIDENCE)
                words = tuple(dict.fromkeys(piece.said for piece in found))[:_WORDS]
                made.append(
                    CategoryGuess(category=CategoryCode(hit.code), confidence=round(confidence, 3), matched=words)
                )
        return tuple(sorted(made, key=lambda guess: -guess.confidence))


def _evidence(found: Sequence[Piece]) -> float:
    return sum(piece.weight for piece in found)


def _profiles(leaves: Iterable[Leaf], entries: Iterable[Entry]) -> dict[str, _Profile]:
    questions: dict[str, list[str]] = {}
    for entry in entries:
        questions.setdefault(entry.category, []).append(entry.head)
    return {
        leaf.code: _Profile(
            head="。".join((*leaf.keywords, *leaf.path[1:])),
            body="。".join((*questions.get(leaf.code, ()), *leaf.path)),
        )
        for leaf in leaves
    }


def _document(code: str, profile: _Profile, book: Book) -> Document:
    head, body = book.analyzer.of_text(profile.head), book.analyzer.of_text(profile.body)
    return Document(code=EntryCode(code), version=1, head=head, body=body, first_day=0)
