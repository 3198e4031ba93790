"""Which of the caller's own words speak for an entry: by characters, by sound, by what they mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.analysis.fillers import FUNCTION_CHARACTERS, content, is_chinese, runs
from knowledge.analysis.syllables import Syllables
from knowledge.book import Book
from knowledge.entries import Entry
from knowledge.lexicon import sounds_like
from knowledge.window import Span

_LONGEST = 6
_COMMON = 1.0
"""Pairs rarer than this (nats) may count: below it about a third of all entries have them."""
_BODY_FACTOR, _MEANING_FACTOR, _SOUND_FACTOR, _THIN_FACTOR = 0.6, 0.8, 0.8, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the caller's words that speaks for an entry; ``entry_word`` is what stands there."""

    said: str = field(repr=False)
    entry_word: str = field(repr=False)
    start: int
    weight: float
    in_head: bool
    by_meaning: bool = False

    @property
    def end(self) -> int:
        """The position after it, in its run."""
        return self.start + len(self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The stretches of an entry of two to six syllables: sound → text."""

    head: Mapping[str, str]
    body: Mapping[str, str]
    text: str = field(repr=False)


def shape_of(entry: Entry, /, *, syllables: Syllables) -> Shape:
    """Return what can be matched in an entry."""
    return shape_of_texts(head=entry.head, body=entry.body, syllables=syllables)


def shape_of_texts(*, head: str, body: str, syllables: Syllables) -> Shape:
    """Return what can be matched in two texts."""
    return Shape(head=_stretches(head, syllables), body=_stretches(body, syllables), text=f"{head}。{body}")


def _stretches(text: str, syllables: Syllables) -> dict[str, str]:
    found: dict[str, str] = {}
    for run in runs(text):
        sounds = syllables.fuzzy(run) if is_chinese(run) else (run,)
        for start in range(len(sounds)):
            for end in range(start + 2, min(len(sounds), start + _LONGEST) + 1):
                found.setdefault("_".join(sounds[start:end]), run[start:end])
        if not is_chinese(run):
            found.setdefault(run, run)
    return found


def pieces(spans: Iterable[Span], /, *, shape: Shape, book: Book) -> tuple[Piece, ...]:
    """Return the caller's words that speak for the entry, heaviest first; no two overlap within a run."""
    chosen: dict[str, Piece] = {}
    for span in spans:
        if span.caller:
            for run in span.runs:
                for piece in _without_overlap(_of_run(run, shape, book, span.weight)):
                    known = chosen.get(piece.said)
                    if known is None or known.weight < piece.weight:
                        chosen[piece.said] = piece
    return tuple(sorted(chosen.values(), key=lambda piece: -piece.weight))


def _of_run(run: str, shape: Shape, book: Book, weight: float) -> list[Piece]:
    if not is_chinese(run):
        known = run in shape.head or run in shape.body
        whole = Piece(said=run, entry_word=run, start=0, weight=weight, in_head=run in shape.head)
        return [whole] if known and len(run) > 1 else []
    return [*_by_sound(run, shape, book, weight), *_by_meaning(run, shape, book, weight)]


def _by_sound(run: str, shape: Shape, book: Book, weight: float) -> list[Piece]:
    sounds = book.analyzer.syllables.fuzzy(run)
    found = []
    for start in range(len(run) - 1):
        for end in range(min(len(run), start + _LONGEST), start + 1, -1):
            sound = "_".join(sounds[start:end])
            word = shape.head.get(sound) or shape.body.get(sound)
            if word is not None:
                piece = _piece(run[start:end], word, start, book)
                if piece is not None:
                    in_head = sound in shape.head
                    factor = weight * (1.0 if in_head else _BODY_FACTOR)
                    found.append(_weighed(piece, factor=factor, in_head=in_head))
                break
    return found


def _piece(said: str, word: str, start: int, book: Book) -> Piece | None:
    """Trim function characters off both ends; None when nothing with meaning, or only something common, is left."""
    means = [not ({mine, theirs} & FUNCTION_CHARACTERS) for mine, theirs in zip(said, word, strict=True)]
    first = means.index(True) if True in means else len(said)
    last = len(said) - means[::-1].index(True) if True in means else 0
    if last - first < 2:
        return None
    said, word, start = said[first:last], word[first:last], start + first
    rarity = book.rarity(said)
    if rarity < _COMMON or not sounds_like(said, word, analyzer=book.analyzer):
        return None
    thin = _THIN_FACTOR if content(said) < 2 or (len(word) == 2 and not book.analyzer.is_word(word)) else 1.0
    spelt = 1.0 if said == word else _SOUND_FACTOR
    return Piece(said=said, entry_word=word, start=start, weight=rarity * thin * spelt, in_head=False)


def _weighed(piece: Piece, *, factor: float, in_head: bool) -> Piece:
    return Piece(
        said=piece.said,
        entry_word=piece.entry_word,
        start=piece.start,
        weight=piece.weight * factor,
        in_head=in_head,
    )


def _by_meaning(run: str, shape: Shape, book: Book, weight: float) -> list[Piece]:
    found = []
    for heard in book.lexicon.heard_in(run):
        said = run[heard.start : heard.end]
        for word in (heard.word,) if heard.word in shape.text else heard.means:
            if word in shape.text and (rarity := book.rarity(word)) >= _COMMON:
                factor = weight * (1.0 if word == said else _MEANING_FACTOR)
                found.append(
                    Piece(
                        said=said,
                        entry_word=word,
                        start=heard.start,
                        weight=rarity * factor,
                        in_head=True,
                        by_meaning=word != heard.word,
                    )
                )
    return found


def _without_overlap(found: Sequence[Piece]) -> list[Piece]:
    taken: list[Piece] = []
    for piece in sorted(found, key=lambda one: (-one.weight, -len(one.said))):
        if all(piece.end <= other.start or other.end <= piece.start for other in taken):
            taken.append(piece)
    return taken
