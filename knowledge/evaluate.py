"""How good suggestions are on a golden set: requests as callers say them, with the entry that answers (or none)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from knowledge.confusion import Confusion
from knowledge.entries import read_lines
from vocabulary.ids import EntryCode
from vocabulary.suggestions import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenRequest:
    """One request; ``entry`` None = off the point, nothing must be suggested."""

    id: str
    text: str = field(repr=False)
    entry: EntryCode | None


def read_golden(text: str, /) -> tuple[GoldenRequest, ...]:
    """Return the requests of a JSON Lines text, see ``read_lines``."""
    return read_lines(text, GoldenRequest)


async def evaluate(
    golden: Sequence[GoldenRequest],
    /,
    *,
    suggest: Callable[[str], Awaitable[Suggestions]],
    confusion: Confusion,
    rate: float = 0.0,
    seeds: Sequence[int] = (0,),
) -> dict[str, object]:
    """Return R@1, R@3, shares shown and withheld, precision of first cards, and each miss, as plain data for JSON.

    Measured over ``seeds`` runs of ``rate`` misheard characters; a request with nothing shown counts as missed.
    """
    first = third = shown = withheld = answered = off = 0
    misses: list[dict[str, object]] = []
    for seed in seeds if rate else (0,):
        for request in golden:
            heard = confusion.hear(request.text, rate=rate, seed=seed) if rate else request.text
            got = await suggest(heard)
            codes = [item.entry for item in got.items]
            if request.entry is None:
                off, withheld = off + 1, withheld + (not codes)
                hit = not codes
            else:
                hit = request.entry in codes
                answered, shown, third = answered + 1, shown + bool(codes), third + hit
                first += codes[:1] == [request.entry]
            if not hit:
                miss = {"id": request.id, "seed": seed, "heard": heard, "wanted": request.entry}
                misses.append(miss | {"got": codes, "reason": got.reason})
    about = {"requests": len(golden), "confusion": rate, "runs": len(seeds) if rate else 1}
    return about | {
        "recall_at_1": _share(first, answered),
        "recall_at_3": _share(third, answered),
        "shown": _share(shown, answered),
        "first_card_precision": _share(first, shown + off - withheld),
        "abstained_off_topic": _share(withheld, off) if off else 1.0,
        "misses": misses,
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
