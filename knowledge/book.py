"""All entries of one moment with what is needed to search and to explain: never changed, replaced as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.analysis.fillers import FUNCTION_CHARACTERS, runs
from knowledge.analysis.syllables import Syllables, bigrams
from knowledge.analysis.tokens import Analyzer
from knowledge.analysis.unasked import Unasked
from knowledge.categories import Leaf
from knowledge.engine.bm25 import inverse_frequency
from knowledge.engine.protocol import OPEN_END, Document, day_number
from knowledge.entries import Entry, PublishedEntry
from knowledge.lexicon import Lexicon
from vocabulary.ids import CategoryCode, EntryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Published entries by code, leaves by code, lexicon, and how many entries have a fuzzy bigram."""

    entries: Mapping[EntryCode, PublishedEntry]
    leaves: Mapping[CategoryCode, Leaf]
    lexicon: Lexicon
    analyzer: Analyzer
    having: Mapping[str, int]
    unasked: Unasked

    @property
    def greatest_rarity(self) -> float:
        """The weight of a token that one entry alone would have."""
        return inverse_frequency(total=max(1, len(self.entries)), having=0)

    def rarity(self, text: str, /) -> float:
        """Return the weight of the rarest pair of syllables in ``text``; 0 for a single one."""
        pairs = bigrams(self.analyzer.syllables.fuzzy(text))
        total = max(1, len(self.entries))
        return max((inverse_frequency(total=total, having=self.having.get(pair, 0)) for pair in pairs), default=0.0)

    def document(self, published: PublishedEntry, /) -> Document:
        """Return an entry as engines index it; category words count as body."""
        entry = published.entry
        leaf = self.leaves.get(entry.category)
        body = entry.body if leaf is None else "。".join((entry.body, *leaf.keywords, *leaf.path))
        return Document(
            code=entry.code,
            version=published.version,
            head=self.analyzer.of_text(entry.head),
            body=self.analyzer.of_text(body),
            first_day=day_number(entry.effective_from),
            last_day=OPEN_END if entry.effective_to is None else day_number(entry.effective_to),
        )

    def documents(self) -> Iterable[Document]:
        """Give every entry as engines index it."""
        return (self.document(published) for published in self.entries.values())


def user_words(entries: Iterable[Entry], /, *, leaves: Iterable[Leaf]) -> frozenset[str]:
    """Return the knowledge base's own words for the segmenter: keywords, category names, short stretches of titles."""
    found: set[str] = set()
    for leaf in leaves:
        found |= {*leaf.keywords, *leaf.path}
    for entry in entries:
        found |= set(entry.keywords)
        found |= {part for run in runs(entry.title) for part in _parts(run) if 2 <= len(part) <= 5}
    return frozenset(word for word in found if 2 <= len(word) <= 12 and not word.isascii())


def _parts(run: str) -> list[str]:
    """Cut a title at its function characters: 二手房过户怎么办 → 二手房过户, 怎么 and 办 fall away."""
    return "".join(" " if one in FUNCTION_CHARACTERS or one in "与及或等如何办" else one for one in run).split()


def pair_counts(entries: Iterable[Entry], /, *, syllables: Syllables) -> Counter[str]:
    """Return in how many entries each pair of fuzzy syllables occurs."""
    counts: Counter[str] = Counter()
    for entry in entries:
        stretches = (*runs(entry.head), *runs(entry.body))
        counts.update({pair for run in stretches for pair in bigrams(syllables.fuzzy(run))})
    return counts
