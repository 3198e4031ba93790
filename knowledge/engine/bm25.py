"""BM25 as Lucene and tantivy count it (k1 1.2, b 0.75, factor k1 + 1, field lengths in one byte), in plain Python."""

import math
from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from knowledge.analysis.tokens import TokenQuery
from knowledge.engine.protocol import Document, Hit, field_terms
from vocabulary.ids import EntryCode

K1, B = 1.2, 0.75
_EXACT = 24
"""Lengths below 40 are kept exactly (24 + 16), greater ones with four significant bits (Lucene SmallFloat)."""


def kept_length(length: int, /) -> int:
    """Return a field's length as one byte keeps it (SmallFloat.intToByte4 and back)."""
    if length < _EXACT:
        return length
    rest = length - _EXACT
    bits = rest.bit_length()
    return length if bits <= 4 else _EXACT + ((rest >> (bits - 4)) << (bits - 4))


def inverse_frequency(*, total: int, having: int) -> float:
    """Return ln(1 + (N - n + ½) / (n + ½)): how rare a token is, in nats."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


class _Field:
    """Postings of one field."""

    def __init__(self) -> None:
        self.postings: dict[str, dict[EntryCode, int]] = {}
        self.lengths: dict[EntryCode, int] = {}
        self.total = 0

    def add(self, code: EntryCode, tokens: list[str]) -> None:
        for token, count in Counter(tokens).items():
            self.postings.setdefault(token, {})[code] = count
        self.lengths[code] = len(tokens)
        self.total += len(tokens)

    def remove(self, code: EntryCode, tokens: list[str]) -> None:
        for token in set(tokens):
            del self.postings[token][code]
            if not self.postings[token]:
                del self.postings[token]
        self.total -= self.lengths.pop(code)

    def score_into(self, scores: dict[EntryCode, float], token: str, weight: float) -> None:
        found = self.postings.get(token)
        if not found:
            return
        rarity = weight * inverse_frequency(total=len(self.lengths), having=len(found))
        average = self.total / len(self.lengths)
        for code, count in found.items():
            norm = K1 * (1 - B + B * kept_length(self.lengths[code]) / average)
            scores[code] = scores.get(code, 0.0) + rarity * count * (K1 + 1) / (count + norm)


class Bm25Index:
    """An index in memory; exact, small, slow beyond some thousand entries."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self.documents: dict[EntryCode, Document] = {}
        self._fields: dict[str, _Field] = {}
        for document in documents:
            self.put(document)

    def put(self, document: Document, /) -> None:
        """Add a document in the place of one with the same code."""
        self.drop(document.code)
        self.documents[document.code] = document
        for name, tokens in document.fields():
            self._fields.setdefault(name, _Field()).add(document.code, tokens)

    def drop(self, code: EntryCode, /) -> None:
        """Remove a document if it is there."""
        old = self.documents.pop(code, None)
        if old is not None:
            for name, tokens in old.fields():
                self._fields[name].remove(code, tokens)

    def search(self, query: TokenQuery, /, *, day: int, limit: int) -> tuple[Hit, ...]:
        """Return the best documents in force on ``day`` (yyyymmdd)."""
        scores: dict[EntryCode, float] = {}
        for name, weight, terms in field_terms(query):
            field = self._fields.get(name)
            if field is not None:
                for token, of_token in terms.items():
                    field.score_into(scores, token, weight * of_token)
        in_force = (
            (-score, code)
            for code, score in scores.items()
            if self.documents[code].first_day <= day <= self.documents[code].last_day
        )
        best = nsmallest(limit, in_force)
        return tuple(Hit(code=code, version=self.documents[code].version, score=-score) for score, code in best)
