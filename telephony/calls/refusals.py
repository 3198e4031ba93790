"""Which refusals get a line in the log: a few for each source and minute, the rest is counted. No I/O."""

from collections import Counter
from dataclasses import dataclass, field

WINDOW_S = 60.0
LINES_A_SOURCE, LINES_IN_ALL = 3, 60
_USUAL = ("request-", "answer-2", "keep-alive", "repeated", "stray-ack")


@dataclass(slots=True, kw_only=True)
class Refusals:
    """Counts what is refused, and bounds what is said of it. Instants are monotonic seconds."""

    counts: Counter[str] = field(default_factory=Counter)
    """Refusals by reason since the start."""
    _begun: float = 0.0
    _said: Counter[str] = field(default_factory=Counter)
    _left_out: Counter[str] = field(default_factory=Counter)
    _before: Counter[str] = field(default_factory=Counter)

    def worth_a_line(self, why: str, /, *, source: str) -> bool:
        """Count a refusal; tell whether it may be logged by itself, else it is part of the minute's sum."""
        self.counts[why] += 1
        if self._said[source] >= LINES_A_SOURCE or self._said.total() >= LINES_IN_ALL:
            self._left_out[why] += 1
            return False
        self._said[source] += 1
        return True

    def minute_over(self, counters: Counter[str], /, *, now: float) -> dict[str, int]:
        """Return, once a minute, what was left out and what of ``counters`` is unusual and grew; else nothing."""
        if now - self._begun < WINDOW_S:
            return {}
        grown = {name: number for name, number in (counters - self._before).items() if not name.startswith(_USUAL)}
        found = {**grown, **{f"unlogged-{why}": number for why, number in self._left_out.items()}}
        self._begun, self._before = now, Counter(counters)
        self._said.clear()
        self._left_out.clear()
        return found
