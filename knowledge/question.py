"""From spans of talk to what an engine is asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.analysis.fillers import is_chinese
from knowledge.analysis.tokens import TokenQuery, Tokens, weighted
from knowledge.book import Book
from knowledge.window import Span

MEANING_WEIGHT = 0.5
"""Of a word that the lexicon adds for what it means, beside 1 of a word that was said."""
HEARD_WEIGHT = 0.9
"""Of a word of the lexicon that was heard with other characters: its sound counts nearly as if it were spelt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and the weighted number of meaningful characters the caller said for it."""

    spans: tuple[Span, ...]
    query: TokenQuery
    content: float


def question(spans: Iterable[Span], /, *, book: Book) -> Question:
    """Return the tokens of the spans and, with half their weight, of the words they may stand for."""
    kept = tuple(span for span in spans if span.runs)
    parts: list[tuple[Tokens, float]] = []
    for span in kept:
        parts.append((book.analyzer.tokens(span.runs), span.weight))
        parts += [(book.analyzer.of_text(word), weight * span.weight) for word, weight in _added(span, book).items()]
    said = sum(span.weight * span.content for span in kept if span.caller)
    return Question(spans=kept, query=weighted(parts), content=said)


def _added(span: Span, book: Book) -> dict[str, float]:
    """Return the words that may have been meant, with their weight."""
    added: dict[str, float] = {}
    for run in span.runs:
        if is_chinese(run):
            for heard in book.lexicon.heard_in(run):
                said = run[heard.start : heard.end]
                for word in {heard.word, *heard.means} - {said}:
                    weight = HEARD_WEIGHT if word == heard.word else MEANING_WEIGHT
                    added[word] = max(weight, added.get(word, 0.0))
    return added
