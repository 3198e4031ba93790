"""Leaves of the category tree as the knowledge base needs them."""

from dataclasses import dataclass, field

from runtime.codec import decode
from vocabulary.ids import CategoryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf: ``path`` from the top, ``keywords`` as callers say them."""

    code: CategoryCode
    path: tuple[str, ...]
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryGuess:
    """A category that the words point to; ``confidence`` in 0..1, ``matched`` = the caller's own words behind it."""

    category: CategoryCode
    confidence: float
    matched: tuple[str, ...] = field(repr=False)


def read_leaves(text: str, /) -> tuple[Leaf, ...]:
    """Return the leaves of a JSON list; MalformedMessage when it is none."""
    leaves: tuple[Leaf, ...] = decode(text, tuple[Leaf, ...])
    return leaves
