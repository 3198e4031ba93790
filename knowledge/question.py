"""From spans of talk to what an engine is asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.analysis.fillers import is_chinese
from knowledge.analysis.tokens import TokenQuery, Tokens, weighted
from knowledge.book import Book
from knowledge.window import Span

MEANING_WEIGHT = 0.5
"""Of a word that the lexicon adds, beside 1 of a word that was said."""


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
        parts += [(book.analyzer.of_text(word), MEANING_WEIGHT * span.weight) for word in _added(span, book)]
    said = sum(span.weight * span.content for span in kept if span.caller)
    return Question(spans=kept, query=weighted(parts), content=said)


def _added(span: Span, book: Book) -> set[str]:
    added: set[str] = set()
    for run in span.runs:
        if is_chinese(run):
            for heard in book.lexicon.heard_in(run):
                added |= {heard.word, *heard.means} - {run[heard.start : heard.end]}
    return added
