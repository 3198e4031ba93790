"""Which hits are laid before the agent, how sure we are, and why. A wrong suggestion costs more than a missing one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.book import Book
from knowledge.engine.protocol import Hit
from knowledge.entries import PublishedEntry
from knowledge.matching import Piece, Shape, pieces
from knowledge.question import Question
from vocabulary.suggestions import Band, Suggestion

MOST = 3
LOOKED_AT = 8
"""Hits that are weighed."""
LEAST_CONTENT = 3.0
"""Weighted meaningful characters below which nothing is said yet."""
ENOUGH_EVIDENCE, STRONG_EVIDENCE = 5.5, 4.0
"""Rarity (nats) of the caller's words: to be shown for them alone; to be called strong besides standing out."""
STANDS_OUT, FAINT = 1.5, 1.2
"""Score of the best hit beside the second: from 1.5 on 99 of 100 first cards were right, below 1.2 half of them."""
GATES = ((14.0, 1.2, 0.0), (21.0, 1.0, 2.5))
"""Pairs of score, density and evidence of which one must be reached. Score and density: BM25 in units of the greatest
rarity, altogether and for each meaningful character. Set on the golden requests at 0 and 20 % misheard characters."""
BESIDE_BEST = 0.4
"""A second or third card must reach this share of the best score."""
NOT_SAID = "来电人还没有说到具体的事，暂不推荐"
NOT_KNOWN = "来电内容与知识库现有条目对不上，不推荐；可以自行检索"
NOTHING_FOUND = "知识库中没有找到相符的条目，可以换个说法再查"
_SHOWN_WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One hit with the caller's words behind it. ``score`` and ``density`` are in units of the greatest rarity."""

    published: PublishedEntry
    score: float
    density: float
    pieces: tuple[Piece, ...]

    @property
    def evidence(self) -> float:
        """How rare the words behind it are, altogether (nats)."""
        return sum(piece.weight for piece in self.pieces)

    @property
    def carries(self) -> bool:
        """Whether it may be shown: words that can be pointed at, and enough of them or a dense enough match."""
        reached = any(
            self.score >= score and self.density >= density and self.evidence >= evidence
            for score, density, evidence in GATES
        )
        return bool(self.pieces) and (reached or self.evidence >= ENOUGH_EVIDENCE)


def judge(
    hits: Sequence[Hit], /, *, asked: Question, book: Book, shape: Callable[[PublishedEntry], Shape]
) -> tuple[Judged, ...]:
    """Weigh hits in the engine's order; entries that the book no longer has are left out."""
    unit = book.greatest_rarity
    judged = []
    for hit in hits:
        published = book.entries.get(hit.code)
        if published is not None and published.version == hit.version:
            score = hit.score / unit
            found = pieces(asked.spans, shape=shape(published), book=book)
            judged.append(
                Judged(published=published, score=score, density=score / max(1.0, asked.content), pieces=found)
            )
    return tuple(judged)


def choose(judged: Sequence[Judged], /, *, asked: Question) -> tuple[tuple[Suggestion, ...], str]:
    """Return at most three suggestions, best first, or none and the reason in Chinese."""
    if asked.content < LEAST_CONTENT:
        return (), NOT_SAID
    if not judged or not any(one.carries for one in judged[:MOST]):
        return (), NOT_KNOWN
    best = judged[0].score
    shown = [one for one in judged if one.carries and one.score >= BESIDE_BEST * best][:MOST]
    band = _bands(judged)
    return tuple(suggestion(one, band=band(one)) for one in shown), ""


def _bands(judged: Sequence[Judged]) -> Callable[[Judged], Band]:
    """Return how sure each is: the best one by how far it stands out, the others by their words."""
    scores = [*sorted((one.score for one in judged), reverse=True), 0.0, 0.0]
    ahead = scores[0] / max(scores[1], 1.0)

    def band(one: Judged) -> Band:
        best = one.score >= scores[0]
        if best and ahead >= STANDS_OUT and one.evidence >= STRONG_EVIDENCE:
            return Band.STRONG
        fair = ahead >= FAINT if best else one.evidence >= ENOUGH_EVIDENCE
        return Band.FAIR if fair else Band.WEAK

    return band


def suggestion(one: Judged, /, *, band: Band) -> Suggestion:
    """Return a hit as the agent sees it."""
    entry = one.published.entry
    return Suggestion(
        entry=entry.code,
        version=one.published.version,
        title=entry.title,
        answer=entry.script.answer,
        category=entry.category,
        band=band,
        score=round(one.score, 3),
        matched=tuple(dict.fromkeys(piece.said for piece in one.pieces))[:_SHOWN_WORDS],
        why=why(one.pieces),
        key_points=entry.key_points,
        materials=entry.materials,
        effective_to=None if entry.effective_to is None else entry.effective_to.isoformat(),
    )


def why(found: Sequence[Piece], /) -> str:
    """Return one Chinese sentence: what was said, and what it stands for in the entry."""
    said = [f"“{piece.said}”{_standing_for(piece)}" for piece in found[:_SHOWN_WORDS]]
    where = "问法" if any(piece.in_head for piece in found) else "答复"
    return f"来电提到{'、'.join(said)}，与本条的{where}相符。" if said else ""


def _standing_for(piece: Piece) -> str:
    if piece.entry_word == piece.said:
        return ""
    return f"（对应“{piece.entry_word}”）" if piece.by_meaning else f"（听起来像“{piece.entry_word}”）"


def found_by_hand(judged: Sequence[Judged], /) -> tuple[Suggestion, ...]:
    """Return at most three hits of a search by hand: what has words to point at, in the engine's order."""
    shown = [one for one in judged if one.pieces][:MOST]
    band = _bands(judged)
    return tuple(suggestion(one, band=band(one)) for one in shown)
