"""From published entries to a book: the blocking part, done in a worker (half a second for jieba's dictionary)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.analysis.pinyin_table import load_syllables
from knowledge.analysis.tokens import Analyzer
from knowledge.analysis.unasked import Unasked
from knowledge.analysis.words import JiebaSegmenter
from knowledge.book import Book, pair_counts, user_words
from knowledge.categories import Leaf
from knowledge.entries import PublishedEntry
from knowledge.lexicon import Lexicon, read_rows
from vocabulary.ids import CategoryCode, EntryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CityNames:
    """The city's categories by code, and its place names."""

    leaves: Mapping[CategoryCode, Leaf]
    places: frozenset[str]


COLLOQUIAL = Path(__file__).parent / "colloquial.txt"


def make_book(
    published: Mapping[EntryCode, PublishedEntry],
    leaves: Mapping[CategoryCode, Leaf],
    /,
    *,
    places: Iterable[str] = (),
    lexicon_text: str = "",
) -> Book:
    """Return the book of these entries; ``places`` are names of the city, ``lexicon_text`` replaces colloquial.txt."""
    entries = [one.entry for one in published.values()]
    words = user_words(entries, leaves=leaves.values())
    syllables = load_syllables()
    keywords = {word for entry in entries for word in entry.keywords}
    keywords |= {word for leaf in leaves.values() for word in leaf.keywords}
    rows = read_rows(lexicon_text or COLLOQUIAL.read_text(encoding="utf-8"))
    analyzer = Analyzer(segmenter=JiebaSegmenter(words), syllables=syllables, user_words=words)
    return Book(
        entries=published,
        leaves=leaves,
        lexicon=Lexicon(rows=rows, keywords=keywords, analyzer=analyzer),
        analyzer=analyzer,
        having=pair_counts(entries, syllables=syllables),
        unasked=Unasked(places, syllables=syllables),
    )
